package wire

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/secret"
)

// Auth is what a command carries to prove that the sender knows the CVC: the host's ephemeral public key, 33 bytes, and
// the CVC under a mask, 6 to 32 bytes (Tap protocol, "Authenticating Commands with CVC"). The zero value proves
// nothing.
type Auth struct {
	EphemeralKey []byte `cbor:"epubkey,omitzero"`
	MaskedCVC    []byte `cbor:"xcvc,omitzero"`
}

// Given says whether both parts are there.
func (a Auth) Given() bool { return a.EphemeralKey != nil && a.MaskedCVC != nil }

// Partial says whether one part is there without the other.
func (a Auth) Partial() bool { return (a.EphemeralKey != nil) != (a.MaskedCVC != nil) }

// fields checks the lengths of what is there.
func (a Auth) fields() []field {
	return []field{
		{"epubkey", a.EphemeralKey == nil || len(a.EphemeralKey) == PublicKeySize},
		{"xcvc", a.MaskedCVC == nil || cvcLength(len(a.MaskedCVC))},
	}
}

func cvcLength(n int) bool { return n >= MinCVC && n <= MaxCVC }

// Session is the secret that host and card share during one authenticated command. Its key is a pad: it hides by XOR
// whatever is secret in the command and its answer, and no nonce goes into it. So it serves for one command and is
// destroyed; a second one with the same ephemeral key would give away the XOR of both secrets.
type Session struct{ key secret.Bytes }

// Authenticate is the host's side: it makes a fresh ephemeral key pair from r and, with the card's public key, the
// session and the proof that goes into the command of this name. n is the card's nonce now in force. It fails with
// ErrCVC, ErrPoint, or an error of r.
func Authenticate(r io.Reader, card PublicKey, n Nonce, name string, cvc secret.Bytes) (Auth, Session, error) {
	if !cvcLength(cvc.Len()) {
		return Auth{}, Session{}, ErrCVC
	}
	point, err := card.Parse()
	if err != nil {
		return Auth{}, Session{}, fmt.Errorf("card's key: %w", err)
	}
	ephemeral, err := RandomKey(r)
	if err != nil {
		return Auth{}, Session{}, err
	}
	defer ephemeral.Destroy()
	var e secp256k1.ModNScalar
	defer e.Zero()
	if err := scalar(&e, ephemeral); err != nil {
		return Auth{}, Session{}, err
	}
	s := agree(&e, point)
	public := secp256k1.NewPrivateKey(&e).PubKey().SerializeCompressed()
	a := Auth{EphemeralKey: public}
	cvc.Reveal(func(b []byte) { a.MaskedCVC = s.mask(n, name, b) })
	return a, s, nil
}

// Accept is the card's side of Authenticate: the session that the host's ephemeral key leads to. It fails with
// ErrPoint, which a card answers with 400, and ErrKey.
func Accept(card secret.Bytes, a Auth) (Session, error) {
	if len(a.EphemeralKey) != PublicKeySize {
		return Session{}, ErrPoint
	}
	point, err := PublicKey(a.EphemeralKey).Parse()
	if err != nil {
		return Session{}, err
	}
	var d secp256k1.ModNScalar
	defer d.Zero()
	if err := scalar(&d, card); err != nil {
		return Session{}, err
	}
	return agree(&d, point), nil
}

// CVC is the card's side: what CVC the host has masked, right or wrong.
func (s Session) CVC(a Auth, n Nonce, name string) secret.Bytes {
	return secret.New(s.mask(n, name, a.MaskedCVC))
}

// Pad hides or shows up to 32 bytes under the session key: what is padded twice is itself again. It is for the digest
// of sign, the new CVC of change, and the private keys of unseal and dump. More than 32 bytes give nil.
func (s Session) Pad(b []byte) []byte {
	if len(b) > KeySize {
		return nil
	}
	out := make([]byte, len(b))
	s.key.Reveal(func(key []byte) {
		if len(key) == KeySize {
			subtle.XORBytes(out, b, key)
		}
	})
	return out
}

// Pad32 is Pad for 32 bytes.
func (s Session) Pad32(b Bytes32) Bytes32 { return Bytes32(s.Pad(b[:])) }

// PadPublicKey is Pad for x alone; the first byte stays in the clear (Tap protocol, read on a TAPSIGNER).
func (s Session) PadPublicKey(p PublicKey) PublicKey {
	return PublicKey(append(p[:1:1], s.Pad(p[1:])...))
}

// Private takes a private key out from under the pad.
func (s Session) Private(b Bytes32) secret.Bytes { return secret.New(s.Pad(b[:])) }

// Destroy zeroes the session key.
func (s Session) Destroy() { s.key.Destroy() }

// mask hides the CVC, or shows it: XOR with the session key and with a hash of the nonce and the command's name, so
// that a recorded proof is good for nothing else.
func (s Session) mask(n Nonce, name string, b []byte) []byte {
	h := sha256.Sum256(append(n[:], name...))
	out := s.Pad(b)
	subtle.XORBytes(out, out, h[:])
	return out
}

// agree is ECDH: the SHA-256 of the shared point in compressed form, as libsecp256k1 computes it.
func agree(d *secp256k1.ModNScalar, peer *secp256k1.PublicKey) Session {
	var p, shared secp256k1.JacobianPoint
	peer.AsJacobian(&p)
	secp256k1.ScalarMultNonConst(d, &p, &shared)
	shared.ToAffine()
	h := sha256.Sum256(secp256k1.NewPublicKey(&shared.X, &shared.Y).SerializeCompressed())
	return Session{secret.New(h[:])}
}

// maxDraws bounds the draws for one key: a random string of 32 bytes is no key with probability 2⁻¹²⁸.
const maxDraws = 16

// RandomKey draws a private key of 32 bytes from r.
func RandomKey(r io.Reader) (secret.Bytes, error) {
	for range maxDraws {
		k, err := secret.Random(r, KeySize)
		if err != nil {
			return secret.Bytes{}, err
		}
		var d secp256k1.ModNScalar
		if scalar(&d, k) == nil {
			d.Zero()
			return k, nil
		}
	}
	return secret.Bytes{}, fmt.Errorf("%w: the random source gives none", ErrKey)
}
