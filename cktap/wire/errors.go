package wire

import (
	"errors"
	"fmt"
)

// Errors of this package, for errors.Is. All say something about bytes that came from the other side or from the
// caller; none of them carries a secret.
var (
	// ErrCBOR means that bytes are no CBOR map, are longer than MaxBody, or have a key twice.
	ErrCBOR = errors.New("not a CBOR map")
	// ErrFormat is wrapped by every error about a field that is missing, or has another type or length than expected.
	ErrFormat = errors.New("malformed tap card data")
	// ErrMissing is wrapped, beside ErrFormat, when a request lacks its nonce altogether.
	ErrMissing = errors.New("it is not there")
	// ErrPoint means that 33 bytes are not a compressed public key on secp256k1.
	ErrPoint = errors.New("not a public key on secp256k1")
	// ErrKey means that 32 bytes are not a private key: zero, or not below the order of the group.
	ErrKey = errors.New("not a private key on secp256k1")
	// ErrSignature means that a signature does not verify.
	ErrSignature = errors.New("the signature does not verify")
	// ErrCertificate means that a certificate chain is empty, or that a key cannot be recovered from it.
	ErrCertificate = errors.New("malformed certificate chain")
	// ErrURL means that a URL is not one of a tap card, or was not signed by the card it names.
	ErrURL = errors.New("not the URL of a tap card")
	// ErrBackup means that a decrypted backup makes no sense: most likely the key is wrong.
	ErrBackup = errors.New("not a TAPSIGNER backup, or the wrong backup key")
	// ErrCVC means that a CVC is not 6 to 32 bytes.
	ErrCVC = errors.New("a CVC has 6 to 32 characters")
)

// CardError is a card's own error: a CBOR answer with "error" and "code". Decide on Code; Text is for people and comes
// from the card as it is.
type CardError struct {
	Code int
	Text string
}

// Error names the code, and explains it if this package knows it; the card's own text is not repeated, because nobody
// knows who wrote it.
func (e *CardError) Error() string {
	if m, ok := CodeMeaning(e.Code); ok {
		return fmt.Sprintf("card error %d, %s", e.Code, m.Text)
	}
	return fmt.Sprintf("card error %d", e.Code)
}
