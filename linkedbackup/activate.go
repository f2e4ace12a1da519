package linkedbackup

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// Activate has an empty card make a key from its own random numbers, under an access code of 6 to 32 printable ASCII
// characters. Verify comes next. When the answer is lost, the card's state says whether it was done.
//
// Errors: card.ErrConditions when the card has a key (wire.ErrHasKey) or has joined a set (wire.ErrRunOpen).
func (s *Session) Activate(ctx context.Context, code secret.Bytes) error {
	return s.activate(ctx, wire.Generated, code, secret.Bytes{})
}

// ImportSeed gives an empty card the key of a BIP-39 seed, 64 bytes; see hd.Seed. The card says for ever that its key
// was imported. Errors are those of Activate, and card.ErrWrongData for a seed of another length.
func (s *Session) ImportSeed(ctx context.Context, code, seed secret.Bytes) error {
	if seed.Len() != wire.SeedSize {
		return failure(wire.InsActivate, card.ErrWrongData, wire.ErrSeed)
	}
	return s.activate(ctx, wire.Imported, code, seed)
}

func (s *Session) activate(ctx context.Context, origin wire.Origin, code, seed secret.Bytes) error {
	if err := checkCode(wire.InsActivate, code); err != nil {
		return err
	}
	data, err := s.do(ctx, wire.ActivateCommand(origin, code, seed))
	if err != nil {
		return err
	}
	return s.learnWallet(wire.InsActivate, data)
}

// Personalize gives a blank card its maker and its certificate, once and for ever; see package maker. The same ones
// again are accepted again.
func (c *Card) Personalize(ctx context.Context, id wire.Identity) error {
	if _, err := c.do(ctx, wire.PersonalizeCommand(id)); err != nil {
		return err
	}
	return c.refresh(ctx)
}
