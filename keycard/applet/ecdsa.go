package applet

import (
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
)

// maxNonces bounds the draws for one signature. A random 32-byte string is no nonce with probability 2⁻¹²⁸; a source
// that fails this often is not random.
const maxNonces = 16

// ecdsa signs a 32-byte digest with d (SEC 1 v2 §4.1.3). The nonce is 32 bytes of the card's random source, as in a
// real card, and taken again when it is not below the group order; so an injected source decides the signature. S is
// as it comes, high or low. The status is 6F00 when the source fails.
func (c *call) ecdsa(d *secp256k1.ModNScalar, digest []byte) (r, s secp256k1.ModNScalar, sw iso7816.Status) {
	var k, e secp256k1.ModNScalar
	defer k.Zero()
	e.SetByteSlice(digest)
	var nonce [32]byte
	defer clear(nonce[:])
	for range maxNonces {
		if _, err := io.ReadFull(c.a.env.Rand, nonce[:]); err != nil {
			return r, s, iso7816.Internal
		}
		if k.SetBytes(&nonce) != 0 || k.IsZero() {
			continue
		}
		if r = nonceX(&k); r.IsZero() {
			continue
		}
		s.Mul2(&r, d).Add(&e).Mul(k.InverseNonConst())
		if !s.IsZero() {
			return r, s, iso7816.OK
		}
	}
	return r, s, iso7816.Internal
}

// nonceX is the X coordinate of k times the base point, modulo the group order.
func nonceX(k *secp256k1.ModNScalar) (r secp256k1.ModNScalar) {
	var point secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(k, &point)
	point.ToAffine()
	r.SetBytes(point.X.Bytes())
	return r
}
