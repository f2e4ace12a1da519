package duplicate

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// StartDuplication begins the session on a card (Keycard seed, START DUPLICATE), with this client's piece of entropy.
// All cards need it, source and targets, in any order, each before any other client adds entropy to it. It gives up a
// session that the card was in.
//
// When the answer is lost (ErrLost) present the card again: the same START twice is the same as once, as long as nobody
// has added entropy. Other errors: ErrSameCard, ErrNoDuplicate, ErrEmpty, ErrNoKey, ErrHoldsKey, ErrAlreadyCopy,
// ErrWrongRole, ErrSpoilt, those of the callback, and those of VERIFY PIN.
func (d *CardDuplicator) StartDuplication(ctx context.Context, c *keycard.Card, role Role) error {
	if err := d.mayStart(c, role); err != nil {
		return err
	}
	piece, err := d.entropy(opStart)
	if err != nil {
		return err
	}
	s, err := d.unlock(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	d.j.Clients, d.started = d.o.Clients, true
	if role == Source {
		d.j.KeyUID = keyUID(c)
	}
	err = d.note(c.UID(), func(r *CardRecord) {
		r.Role, r.Start = role, Begun
		if role == Target {
			r.Replaces = keyUID(c)
		}
	})
	if err != nil {
		return err
	}
	out, err := act(c, func() error { return s.DuplicateStart(ctx, d.o.Clients, piece) })
	switch out {
	case yes:
		return d.note(c.UID(), func(r *CardRecord) { r.Start = Done })
	case no, unsent:
		return errors.Join(err, d.notStarted(c, role))
	}
	return because(ErrLost, err)
}

// notStarted takes back what was noted of a card that has refused, so that another may take its place.
func (d *CardDuplicator) notStarted(c *keycard.Card, role Role) error {
	if role == Source {
		d.j.KeyUID = ""
	}
	return d.note(c.UID(), func(r *CardRecord) { r.Role, r.Start, r.Replaces = unknown, NotYet, "" })
}

// mayStart looks at what the card and the journal say, before a PIN is asked for.
func (d *CardDuplicator) mayStart(c *keycard.Card, role Role) error {
	if err := d.trusted(opStart); err != nil {
		return err
	}
	if d.o.Journal != nil {
		return refuse(opStart, card.ErrConditions, ErrClosed) // its piece was another program's
	}
	r, err := d.meet(opStart, c)
	if err != nil {
		return err
	}
	source, has := d.j.Source()
	switch {
	case r.Start == Done:
		return refuse(opStart, card.ErrCardMismatch, ErrSameCard)
	case r.Role != unknown && r.Role != role:
		return refuse(opStart, card.ErrCardMismatch, fmt.Errorf("%w: this card is the %s", ErrWrongRole, r.Role))
	case role == Source && has && !source.same(r):
		return refuse(opStart, card.ErrCardMismatch, fmt.Errorf("%w: the source is another card", ErrWrongRole))
	case role == Source:
		return d.maySource(opStart, c)
	case role == Target:
		return d.mayTarget(opStart, c)
	}
	return refuse(opStart, card.ErrWrongData, ErrWrongRole)
}

// maySource wants a key on the source, and always the same.
func (d *CardDuplicator) maySource(op string, c *keycard.Card) error {
	uid := c.Info().KeyUID
	switch {
	case len(uid) != wire.KeyUIDSize:
		return refuse(op, card.ErrNotFound, ErrNoKey)
	case d.j.KeyUID != "" && d.j.KeyUID != hex.EncodeToString(uid):
		return refuse(op, card.ErrCardMismatch, ErrSourceChanged)
	}
	return nil
}

// mayTarget wants no key on a target, unless it may go. The source's own key need not be copied once more.
func (d *CardDuplicator) mayTarget(op string, c *keycard.Card) error {
	uid := c.Info().KeyUID
	switch {
	case len(uid) == 0:
		return nil
	case d.j.KeyUID == hex.EncodeToString(uid):
		return refuse(op, card.ErrConditions, ErrAlreadyCopy)
	case d.o.Force:
		return nil
	}
	return refuse(op, card.ErrConditions, fmt.Errorf("%w: %x…", ErrHoldsKey, uid[:min(4, len(uid))]))
}
