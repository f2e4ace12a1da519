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
	// ErrSetCode refuses EIP-7702 transactions and authorizations. One that names chain 0 is good on every chain, and
	// there is no time after which it is not.
	ErrSetCode = errors.New("refused: an EIP-7702 authorization hands the whole account to a contract")
	// ErrBlob refuses EIP-4844 transactions: the blobs are not in what is signed, so nobody could see here what they hold.
	ErrBlob = errors.New("blob transactions (EIP-4844) are not supported: what the blobs hold cannot be shown")
)

func badTransaction(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrTransaction, fmt.Errorf(format, args...))
}

func badTypedData(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrTypedData, fmt.Errorf(format, args...))
}
