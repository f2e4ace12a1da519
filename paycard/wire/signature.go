package wire

import (
	"bytes"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// Sizes of signatures in bytes.
const (
	SignatureSize      = 65 // r 32, s 32, recovery id 1: by the card
	TokenSignatureSize = 64 // r 32, s 32: by approver or time authority
)

// compactOffset is what decred adds to a recovery id, for an uncompressed key.
const compactOffset = 27

// Signature is a card's: r and s big-endian, s in the lower half of the group order, V the recovery id, 0 to 3.
// Contracts want V plus 27.
type Signature struct {
	R, S [32]byte
	V    byte
}

// Sign signs a digest with k, deterministically (RFC 6979), with a low s. The nonce depends on key and digest alone, so
// a signature made again after a power cut is the same one.
func Sign(k *secp256k1.PrivateKey, digest [HashSize]byte) Signature {
	c := ecdsa.SignCompact(k, digest[:], false)
	return Signature{R: [32]byte(c[1:33]), S: [32]byte(c[33:65]), V: c[0] - compactOffset}
}

// Append is r ‖ s ‖ v, 65 bytes.
func (s Signature) Append(b []byte) []byte {
	return append(append(append(b, s.R[:]...), s.S[:]...), s.V)
}

// ParseSignature reads 65 bytes. Whether they are a signature shows in Recover.
func ParseSignature(b []byte) (Signature, error) {
	if err := sized("signature", b, SignatureSize); err != nil {
		return Signature{}, err
	}
	return Signature{R: [32]byte(b[:32]), S: [32]byte(b[32:64]), V: b[64]}, nil
}

// Recover is the address that signed digest. A high s, as everything else that a contract would refuse, gives
// ErrSignature.
func (s Signature) Recover(digest [HashSize]byte) (Address, error) {
	var low secp256k1.ModNScalar
	if low.SetBytes(&s.S) != 0 || low.IsOverHalfOrder() || s.V > 3 {
		return Address{}, ErrSignature
	}
	compact := append(append([]byte{s.V + compactOffset}, s.R[:]...), s.S[:]...)
	pub, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return Address{}, ErrSignature
	}
	return AddressOf(pub), nil
}

// TokenSignature is r ‖ s by an approver or a time authority; its key is known, so it needs no recovery id.
type TokenSignature [TokenSignatureSize]byte

// SignToken signs the digest of a Token or Time, for services and tests.
func SignToken(k *secp256k1.PrivateKey, digest [HashSize]byte) (t TokenSignature) {
	s := Sign(k, digest)
	copy(t[:], bytes.Join([][]byte{s.R[:], s.S[:]}, nil))
	return t
}

// Verify says whether the signature is by key over digest.
func (t TokenSignature) Verify(key PublicKey, digest [HashSize]byte) bool {
	var r, s secp256k1.ModNScalar
	if r.SetByteSlice(t[:32]) || s.SetByteSlice(t[32:]) {
		return false
	}
	pub, err := secp256k1.ParsePubKey(key[:])
	return err == nil && ecdsa.NewSignature(&r, &s).Verify(digest[:], pub)
}
