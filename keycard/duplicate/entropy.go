package duplicate

import (
	"context"
	"errors"

	"tapcard.example/card"
	"tapcard.example/keycard"
)

// AddEntropy adds this client's piece to a card on which the session was started (Keycard seed, ADD ENTROPY): no
// pairing, no PIN. Every client must do it with every card, once, in any order.
//
// The card does not tell what it has mixed, and the same piece twice is none. So an answer that was lost spoils the
// session: ErrSpoilt, and from then on this client refuses all cards. ErrPiecesMissing means that the card waits for no
// piece, and has done nothing: it was not started, or has had all. Other errors: ErrSameCard, ErrNoDuplicate, ErrEmpty,
// ErrOwnEntropy.
func (d *CardDuplicator) AddEntropy(ctx context.Context, c *keycard.Card) error {
	r, err := d.meet(opEntropy, c)
	switch {
	case err != nil:
		return err
	case d.started:
		return refuse(opEntropy, card.ErrConditions, ErrOwnEntropy)
	case r.Entropy != NotYet:
		return refuse(opEntropy, card.ErrCardMismatch, ErrSameCard)
	}
	piece, err := d.entropy(opEntropy)
	if err != nil {
		return err
	}
	if err := d.note(c.UID(), func(r *CardRecord) { r.Entropy = Begun }); err != nil {
		return err
	}
	out, err := act(c, func() error { return c.DuplicateAddEntropy(ctx, piece) })
	switch out {
	case yes:
		return d.note(c.UID(), func(r *CardRecord) { r.Entropy = Done })
	case no, unsent:
		return errors.Join(explain(err), d.note(c.UID(), func(r *CardRecord) { r.Entropy = NotYet }))
	}
	return d.spoil(c.UID(), err)
}
