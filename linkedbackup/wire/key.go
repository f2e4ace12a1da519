package wire

import (
	"fmt"
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/secret"
)

// Sizes in bytes.
const (
	KeySize       = 33 // a compressed public key
	PrivateSize   = 32
	ChainSize     = 32 // a BIP-32 chain code
	SignatureSize = 64 // r || s
	NonceSize     = 32 // of ATTEST and DERIVE
)

// Key is a public key on secp256k1, compressed: 02 or 03, then X. Whether it is a point is for Check to say.
type Key [KeySize]byte

// Check fails with ErrPoint when k is not on the curve.
func (k Key) Check() error {
	_, err := k.point()
	return err
}

// Uncompressed is 04 || X || Y; ErrPoint when k is not on the curve.
func (k Key) Uncompressed() ([65]byte, error) {
	p, err := k.point()
	if err != nil {
		return [65]byte{}, err
	}
	return [65]byte(p.SerializeUncompressed()), nil
}

func (k Key) point() (*secp256k1.PublicKey, error) {
	p, err := secp256k1.ParsePubKey(k[:])
	if err != nil {
		return nil, ErrPoint
	}
	return p, nil
}

// checkPoints fails with ErrPoint unless all keys are on the curve.
func checkPoints(keys ...Key) error {
	for _, k := range keys {
		if err := k.Check(); err != nil {
			return err
		}
	}
	return nil
}

// Ident is how people name a card: 6 bytes of a hash of its key, "1a2b-3c4d-5e6f" (PROTOCOL.md, Keys and names).
func (k Key) Ident() string {
	h := Hash(nameIdent, k[:])
	return fmt.Sprintf("%x-%x-%x", h[:2], h[2:4], h[4:6])
}

// Signature is r || s, 32 bytes each.
type Signature [SignatureSize]byte

// Verify fails with ErrSignature unless s is k's signature over Hash(name, parts). A high s is refused too, so that no
// message has two signatures made of one.
func (s Signature) Verify(k Key, name string, parts ...[]byte) error {
	point, err := k.point()
	if err != nil {
		return err
	}
	var r, t secp256k1.ModNScalar
	if r.SetByteSlice(s[:32]) || t.SetByteSlice(s[32:]) || r.IsZero() || t.IsZero() || t.IsOverHalfOrder() {
		return ErrSignature
	}
	h := Hash(name, parts...)
	if !ecdsa.NewSignature(&r, &t).Verify(h[:], point) {
		return ErrSignature
	}
	return nil
}

// KeyPair is a private key and its public half. It prints as the ident of the public one.
type KeyPair struct {
	private *secp256k1.PrivateKey
	Public  Key
}

// NewKeyPair draws a key pair from r, 32 bytes of it; ErrRandom when r fails or gives no usable number.
func NewKeyPair(r io.Reader) (*KeyPair, error) {
	const draws = 8 // a random number is out of range with probability 2^-128
	for range draws {
		b, err := Draw(r, PrivateSize)
		if err != nil {
			return nil, err
		}
		if k, err := KeyPairOf(b); err == nil {
			return k, nil
		}
	}
	return nil, ErrRandom
}

// KeyPairOf makes the pair of a private key of 32 bytes, and zeroes private. What is not from 1 to n-1 is ErrFormat.
func KeyPairOf(private []byte) (*KeyPair, error) {
	var scalar secp256k1.ModNScalar
	defer clear(private)
	if overflow := scalar.SetByteSlice(private); len(private) != PrivateSize || overflow || scalar.IsZero() {
		return nil, ErrFormat
	}
	p := secp256k1.NewPrivateKey(&scalar)
	return &KeyPair{p, Key(p.PubKey().SerializeCompressed())}, nil
}

// Private is a copy of the private key, 32 bytes.
func (k *KeyPair) Private() secret.Bytes { return secret.New(k.private.Serialize()) }

// Destroy zeroes the private key; the pair is of no use afterwards.
func (k *KeyPair) Destroy() {
	if k != nil && k.private != nil {
		k.private.Zero()
	}
}

// Format implements fmt.Formatter for every verb and shows no private key.
func (k *KeyPair) Format(w fmt.State, _ rune) { io.WriteString(w, "key pair "+k.Public.Ident()) }

// Sign signs Hash(name, parts), with the nonce of RFC 6979 and a low s.
func (k *KeyPair) Sign(name string, parts ...[]byte) Signature {
	h := Hash(name, parts...)
	compact := ecdsa.SignCompact(k.private, h[:], true)
	return Signature(compact[1:])
}

// agree is x(k * peer), 32 bytes; ErrPoint when peer is not on the curve.
func (k *KeyPair) agree(peer Key) ([]byte, error) {
	point, err := peer.point()
	if err != nil {
		return nil, err
	}
	return secp256k1.GenerateSharedSecret(k.private, point), nil
}

// Draw reads n random bytes; ErrRandom when r fails or they are all zero, which is what a dead source gives.
func Draw(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRandom, err)
	}
	if zero(b) {
		return nil, fmt.Errorf("%w: it gives zeros", ErrRandom)
	}
	return b, nil
}

func zero(b []byte) bool {
	or := byte(0)
	for _, c := range b {
		or |= c
	}
	return or == 0
}
