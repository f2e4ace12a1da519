package duplicate

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// Export is the source's key, encrypted, and its UID. It stays in memory and ends with Destroy: it is never written
// down, because with all pieces of entropy it is the key.
type Export struct {
	KeyUID keycard.KeyUID
	source keycard.UID
	blob   []byte // 64 or 96 bytes, 128 or 160 from a card before 2.3
}

// Destroy wipes the encrypted key.
func (e *Export) Destroy() { clear(e.blob) }

// ExportKey has the source give out its key, encrypted (Keycard seed, EXPORT DUPLICATE). Needs the PIN. The source does
// it once, when it has had all pieces. The result goes to ImportKey, with this client's other cards.
//
// ErrPiecesMissing means that the card has done nothing and may be presented again later. An answer that was lost is
// ErrSpoilt: the card has forgotten the session. ErrSlotKept comes with a good result. Other errors: ErrSameCard,
// ErrNotInvolved, ErrWrongRole, ErrNoKey, ErrSourceChanged, ErrNoDuplicate, ErrEmpty.
func (d *CardDuplicator) ExportKey(ctx context.Context, c *keycard.Card) (*Export, error) {
	if err := d.mayExport(c); err != nil {
		return nil, err
	}
	e := &Export{KeyUID: [wire.KeyUIDSize]byte(c.Info().KeyUID), source: c.UID()}
	s, err := d.unlock(ctx, c)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	d.j.KeyUID = keyUID(c)
	if err := d.note(c.UID(), func(r *CardRecord) { r.Role, r.Finish = Source, Begun }); err != nil {
		return nil, err
	}
	out, err := act(c, func() (err error) {
		e.blob, err = s.DuplicateExport(ctx)
		return err
	})
	switch {
	case out == yes:
		err = d.note(c.UID(), func(r *CardRecord) { r.Finish = Done })
		return e, errors.Join(err, d.free(ctx, s))
	case out == unsent, out == no && early(err):
		return nil, errors.Join(explain(err), d.note(c.UID(), func(r *CardRecord) { r.Finish = NotYet }))
	}
	return nil, d.spoil(c.UID(), err)
}

func (d *CardDuplicator) mayExport(c *keycard.Card) error {
	if err := d.trusted(opExport); err != nil {
		return err
	}
	r, err := d.meet(opExport, c)
	if err != nil {
		return err
	}
	source, has := d.j.Source()
	switch {
	case r.Role == Target:
		return refuse(opExport, card.ErrCardMismatch, fmt.Errorf("%w: this is a target", ErrWrongRole))
	case has && !source.same(r):
		return refuse(opExport, card.ErrCardMismatch, fmt.Errorf("%w: the source is another card", ErrWrongRole))
	case r.Finish != NotYet:
		return refuse(opExport, card.ErrCardMismatch, fmt.Errorf("%w: a source gives out its key once", ErrSameCard))
	}
	return d.maySource(opExport, c)
}
