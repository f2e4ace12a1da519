package signer

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/card"
)

// Signature is an ECDSA signature over secp256k1.
type Signature struct {
	R, S      [32]byte // big endian; S in the lower half of the group order
	V         byte     // recovery id, 0 to 3 (SEC 1, section 4.1.6)
	PublicKey [65]byte // the key that the signer names, 04 || X || Y; what it is worth is for Verify to say
}

// Verify checks a signature over digest by the key expected: R and S are valid, S is in the lower half, and recovering
// with V gives exactly that key. The key that the signature names counts only in choosing the error:
//
//   - card.ErrCardMismatch when it names another one,
//   - card.ErrBadSignature when it names the right one and the signature is not by it. Whether another key made it or
//     the bytes are damaged cannot be told apart, so the error is card.ErrCardMismatch as well,
//   - card.ErrBadSignature when the values or the recovery id are wrong.
func (sig Signature) Verify(digest [32]byte, expected [65]byte) error {
	if sig.PublicKey != expected {
		return failed(card.ErrCardMismatch, fmt.Errorf("the card signed with the key %x…, expected was %x…",
			sig.PublicKey[:9], expected[:9]))
	}
	if err := sig.checkValues(); err != nil {
		return failed(card.ErrBadSignature, err)
	}
	if sig.recovers(sig.V, digest, expected) {
		return nil
	}
	for v := range byte(4) {
		if v != sig.V && sig.recovers(v, digest, expected) {
			return failed(card.ErrBadSignature, fmt.Errorf("recovery id %d given, %d is right", sig.V, v))
		}
	}
	return failed(card.ErrBadSignature, fmt.Errorf("%w, or a damaged answer", card.ErrCardMismatch))
}

// checkValues refuses what no node accepts: zero, too large, or the malleable upper half (EIP-2, BIP-62).
func (sig Signature) checkValues() error {
	var r, s secp256k1.ModNScalar
	if overflow := r.SetBytes(&sig.R); overflow != 0 || r.IsZero() {
		return errors.New("r is out of range")
	}
	if overflow := s.SetBytes(&sig.S); overflow != 0 || s.IsZero() {
		return errors.New("s is out of range")
	}
	if s.IsOverHalfOrder() {
		return errors.New("s is in the upper half of its range")
	}
	if sig.V > 3 {
		return fmt.Errorf("recovery id %d is above 3", sig.V)
	}
	return nil
}

// recovers says whether the key recovered with v is the expected one. One recovery is as good as a verification: it
// solves the same equation for the key.
func (sig Signature) recovers(v byte, digest [32]byte, expected [65]byte) bool {
	const compactUncompressed = 27
	compact := append([]byte{compactUncompressed + v}, sig.R[:]...)
	key, _, err := ecdsa.RecoverCompact(append(compact, sig.S[:]...), digest[:])
	return err == nil && bytes.Equal(key.SerializeUncompressed(), expected[:])
}

// checkKey refuses what is not an uncompressed point of the curve.
func checkKey(pub [65]byte) error {
	if _, err := secp256k1.ParsePubKey(pub[:]); err != nil || pub[0] != secp256k1.PubKeyFormatUncompressed {
		return errors.New("the public key is not a point of secp256k1")
	}
	return nil
}

func failed(kind, detail error) error { return &card.Error{Op: opSign, Kind: kind, Err: detail} }
