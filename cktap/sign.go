package cktap

import (
	"context"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

// Signature is an ECDSA signature over secp256k1 with its recovery id and the key it was verified against.
type Signature = signer.Signature

// Sign has the card sign a 32-byte digest with the key at subpath below its derivation (Tap protocol, sign): up to two
// components, none hardened. One command, and one more for each 205.
//
// expected is the key that must sign; nil accepts the one in the answer, which proves only that somebody holds it. A
// signature over anything but the digest is card.ErrBadSignature with ErrSignedWrong: the digest is then never sent
// again. A signature by another key is card.ErrCardMismatch with ErrOtherKey.
func (t *Tapsigner) Sign(ctx context.Context, cvc secret.Bytes, subpath hd.Path, digest [32]byte,
	expected *[65]byte) (Signature, error) {
	if !wire.ValidSubpath(subpath) {
		return Signature{}, refuse(wire.CmdSign, card.ErrWrongData,
			"below its derivation the card signs at up to %d levels, none hardened, not at %v", wire.MaxSubpath, subpath)
	}
	if !t.status.HasKey() {
		return Signature{}, failure(wire.CmdSign, card.ErrConditions, ErrNoKey)
	}
	return t.sign(ctx, cvc, wire.SignRequest{Subpath: subpath}, digest, expected)
}

// Sign has the card sign a 32-byte digest with the key of a slot that is unsealed, as Tapsigner.Sign does. A sealed or
// unused slot is card.ErrConditions.
func (s *Satscard) Sign(ctx context.Context, cvc secret.Bytes, number int, digest [32]byte,
	expected *[65]byte) (Signature, error) {
	if err := s.checkSlot(wire.CmdSign, number); err != nil {
		return Signature{}, err
	}
	return s.sign(ctx, cvc, wire.SignRequest{Slot: &number}, digest, expected)
}

// sign sends a digest and verifies what comes back.
func (c *Card) sign(ctx context.Context, cvc secret.Bytes, q wire.SignRequest, digest [32]byte,
	expected *[65]byte) (Signature, error) {
	if c.wrong[digest] {
		return Signature{}, failure(wire.CmdSign, card.ErrBadSignature, fmt.Errorf("refused, after this: %w", ErrSignedWrong))
	}
	body, session, err := c.authorised(ctx, wire.CmdSign, cvc, func(a wire.Auth, s wire.Session) (iso7816.Command, error) {
		q.Auth, q.Digest = a, s.Pad32(digest)
		return q.Command()
	})
	session.Destroy()
	if err != nil {
		return Signature{}, err
	}
	a, err := wire.ParseSignAnswer(body)
	if err == nil && q.Slot != nil && a.Slot != *q.Slot {
		err = fmt.Errorf("it is by slot %d, not slot %d", a.Slot+1, *q.Slot+1)
	}
	if err != nil {
		return Signature{}, c.distrust(digest, bad(wire.CmdSign, err))
	}
	sig, err := finish(a, digest)
	if err != nil {
		return Signature{}, c.distrust(digest, c.suspect(ctx, wire.CmdSign, fmt.Errorf("%w (%w)", ErrSignedWrong, err)))
	}
	if expected != nil && sig.PublicKey != *expected {
		return Signature{}, c.distrust(digest, c.otherKey(ctx, a.PublicKey, *expected))
	}
	return sig, nil
}

// distrust makes sure that a digest is not sent again.
func (c *Card) distrust(digest [32]byte, err error) error {
	c.wrong[digest] = true
	return err
}

// otherKey explains a signature by another key than expected: another card, or a derivation that was moved.
func (c *Card) otherKey(ctx context.Context, got wire.PublicKey, expected [65]byte) error {
	before := wire.FormatPath(c.status.Path)
	if err := c.Refresh(ctx); err != nil {
		return err
	}
	err := fmt.Errorf("%w: %s instead of %02x%x…", ErrOtherKey, short(got), 2|expected[64]&1, expected[1:6])
	if after := wire.FormatPath(c.status.Path); after != before {
		err = fmt.Errorf("%w; the card's derivation was moved from %s to %s meanwhile", err, before, after)
	}
	return failure(wire.CmdSign, card.ErrCardMismatch, err)
}

// finish verifies a signature against the key in the answer, gives it a low S and finds its recovery id. All of it
// takes one point, R = (h/s)·G + (r/s)·Q, as verifying alone does: the id says whether R's y is odd, and whether its x
// is not below the group order (SEC 1 §4.1.6).
func finish(a wire.SignAnswer, digest [32]byte) (Signature, error) {
	key, err := a.PublicKey.Parse()
	if err != nil {
		return Signature{}, err
	}
	var h, r, s, x secp256k1.ModNScalar
	h.SetBytes(&digest)
	if over := r.SetByteSlice(a.Signature[:32]); over || r.IsZero() {
		return Signature{}, wire.ErrSignature
	}
	if over := s.SetByteSlice(a.Signature[32:]); over || s.IsZero() {
		return Signature{}, wire.ErrSignature
	}
	point := noncePoint(&h, &r, &s, key)
	beyond := x.SetBytes(point.X.Bytes())
	if point.X.IsZero() && point.Y.IsZero() || !x.Equals(&r) {
		return Signature{}, wire.ErrSignature
	}
	sig := Signature{R: r.Bytes(), V: byte(beyond)<<1 | byte(point.Y.IsOddBit()),
		PublicKey: [65]byte(key.SerializeUncompressed())}
	if s.IsOverHalfOrder() { // its twin has -R, whose y has the other parity
		s.Negate()
		sig.V ^= 1
	}
	sig.S = s.Bytes()
	return sig, nil
}

// noncePoint computes (h/s)·G + (r/s)·Q.
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
