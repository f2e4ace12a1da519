package wire

import "github.com/decred/dcrd/dcrec/secp256k1/v4"

// Recover verifies a signature over digest and finds its recovery id in the same pass. It returns the id, 0 to 3, and
// the low form of S, to which the id belongs (Ethereum and Bitcoin accept no other). pub is the 65-byte public key
// that is expected, from somewhere better than the card's own answer. Any signature that does not verify gives
// ErrSignature; a bad key gives ErrPoint.
//
// The usual way is to try the four ids and compare keys. But verifying computes the very point R = (h/s)·G + (r/s)·Q
// of which the id says two things: whether its Y is odd (bit 0), and whether its X is not below the group order (bit
// 1).
func Recover(digest, r, s [32]byte, pub []byte) (recid byte, low [32]byte, err error) {
	key, err := ParsePublicKey(pub)
	if err != nil {
		return 0, low, err
	}
	var h, rScalar, sScalar secp256k1.ModNScalar
	h.SetBytes(&digest)
	rOver, sOver := rScalar.SetBytes(&r), sScalar.SetBytes(&s)
	if rOver|sOver != 0 || rScalar.IsZero() || sScalar.IsZero() {
		return 0, low, ErrSignature
	}
	point := noncePoint(&h, &rScalar, &sScalar, key)
	if point.X.IsZero() && point.Y.IsZero() { // the point at infinity
		return 0, low, ErrSignature
	}
	var x secp256k1.ModNScalar
	beyond := x.SetBytes(point.X.Bytes())
	if !x.Equals(&rScalar) {
		return 0, low, ErrSignature
	}
	recid = byte(beyond)<<1 | byte(point.Y.IsOddBit())
	if sScalar.IsOverHalfOrder() { // the other signature has -R, whose Y has the other parity
		sScalar.Negate()
		recid ^= 1
	}
	return recid, sScalar.Bytes(), nil
}

// noncePoint computes (h/s)·G + (r/s)·Q in affine coordinates.
func noncePoint(h, r, s *secp256k1.ModNScalar, q *secp256k1.PublicKey) secp256k1.JacobianPoint {
	var inverse, u1, u2 secp256k1.ModNScalar
	inverse.InverseValNonConst(s)
	u1.Mul2(h, &inverse)
	u2.Mul2(r, &inverse)
	var key, a, b, sum secp256k1.JacobianPoint
	q.AsJacobian(&key)
	secp256k1.ScalarBaseMultNonConst(&u1, &a)
	secp256k1.ScalarMultNonConst(&u2, &key, &b)
	secp256k1.AddNonConst(&a, &b, &sum)
	sum.ToAffine()
	return sum
}
