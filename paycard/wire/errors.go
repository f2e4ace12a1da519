package wire

import (
	"errors"
	"fmt"
)

// Errors of this package, for errors.Is. None of them carries a secret.
var (
	// ErrFormat is wrapped by every error about bytes that are too short, too long or not in the form expected.
	ErrFormat = errors.New("malformed pay card data")
	// ErrSignature means that a signature does not verify, or is none.
	ErrSignature = errors.New("the signature does not verify")
	// ErrMAC means that the answer to CHALLENGE was not made with the key that card and service share.
	ErrMAC = errors.New("the challenge's MAC does not verify")
)

// sized refuses b unless it has exactly n bytes.
func sized(what string, b []byte, n int) error {
	if len(b) != n {
		return fmt.Errorf("%w: %s of %d bytes instead of %d", ErrFormat, what, len(b), n)
	}
	return nil
}
