package wire

import (
	"bytes"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/secret"
)

// Sizes in bytes of what is on the wire.
const (
	NonceSize       = 16
	PublicKeySize   = 33
	SignatureSize   = 64
	KeySize         = 32 // private keys, chain codes, digests
	CertificateSize = 65
	XPubSize        = 78
	BackupKeySize   = 16
	MinCVC, MaxCVC  = 6, 32
	// MaxDepth is the most components of a derivation path on a card (Tap protocol, derive).
	MaxDepth = 8
)

// hardened is the bit that makes a child hardened (BIP-32).
const hardened = 1 << 31

// Fields of fixed size. The zero value means that the field is absent: as random numbers, keys and signatures none of
// them occurs.
type (
	// Nonce is the card's nonce.
	Nonce [NonceSize]byte
	// PublicKey is a compressed public key: 02 or 03, and x.
	PublicKey [PublicKeySize]byte
	// Signature is r and s, 32 bytes each, big-endian.
	Signature [SignatureSize]byte
	// Bytes32 is a chain code, or a digest or private key under a pad.
	Bytes32 [KeySize]byte
	// Certificate is one signature of a certificate chain: a BIP-137 header byte, r and s.
	Certificate [CertificateSize]byte
	// XPub is an extended public key as BIP-32 serialises it, before base58.
	XPub [XPubSize]byte
)

// PrivateKey is a private key that travels in the clear, 32 bytes.
type PrivateKey struct{ secret.Bytes }

// UnmarshalCBOR reads 16 bytes.
func (n *Nonce) UnmarshalCBOR(b []byte) error { return fixed(n[:], b) }

// UnmarshalCBOR reads 33 bytes.
func (p *PublicKey) UnmarshalCBOR(b []byte) error { return fixed(p[:], b) }

// UnmarshalCBOR reads 64 bytes.
func (s *Signature) UnmarshalCBOR(b []byte) error { return fixed(s[:], b) }

// UnmarshalCBOR reads 32 bytes.
func (w *Bytes32) UnmarshalCBOR(b []byte) error { return fixed(w[:], b) }

// UnmarshalCBOR reads 65 bytes.
func (c *Certificate) UnmarshalCBOR(b []byte) error { return fixed(c[:], b) }

// UnmarshalCBOR reads 78 bytes.
func (x *XPub) UnmarshalCBOR(b []byte) error { return fixed(x[:], b) }

// UnmarshalCBOR reads 32 bytes.
func (k *PrivateKey) UnmarshalCBOR(b []byte) error {
	var w Bytes32
	defer clear(w[:])
	if err := fixed(w[:], b); err != nil {
		return err
	}
	k.Bytes = secret.Copy(w[:])
	return nil
}

// MarshalCBOR writes 32 bytes.
func (k PrivateKey) MarshalCBOR() (b []byte, err error) {
	k.Reveal(func(key []byte) { b, err = strict.Marshal(key) })
	return b, err
}

// fixed reads a byte string that has exactly the size of dst; null leaves dst as it is.
func fixed(dst, b []byte) error {
	var value []byte
	if err := lenient.Unmarshal(b, &value); err != nil {
		return fmt.Errorf("%w: not a byte string", ErrFormat)
	}
	if value == nil {
		return nil
	}
	if len(value) != len(dst) {
		return fmt.Errorf("%w: %d bytes instead of %d", ErrFormat, len(value), len(dst))
	}
	copy(dst, value)
	clear(value)
	return nil
}

// compressed says whether the key at least looks like one: Parse is the proof.
func (p PublicKey) compressed() bool { return p[0] == 2 || p[0] == 3 }

// Parse finds the point; ErrPoint when there is none.
func (p PublicKey) Parse() (*secp256k1.PublicKey, error) {
	key, err := secp256k1.ParsePubKey(p[:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPoint, err)
	}
	return key, nil
}

// PublicKeyOf is the public key of a private key of 32 bytes; ErrKey when it is zero or not below the group order.
func PublicKeyOf(private secret.Bytes) (p PublicKey, err error) {
	var d secp256k1.ModNScalar
	defer d.Zero()
	if err := scalar(&d, private); err != nil {
		return p, err
	}
	return PublicKey(secp256k1.NewPrivateKey(&d).PubKey().SerializeCompressed()), nil
}

// scalar loads a private key.
func scalar(d *secp256k1.ModNScalar, private secret.Bytes) error {
	ok := false
	private.Reveal(func(b []byte) { ok = len(b) == KeySize && !d.SetByteSlice(b) && !d.IsZero() })
	if !ok {
		return ErrKey
	}
	return nil
}

// WeakNonce says whether a nonce is refused with 417: all its bytes are the same (Tap protocol, read).
func WeakNonce(n []byte) bool {
	return len(n) > 0 && bytes.Count(n, n[:1]) == len(n)
}
