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

// Unseal opens the current slot and gives out its keys (Tap protocol, unseal). It is final: nobody can know any more
// that nobody else has the key, so move the coins at once. number says which slot is meant, and must be the current
// one; the caller has asked the owner.
//
// Should the answer be lost, call Unseal again for the same slot: that it is unsealed is recognised, and its keys are
// dumped. Errors: card.ErrConditions with ErrNoKey or ErrUsedUp; card.ErrWrongData for another slot than the current
// one.
func (s *Satscard) Unseal(ctx context.Context, cvc secret.Bytes, number int) (Opened, error) {
	if err := s.checkSlot(wire.CmdUnseal, number); err != nil {
		return Opened{}, err
	}
	if err := s.current(ctx); err != nil {
		return Opened{}, err
	}
	begun, err := s.began(wire.CmdUnseal, number)
	if err != nil {
		return Opened{}, err
	}
	if begun {
		return s.finishUnseal(ctx, cvc, number)
	}
	return s.unseal(ctx, cvc, number)
}

// began says whether the journal has a command for a slot whose end nobody has seen.
func (s *Satscard) began(op string, number int) (bool, error) {
	p, ok, err := s.opts.Store.pending(s.status.PublicKey, op)
	return ok && p.Slot == number, err
}

// finishUnseal finds out whether an unseal whose answer was lost has happened.
func (s *Satscard) finishUnseal(ctx context.Context, cvc secret.Bytes, number int) (Opened, error) {
	slot, err := s.Slot(ctx, number)
	if err != nil {
		return Opened{}, err
	}
	if slot.State != wire.SlotUnsealed {
		return s.unseal(ctx, cvc, number)
	}
	o, err := s.Dump(ctx, cvc, number)
	if err != nil {
		return Opened{}, err
	}
	return o, s.opts.Store.end(s.status.PublicKey, wire.CmdUnseal)
}

func (s *Satscard) unseal(ctx context.Context, cvc secret.Bytes, number int) (Opened, error) {
	if err := s.needKey(wire.CmdUnseal); err != nil {
		return Opened{}, err
	}
	if current := s.status.Slot(); number != current {
		return Opened{}, refuse(wire.CmdUnseal, card.ErrWrongData, "slot %d is not the current one, that is slot %d",
			number+1, current+1)
	}
	if err := s.vouched(ctx, wire.CmdUnseal); err != nil {
		return Opened{}, err
	}
	blanked := s.status.Address
	if err := s.opts.Store.begin(s.status.PublicKey, Pending{Op: wire.CmdUnseal, Slot: number}); err != nil {
		return Opened{}, err
	}
	a, session, err := s.sendUnseal(ctx, cvc, number)
	defer session.Destroy()
	if err != nil {
		return Opened{}, s.dropIfRefused(wire.CmdUnseal, err)
	}
	o, err := s.opened(wire.CmdUnseal, Opened{Slot: a.Slot, PublicKey: a.PublicKey, Private: session.Private(a.Private),
		Master: a.MasterPrivate.Bytes, ChainCode: a.ChainCode})
	if err != nil {
		return Opened{}, err
	}
	if a.Slot != number || !wire.MatchesBlanked(o.Address, blanked) {
		o.Destroy()
		return Opened{}, failure(wire.CmdUnseal, card.ErrCardMismatch, fmt.Errorf("the slot that was opened: %w", ErrAddress))
	}
	// The slot is no longer current. What the status says now may be wrong about the last slot, so the next one is asked
	// for.
	s.slot, s.stale = nil, true
	return o, s.opts.Store.end(s.status.PublicKey, wire.CmdUnseal)
}

func (s *Satscard) sendUnseal(ctx context.Context, cvc secret.Bytes, number int) (a wire.UnsealAnswer,
	session wire.Session, err error) {
	build := func(a wire.Auth, _ wire.Session) (iso7816.Command, error) {
		return wire.UnsealRequest{Slot: &number, Auth: a}.Command()
	}
	body, session, err := s.authorised(ctx, wire.CmdUnseal, cvc, build)
	if err != nil {
		return a, session, err
	}
	if a, err = wire.ParseUnsealAnswer(body); err != nil {
		err = bad(wire.CmdUnseal, err)
	}
	return a, session, err
}

// dropIfRefused takes a command that the card has refused out of the journal, and leaves one of which nobody knows.
func (c *Card) dropIfRefused(op string, err error) error {
	if !answered(err) {
		return err
	}
	return errors.Join(err, c.opts.Store.end(c.status.PublicKey, op))
}
