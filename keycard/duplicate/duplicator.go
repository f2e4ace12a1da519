package duplicate

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// CardDuplicator is one client in one session (status document, CardDuplicator). It has a piece of entropy of its own,
// so the same object must meet all cards; it counts an action only when the card has said yes, refuses a card that has
// had its turn, and knows when the session is spoilt. It is used by one goroutine at a time. Close wipes the piece.
//
// Its methods take a card that was selected right before, so that each is one tap: six commands with SELECT for a
// trusted action, two for AddEntropy.
type CardDuplicator struct {
	cb      *Callback // nil for an untrusted client
	o       Options
	piece   secret.Bytes // made when it is first needed
	closed  bool
	started bool // here, with this piece
	j       Journal
}

// NewTrusted makes the client of the cards' owner, which starts a session, finishes one, or both.
func NewTrusted(cb Callback, o Options) (*CardDuplicator, error) {
	if err := cb.check(); err != nil {
		return nil, err
	}
	d, err := newDuplicator(o)
	if err != nil {
		return nil, err
	}
	d.cb = &cb
	if o.Journal != nil {
		d.j = o.Journal.clone()
	}
	return d, d.j.check()
}

// NewUntrusted makes a client that only adds entropy: it needs no pairing and no PIN, and nobody has to trust it.
func NewUntrusted(o Options) (*CardDuplicator, error) { return newDuplicator(o) }

func newDuplicator(o Options) (*CardDuplicator, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return &CardDuplicator{o: o, j: Journal{Began: o.Now().UTC(), Cards: []CardRecord{}}}, nil
}

// Close wipes the piece of entropy. What can still be done without it is exporting and importing.
func (d *CardDuplicator) Close() {
	d.piece.Destroy()
	d.closed = true
}

// Journal is what has been done so far.
func (d *CardDuplicator) Journal() Journal { return d.j.clone() }

// Spoilt returns ErrSpoilt and why, once the session cannot come to a good end any more.
func (d *CardDuplicator) Spoilt() error {
	if d.j.Spoilt == "" {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrSpoilt, d.j.Spoilt)
}

// usable refuses a card that cannot take part at all, before anything is asked or sent.
func usable(op string, c *keycard.Card) error {
	spec, _ := wire.Lookup(wire.InsDuplicate)
	switch {
	case !c.Info().Initialized:
		return refuse(op, card.ErrConditions, ErrEmpty)
	case !spec.Known(c.Info().Version):
		return refuse(op, card.ErrUnsupported, fmt.Errorf("this card is a %v: %w", c.Info().Version, ErrNoDuplicate))
	}
	return nil
}

// meet begins an action: it refuses a session that is spoilt, a card that cannot take part, and one that has no part in
// a session that was started elsewhere. It changes nothing.
func (d *CardDuplicator) meet(op string, c *keycard.Card) (CardRecord, error) {
	if err := d.Spoilt(); err != nil {
		return CardRecord{}, refuse(op, card.ErrConditions, err)
	}
	if err := usable(op, c); err != nil {
		return CardRecord{}, err
	}
	r, known := d.j.Find(c.UID())
	if !known && d.o.Journal != nil {
		return r, refuse(op, card.ErrCardMismatch, ErrNotInvolved)
	}
	return r, nil
}

// trusted refuses what a client without callback cannot do.
func (d *CardDuplicator) trusted(op string) error {
	if d.cb == nil {
		return refuse(op, card.ErrAuthRequired, ErrUntrusted)
	}
	return nil
}

// entropy returns this client's piece and makes it when it is first needed.
func (d *CardDuplicator) entropy(op string) (secret.Bytes, error) {
	if d.closed {
		return secret.Bytes{}, refuse(op, card.ErrConditions, ErrClosed)
	}
	if d.piece.Len() > 0 {
		return d.piece, nil
	}
	piece, err := secret.Random(d.o.Rand, wire.EntropySize)
	if err != nil {
		return secret.Bytes{}, err
	}
	if piece.Equal(secret.New(make([]byte, wire.EntropySize))) {
		return secret.Bytes{}, fmt.Errorf("%w: it gives nothing but zeros", wire.ErrRandom)
	}
	d.piece = piece
	return piece, nil
}

// note changes a card's record and saves the journal.
func (d *CardDuplicator) note(uid keycard.UID, change func(*CardRecord)) error {
	change(d.j.of(uid))
	return d.o.Save(d.j.clone())
}

// spoil declares the session spoilt. err is what happened; the result is also ErrSpoilt.
func (d *CardDuplicator) spoil(uid keycard.UID, err error) error {
	d.j.Spoilt = fmt.Sprintf("keycard %s: %v", short(uid), err)
	return errors.Join(because(ErrSpoilt, err), d.o.Save(d.j.clone()))
}

// unlock opens a session with the PIN verified, and writes down a pairing that is only made for this.
func (d *CardDuplicator) unlock(ctx context.Context, c *keycard.Card) (*keycard.Session, error) {
	return d.cb.unlock(ctx, c, func() error {
		return d.note(c.UID(), func(r *CardRecord) { r.Temporary = true })
	})
}

// free frees the pairing slot that was taken for this card, when the card is finished.
func (d *CardDuplicator) free(ctx context.Context, s *keycard.Session) error {
	uid := s.Card().UID()
	if r, _ := d.j.Find(uid); !r.Temporary {
		return nil
	}
	if err := d.cb.free(ctx, s); err != nil {
		return because(ErrSlotKept, err)
	}
	return d.note(uid, func(r *CardRecord) { r.Temporary = false })
}

// short is the beginning of an instance UID, as users see it.
func short(uid keycard.UID) string { return hex.EncodeToString(uid[:4]) }
