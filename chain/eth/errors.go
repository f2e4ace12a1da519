package eth

import (
	"errors"
	"fmt"
)

// Errors about what was to be signed, for errors.Is. The message says which field is wrong and why.
var (
	ErrTransaction = errors.New("bad transaction")
	ErrTypedData   = errors.New("bad typed data")
	ErrMessage     = errors.New("bad message")
	ErrAddress     = errors.New("bad address")
	// ErrSetCode refuses EIP-7702 transactions and authorizations.
	ErrSetCode = errors.New("EIP-7702 is refused: an authorization hands the whole account to a contract, on any " +
		"chain if it names chain 0, and cannot be taken back by waiting")
	// ErrBlob refuses EIP-4844 transactions.
	ErrBlob = errors.New("blob transactions (EIP-4844) are not supported: the blobs themselves are not in what is signed, " +
		"so nobody could see here what they contain")
)

func badTransaction(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrTransaction, fmt.Errorf(format, args...))
}

func badTypedData(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrTypedData, fmt.Errorf(format, args...))
}
