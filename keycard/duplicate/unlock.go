package duplicate

import (
	"context"
	"errors"

	"tapcard.example/card"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// Unlock opens a session with a card, as the actions of a duplicator do: with the owner's pairing and PIN. It is for
// what comes afterwards, such as Codes.
func (cb Callback) Unlock(ctx context.Context, c *keycard.Card) (*keycard.Session, error) {
	if err := cb.check(); err != nil {
		return nil, err
	}
	return cb.unlock(ctx, c, func() error { return nil })
}

// unlock opens a session with the PIN verified: OPEN SECURE CHANNEL, MUTUALLY AUTHENTICATE, GET STATUS, VERIFY PIN.
// keep is told at once when the pairing is a temporary one.
func (cb Callback) unlock(ctx context.Context, c *keycard.Card, keep func() error) (*keycard.Session, error) {
	p, temporary, err := cb.Pairing(ctx, c)
	if err != nil {
		return nil, err
	}
	defer p.Key.Destroy()
	if temporary {
		if err := keep(); err != nil {
			return nil, err
		}
	}
	s, err := c.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := cb.verify(ctx, s); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// verify asks for the PIN until the card takes it. The last try is left alone unless the card was selected with
// keycard.Options.SpendLastTry.
func (cb Callback) verify(ctx context.Context, s *keycard.Session) error {
	status, err := s.Status(ctx)
	if err != nil {
		return err
	}
	for tries := status.PINTries; ; {
		if tries == 0 {
			return &card.Error{Op: "VERIFY PIN", Kind: card.ErrBlocked, Err: &card.PINError{}}
		}
		pin, err := cb.PIN(ctx, s.Card(), tries)
		if err != nil {
			return err
		}
		err = s.VerifyPIN(ctx, pin)
		pin.Destroy()
		var wrong *card.PINError
		if !errors.Is(err, card.ErrWrongPIN) || !errors.As(err, &wrong) {
			return err
		}
		tries = wrong.Remaining
	}
}

// holds asks the card, inside the secure channel, whether it holds the key with this UID. SELECT says so too, but
// anybody between card and host could.
func holds(ctx context.Context, s *keycard.Session, want keycard.KeyUID) (bool, error) {
	path, err := s.KeyPath(ctx)
	if err != nil {
		return false, err
	}
	where := keycard.Current()
	if len(path) > 0 {
		where = keycard.At(nil)
	}
	pub, err := s.ExportPublic(ctx, where)
	if err != nil {
		return false, err
	}
	return wire.KeyUID(pub) == want, nil
}
