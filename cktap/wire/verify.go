package wire

import (
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// Verify checks an ECDSA signature over a digest. It fails with ErrSignature, or ErrPoint when key is no public key.
func (s Signature) Verify(digest [32]byte, key PublicKey) error {
	point, err := key.Parse()
	if err != nil {
		return err
	}
	r, v, ok := s.scalars()
	if !ok || !ecdsa.NewSignature(&r, &v).Verify(digest[:], point) {
		return ErrSignature
	}
	return nil
}

// LowS says whether s is at most half the group order, as everything that a card signs (BIP-146; Tap protocol, sign).
func (s Signature) LowS() bool {
	_, v, ok := s.scalars()
	return ok && !v.IsOverHalfOrder()
}

// LowR says whether r begins with a zero bit, so that DER needs no padding: in the answer to sign it does (Tap
// protocol, "Signature Values").
func (s Signature) LowR() bool { return s[0] < 0x80 }

func (s Signature) scalars() (r, v secp256k1.ModNScalar, ok bool) {
	over := r.SetByteSlice(s[:32])
	over = v.SetByteSlice(s[32:]) || over
	return r, v, !over && !r.IsZero() && !v.IsZero()
}

// recoverKey finds the key that made a signature; id is the recovery id, 0 to 3.
func recoverKey(digest [32]byte, id byte, rs []byte) (PublicKey, error) {
	const compactBase = 27 // of the compact form that decred reads, for keys to be returned uncompressed
	compact := append([]byte{compactBase + id}, rs...)
	key, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return PublicKey{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return PublicKey(key.SerializeCompressed()), nil
}
