package keycard

import (
	"context"
	"errors"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// VerifyPIN shows the PIN, 6 digits, to the card; it stays verified until the session ends (Keycard seed, VERIFY PIN).
// One command, and a GET STATUS before it unless the tries left are known or Options.SpendLastTry is set.
//
// Errors: card.ErrWrongPIN with a *card.PINError that tells the tries left; card.ErrBlocked; card.ErrLastTry when only
// one try is left, in which case nothing was spent. A PIN of the wrong form is never sent: up to version 2.2 the card
// would count it as a wrong one.
//
// A duress PIN is accepted like the PIN, and nothing in the card's answers tells them apart.
func (s *Session) VerifyPIN(ctx context.Context, pin secret.PIN) error {
	if err := checkDigits("PIN", pin, wire.PINSize); err != nil {
		return failure(wire.InsVerifyPIN, card.ErrWrongData, err)
	}
	if err := s.guard(ctx, wire.InsVerifyPIN, &s.pinTries); err != nil {
		return err
	}
	err := s.spend(ctx, wire.VerifyPINCommand(pin), &s.pinTries)
	s.verified = err == nil // a wrong PIN after a good one takes the authentication away
	return err
}

// guard refuses to spend the last try of the counter that left points to.
func (s *Session) guard(ctx context.Context, ins byte, left *int) error {
	if s.card.opts.SpendLastTry {
		return nil
	}
	if *left == unknown {
		if _, err := s.Status(ctx); err != nil {
			return err
		}
	}
	switch *left {
	case 0:
		return failure(ins, card.ErrBlocked, &card.PINError{})
	case 1:
		return failure(ins, card.ErrLastTry, &card.PINError{Remaining: 1})
	}
	return nil
}

// spend sends a command that costs a try when the code is wrong, and keeps count.
func (s *Session) spend(ctx context.Context, cmd iso7816.Command, left *int) error {
	*left = unknown
	err := s.doEmpty(ctx, cmd)
	var tries *card.PINError
	if errors.As(err, &tries) {
		*left = tries.Remaining
	}
	return err
}
