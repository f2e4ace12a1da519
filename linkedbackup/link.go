package linkedbackup

import (
	"context"
	"errors"

	"tapcard.example/linkedbackup/wire"
)

// The steps of a backup, one command each. Backup puts them together; they are exported for hosts that keep their notes
// in another way.

// Begin starts a backup to a set of 2 or 3 cards and returns an offer for each backup card. Needs the code. Begun with
// the same size, it gives the same offers again. Errors: card.ErrConditions with wire.ErrLinked when the card has given
// or taken its key already.
func (s *Session) Begin(ctx context.Context, size int) ([]wire.Offer, error) {
	data, err := s.do(ctx, wire.BeginCommand(byte(size)))
	if err != nil {
		return nil, err
	}
	offers, err := wire.ParseOffers(data, size-1)
	if err != nil {
		return nil, bad(wire.InsBegin, err)
	}
	return offers, nil
}

// Join brings an offer to an empty card. The same offer gets the same answer again.
func (c *Card) Join(ctx context.Context, o wire.Offer) (wire.Join, error) {
	data, err := c.do(ctx, wire.JoinCommand(o))
	if err != nil {
		return wire.Join{}, err
	}
	j, err := wire.ParseJoin(data)
	if err == nil && j.Card != c.info.Card {
		err = errors.New("it joins for another card")
	}
	if err != nil {
		return wire.Join{}, bad(wire.InsJoin, err)
	}
	return j, nil
}

// Commit brings all joins, in the order of their slots, to the source, which gives its key: once and for all. Needs the
// code. The same joins get the same bundles again.
func (s *Session) Commit(ctx context.Context, joins []wire.Join) ([]wire.Bundle, error) {
	data, err := s.do(ctx, wire.CommitCommand(joins))
	if err != nil {
		return nil, err
	}
	bundles, err := wire.ParseBundles(data, len(joins)+1)
	if err != nil {
		return nil, bad(wire.InsCommit, err)
	}
	return bundles, nil
}

// Bundle reads the bundle for a slot once more from a source that has committed.
func (c *Card) Bundle(ctx context.Context, slot int) (wire.Bundle, error) {
	data, err := c.do(ctx, wire.BundleCommand(byte(slot)))
	if err != nil {
		return wire.Bundle{}, err
	}
	b, err := wire.ParseBundle(data)
	if err != nil {
		return wire.Bundle{}, bad(wire.InsBundle, err)
	}
	return b, nil
}

// Import brings a bundle to the card it is for. The same bundle is accepted again.
func (c *Card) Import(ctx context.Context, b wire.Bundle) error {
	_, err := c.do(ctx, wire.ImportCommand(b))
	return err
}

// Abort ends the run that is open on a card, and its link keys. A card with a key wants an open session and its code. A
// backup card that is aborted after the source has committed can never take the key: the source gives no second time.
func (c *Card) Abort(ctx context.Context) error {
	_, err := c.do(ctx, wire.AbortCommand())
	return err
}
