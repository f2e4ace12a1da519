package applet

import (
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/cktap/wire"
)

// maxNonces bounds the draws for one signature. A random 32-byte string is no nonce with probability 2⁻¹²⁸; a source
// that fails this often is not random.
const maxNonces = 16

// sign signs a digest with a private key of 32 bytes; S is low. The number K is random, as on a real card, and 32 bytes
// of the card's random source (Tap protocol, "Signing Notes"); in the emulator it follows from the digest.
func (c *call) signature(private []byte, digest [32]byte) (wire.Signature, error) {
	var d secp256k1.ModNScalar
	defer d.Zero()
	d.SetByteSlice(private)
	if c.a.profile.Deterministic {
		r, s := parts(ecdsa.Sign(secp256k1.NewPrivateKey(&d), digest[:]))
		return join(r, s), nil
	}
	for range maxNonces {
		var nonce [32]byte
		if _, err := io.ReadFull(c.a.env.Rand, nonce[:]); err != nil {
			return wire.Signature{}, errInternal
		}
		var k secp256k1.ModNScalar
		if k.SetBytes(&nonce) != 0 || k.IsZero() {
			continue
		}
		if r, s, ok := ecdsaWith(&k, &d, digest); ok {
			return join(r, s), nil
		}
	}
	return wire.Signature{}, errInternal
}

// ecdsaWith is SEC 1 v2 §4.1.3 with a given K; ok is false when r or s is zero.
func ecdsaWith(k, d *secp256k1.ModNScalar, digest [32]byte) (r, s secp256k1.ModNScalar, ok bool) {
	var point secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(k, &point)
	point.ToAffine()
	r.SetBytes(point.X.Bytes())
	var e secp256k1.ModNScalar
	e.SetBytes(&digest)
	s.Mul2(&r, d).Add(&e).Mul(k.InverseNonConst())
	k.Zero()
	if s.IsOverHalfOrder() {
		s.Negate()
	}
	return r, s, !r.IsZero() && !s.IsZero()
}

func parts(s *ecdsa.Signature) (r, v secp256k1.ModNScalar) { return s.R(), s.S() }

func join(r, s secp256k1.ModNScalar) (sig wire.Signature) {
	r.PutBytesUnchecked(sig[:32])
	s.PutBytesUnchecked(sig[32:])
	return sig
}
