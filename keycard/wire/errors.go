package wire

import (
	"errors"

	"tapcard.example/iso7816"
)

// Errors of this package, for errors.Is. All but ErrClosed say something about bytes that came from the other side or
// from the caller; none of them carries a secret.
var (
	// ErrFormat is wrapped by every error about bytes that are too short, too long or not in the form expected.
	ErrFormat = errors.New("malformed Keycard data")
	// ErrPoint means that bytes are not an uncompressed public key on secp256k1.
	ErrPoint = errors.New("not a public key on secp256k1")
	// ErrKey means that 32 bytes are not a private key: zero, or not below the order of the group.
	ErrKey = errors.New("not a private key on secp256k1")
	// ErrTooLong means that a plaintext does not fit into one wrapped APDU.
	ErrTooLong = errors.New("too long for the secure channel")
	// ErrMAC means that a wrapped APDU was not made with this channel's keys, or was changed on the way.
	ErrMAC = errors.New("the secure channel's MAC does not verify")
	// ErrPadding means that a plaintext does not end in ISO/IEC 9797-1 padding method 2.
	ErrPadding = errors.New("the decrypted data is not padded")
	// ErrClosed means that the secure channel is closed; errors.As may find the BareStatusError that closed it.
	ErrClosed = errors.New("the secure channel is closed")
	// ErrSignature means that a signature does not verify.
	ErrSignature = errors.New("the signature does not verify")
)

// BareStatusError is an answer from outside the secure channel while the host thinks it is open: 6982 when the card
// dropped the channel, 6E00 or 6D00 when another applet answers. errors.Is finds ErrClosed.
type BareStatusError struct{ SW iso7816.Status }

// Error names the status word.
func (e *BareStatusError) Error() string {
	return "the card answered " + e.SW.String() + " outside the secure channel"
}

// Unwrap returns ErrClosed.
func (e *BareStatusError) Unwrap() error { return ErrClosed }
