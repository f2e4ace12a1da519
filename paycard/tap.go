package paycard

import (
	"context"
	"errors"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// Tap is a payment, or a hash, between CHALLENGE and the signature.
type Tap struct {
	card      *Card
	ins       byte // PAY or SIGN HASH
	Challenge wire.Challenge
	Payment   wire.Payment // with the card's counter; empty for a hash
	Digest    [wire.HashSize]byte
}

// Challenge names a payment and finds out what the card wants for it (PROTOCOL.md, CHALLENGE). profile is from
// ProfileFor. A refusal by a guard, which may come now or from Pay, is a GuardError.
func (c *Card) Challenge(ctx context.Context, profile byte, p wire.Purse, o wire.Order) (*Tap, error) {
	switch {
	case !c.info.Initialized:
		return nil, failure(wire.InsChallenge, card.ErrConditions, errNotInitialised)
	case profile >= wire.Profiles || c.info.Hints[profile] != p.Hint():
		return nil, failure(wire.InsChallenge, card.ErrNotFound, errors.New("this card has no such purse there"))
	}
	if _, err := wire.ParseOrder(o.Append(nil)); err != nil {
		return nil, failure(wire.InsChallenge, card.ErrWrongData, err)
	}
	answer, err := c.challenge(ctx, wire.ChallengeCommand(profile, o))
	if err != nil {
		return nil, err
	}
	payment := wire.Payment{Purse: p, Order: o, Counter: answer.Counter}
	return &Tap{c, wire.InsPay, answer, payment, payment.Digest()}, nil
}

// ChallengeHash names a hash for a blind signature, which the owner must have allowed (PROTOCOL.md, SIGN HASH).
func (c *Card) ChallengeHash(ctx context.Context, hash [wire.HashSize]byte) (*Tap, error) {
	answer, err := c.challenge(ctx, wire.ChallengeHashCommand(hash))
	if err != nil {
		return nil, err
	}
	return &Tap{card: c, ins: wire.InsSignHash, Challenge: answer, Digest: hash}, nil
}

func (c *Card) challenge(ctx context.Context, cmd iso7816.Command) (wire.Challenge, error) {
	data, err := c.do(ctx, cmd)
	if err != nil {
		return wire.Challenge{}, err
	}
	answer, err := wire.ParseChallenge(data)
	if err != nil {
		return wire.Challenge{}, bad(wire.InsChallenge, err)
	}
	return answer, nil
}

// Repeat says that the card has signed this very payment before: Pay with the zero Approval returns that signature.
func (t *Tap) Repeat() bool { return t.Challenge.Flags&wire.Repeat != 0 }

// Needs says whether the card wants something: wire.NeedsApproval, NeedsTime, NeedsRate or NeedsOwner.
func (t *Tap) Needs(flag byte) bool { return t.Challenge.Flags&flag == flag }

// Token is what approver and time authority sign, but for the terms, which are the approver's to fill in.
func (t *Tap) Token() wire.Token {
	return wire.Token{Card: t.card.info.Address, Challenge: t.Challenge.Challenge, Digest: t.Digest}
}

// Pay has the card sign, and verifies that the signature is by the address that SELECT named: card.ErrBadSignature
// otherwise. The zero Approval is for repeated and offline payments. It uses the challenge up, also when it fails.
//
// A blind signature is by another key: Pay returns whatever address it is by, and the caller compares it with the one
// expected (CardStatus.Blind tells the owner).
func (t *Tap) Pay(ctx context.Context, by wire.Approval) (signed wire.Signed, signer wire.Address, err error) {
	if t.Repeat() {
		by = wire.Approval{}
	}
	cmd := wire.PayCommand(by)
	if t.ins == wire.InsSignHash {
		cmd = wire.SignHashCommand(by)
	}
	data, err := t.card.do(ctx, cmd)
	if err != nil {
		return wire.Signed{}, wire.Address{}, err
	}
	if signed, err = wire.ParseSigned(data); err != nil {
		return wire.Signed{}, wire.Address{}, bad(t.ins, err)
	}
	signer, err = signed.Signature.Recover(t.Digest)
	wrong := signer != t.card.info.Address || signed.Counter != t.Payment.Counter
	if err != nil || t.ins == wire.InsPay && wrong || t.ins == wire.InsSignHash && signer == t.card.info.Address {
		return wire.Signed{}, wire.Address{}, failure(t.ins, card.ErrBadSignature, nil)
	}
	return signed, signer, nil
}
