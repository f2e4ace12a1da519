package paycard

import (
	"context"

	"tapcard.example/card"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// VerifyPIN shows the PIN, 6 digits, to the card; it stays verified until the session ends. Errors: card.ErrWrongPIN
// with a *card.PINError; card.ErrBlocked; card.ErrLastTry when one try is left, which is then not spent.
func (s *Session) VerifyPIN(ctx context.Context, pin secret.PIN) error {
	if pin.Len() != channel.PINSize {
		return refuse(channel.InsVerifyPIN, "the PIN must be %d digits", channel.PINSize)
	}
	if err := s.guard(ctx, channel.InsVerifyPIN, func(t wire.Tries) int { return t.PIN }); err != nil {
		return err
	}
	return s.doEmpty(ctx, channel.VerifyPINCommand(pin))
}

// UnblockPIN sets a new PIN with the PUK, 12 digits, once all tries of the old PIN are spent. Errors as VerifyPIN.
func (s *Session) UnblockPIN(ctx context.Context, puk, pin secret.PIN) error {
	if puk.Len() != channel.PUKSize || pin.Len() != channel.PINSize {
		return refuse(channel.InsUnblockPIN,
			"the PUK must be %d digits and the PIN %d", channel.PUKSize, channel.PINSize)
	}
	if err := s.guard(ctx, channel.InsUnblockPIN, func(t wire.Tries) int { return t.PUK }); err != nil {
		return err
	}
	return s.doEmpty(ctx, channel.UnblockPINCommand(puk, pin))
}

// guard refuses to spend the last try.
func (s *Session) guard(ctx context.Context, ins byte, of func(wire.Tries) int) error {
	if s.card.opts.SpendLastTry {
		return nil
	}
	tries, err := s.Tries(ctx)
	if err != nil {
		return err
	}
	switch left := of(tries); left {
	case 0:
		return failure(ins, card.ErrBlocked, &card.PINError{})
	case 1:
		return failure(ins, card.ErrLastTry, &card.PINError{Remaining: 1})
	}
	return nil
}

// ChangePIN sets a new PIN of 6 digits. Needs the old one verified.
func (s *Session) ChangePIN(ctx context.Context, pin secret.PIN) error {
	return s.doEmpty(ctx, channel.ChangePINCommand(pin))
}

// ChangePUK sets a new PUK of 12 digits. Needs the PIN.
func (s *Session) ChangePUK(ctx context.Context, puk secret.PIN) error {
	return s.doEmpty(ctx, channel.ChangePUKCommand(puk))
}

// ChangePairingSecret sets a new pairing secret of 32 bytes. Needs the PIN; pairings made with the old one stay.
func (s *Session) ChangePairingSecret(ctx context.Context, pairingSecret secret.Bytes) error {
	return s.doEmpty(ctx, channel.ChangeTokenCommand(pairingSecret))
}

// Tries are left for PIN and PUK. No PIN needed.
func (s *Session) Tries(ctx context.Context) (wire.Tries, error) {
	return read(ctx, s, wire.StatusCommand(wire.StatusTries), wire.ParseTries)
}
