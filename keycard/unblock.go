package keycard

import (
	"context"
	"errors"

	"tapcard.example/card"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// Unblock sets a new PIN of 6 digits on a card whose PIN is blocked, by the PUK of 12 digits (Keycard seed, UNBLOCK
// PIN). The new PIN is verified from then on. Two commands, with the GET STATUS that looks at the tries left.
//
// Errors are those of VerifyPIN, with the tries of the PUK: when they are gone the key on the card is lost. While the
// PIN is not blocked the card refuses: card.ErrConditions.
func (s *Session) Unblock(ctx context.Context, puk, newPIN secret.PIN) error {
	err := errors.Join(checkDigits("PUK", puk, wire.PUKSize), checkDigits("new PIN", newPIN, wire.PINSize))
	if err != nil {
		return failure(wire.InsUnblockPIN, card.ErrWrongData, err)
	}
	if err := s.guard(ctx, wire.InsUnblockPIN, &s.pukTries); err != nil {
		return err
	}
	if err := s.spend(ctx, wire.UnblockPINCommand(puk, newPIN), &s.pukTries); err != nil {
		return err
	}
	s.pinTries, s.verified = unknown, true
	return nil
}
