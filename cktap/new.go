package cktap

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// New has the card pick a key for its current slot, which is unused, and verifies the slot before it returns (Tap
// protocol, new). entropy is 32 bytes of the owner's, from dice say; nil draws them here. They become the slot's chain
// code and are kept in the Store, so that Verify can tell at any time that they were used.
//
// Should the answer be lost, call New again: a slot that got its key is recognised by the entropy that was written down
// before, which counts then, and is verified. Errors: card.ErrConditions with ErrHasKey while the slot is sealed, or
// ErrUsedUp; those of Verify.
func (s *Satscard) New(ctx context.Context, cvc secret.Bytes, entropy []byte) (Proof, error) {
	if err := s.current(ctx); err != nil {
		return Proof{}, err
	}
	number := s.status.Slot()
	if number >= s.status.SlotCount() {
		return Proof{}, failure(wire.CmdNew, card.ErrConditions, ErrUsedUp)
	}
	p, begun, err := s.opts.Store.pending(s.status.PublicKey, wire.CmdNew)
	if err != nil {
		return Proof{}, err
	}
	switch {
	case !s.status.HasKey():
		if p.Entropy, err = s.newSlot(ctx, cvc, number, entropy); err != nil {
			return Proof{}, err
		}
	case !begun || p.Slot != number:
		return Proof{}, refuse(wire.CmdNew, card.ErrConditions, "slot %d: %w", number+1, ErrHasKey)
	}
	return s.proveNew(ctx, number, p.Entropy)
}

// newSlot writes down what is about to be done and does it.
func (s *Satscard) newSlot(ctx context.Context, cvc secret.Bytes, number int, entropy []byte) (wire.Bytes32, error) {
	chainCode, err := s.chainCode(entropy)
	if err != nil {
		return chainCode, err
	}
	if err := s.vouched(ctx, wire.CmdNew); err != nil {
		return chainCode, err
	}
	key := s.status.PublicKey
	if err := s.opts.Store.begin(key, Pending{Op: wire.CmdNew, Slot: number, Entropy: chainCode}); err != nil {
		return chainCode, err
	}
	if err := s.sendNew(ctx, cvc, number, chainCode); err != nil {
		return chainCode, s.dropIfRefused(wire.CmdNew, err)
	}
	return chainCode, s.Refresh(ctx)
}

// proveNew verifies a slot that was just made.
func (s *Satscard) proveNew(ctx context.Context, number int, chainCode wire.Bytes32) (Proof, error) {
	proof, err := s.Verify(ctx, nil)
	if err != nil {
		return Proof{}, err
	}
	if proof.Slot != number || proof.ChainCode != chainCode {
		return Proof{}, refuse(wire.CmdDerive, card.ErrCardMismatch, "slot %d: %w", number+1, ErrEntropy)
	}
	proof.Entropy = EntropyYours
	return proof, s.opts.Store.keepEntropy(s.status.PublicKey, number, chainCode)
}

// sendNew is new for both kinds of card.
func (c *Card) sendNew(ctx context.Context, cvc secret.Bytes, number int, chainCode wire.Bytes32) error {
	body, session, err := c.authorised(ctx, wire.CmdNew, cvc, func(a wire.Auth, _ wire.Session) (iso7816.Command, error) {
		return wire.NewRequest{Slot: &number, ChainCode: chainCode[:], Auth: a}.Command()
	})
	session.Destroy()
	if err != nil {
		return err
	}
	a, err := wire.ParseNewAnswer(body)
	if err != nil {
		return bad(wire.CmdNew, err)
	}
	if a.Slot != number {
		return bad(wire.CmdNew, fmt.Errorf("it is about slot %d, not slot %d", a.Slot+1, number+1))
	}
	return nil
}

// chainCode is the owner's entropy, or 32 random bytes.
func (c *Card) chainCode(entropy []byte) (w wire.Bytes32, err error) {
	if entropy == nil {
		if entropy, err = c.opts.random(wire.KeySize); err != nil {
			return w, err
		}
	}
	if len(entropy) != wire.KeySize {
		return w, refuse(wire.CmdNew, card.ErrWrongData, "the entropy has %d bytes, not %d", len(entropy), wire.KeySize)
	}
	if wire.WeakNonce(entropy) {
		return w, failure(wire.CmdNew, card.ErrWrongData, errors.New("the entropy is one byte repeated"))
	}
	return wire.Bytes32(entropy), nil
}
