package keycard

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// Pair pairs with a card and keeps the pairing. The secrets tried are those given and those the store knows: the one
// the card was initialised with here, also if INIT's answer was lost.
//
// The journal is written before the second command. Should its answer be lost, the next Pair finds out by the number of
// free slots whether the card has acted, looks for the slot, and notes it as leaked; Slots shows it, and Free frees it.
// Errors are those of Card.Pair, and of the file.
func (s *Store) Pair(ctx context.Context, c *Card, secrets ...secret.Bytes) (Pairing, error) {
	if err := s.recoverPair(ctx, c); err != nil {
		return Pairing{}, err
	}
	known, err := s.candidates(c.UID())
	if err != nil {
		return Pairing{}, err
	}
	defer func() {
		for _, k := range known {
			k.Destroy()
		}
	}()
	token, challenge, err := c.pairFirst(ctx, slices.Concat(known, secrets))
	if err != nil {
		return Pairing{}, err
	}
	uid, journal := c.UID(), &lostPair{freeBefore: c.info.FreeSlots}
	if err := s.update(func(r *records) { r.of(uid).lost = journal }); err != nil {
		return Pairing{}, err
	}
	p, err := c.pairFinal(ctx, token, challenge)
	if answered(err) { // the card has refused: nothing was taken
		return Pairing{}, errors.Join(err, s.update(func(r *records) { r.of(uid).lost = nil }))
	}
	if err != nil {
		return Pairing{}, err
	}
	return p, s.update(func(r *records) { r.paired(uid, p, token) })
}

// answered says that an error is a status word by which the card has refused: it did nothing.
func answered(err error) bool {
	var e *card.Error
	return errors.As(err, &e) && e.SW != 0
}

// paired keeps a pairing. A secret that was journalled before an INIT whose answer was lost belongs to this card then.
func (r *records) paired(uid UID, p Pairing, token secret.Bytes) {
	rec := r.of(uid)
	rec.replace(p)
	r.inited = slices.DeleteFunc(r.inited, func(i pendingInit) bool {
		if !i.secret.Equal(token) {
			return false
		}
		rec.secret.Destroy()
		rec.secret = clone(token)
		i.secret.Destroy()
		return true
	})
}

// candidates are the secrets that the store knows and that a card may have.
func (s *Store) candidates(uid UID) ([]secret.Bytes, error) {
	r, err := s.read()
	if err != nil {
		return nil, err
	}
	defer r.destroy()
	var known []secret.Bytes
	if have := r.of(uid).secret; have.Len() > 0 {
		known = append(known, clone(have))
	}
	for _, p := range r.inited {
		known = append(known, clone(p.secret))
	}
	return known, nil
}

// recoverPair ends a PAIR whose answer was lost: it notes the slot that the card took, if it did, or all that come into
// question.
func (s *Store) recoverPair(ctx context.Context, c *Card) error {
	r, err := s.read()
	if err != nil {
		return err
	}
	defer r.destroy()
	uid := c.UID()
	rec := r.of(uid)
	if rec.lost == nil {
		return nil
	}
	if err := c.refresh(ctx); err != nil {
		return err
	}
	var suspects []byte
	if c.info.FreeSlots < rec.lost.freeBefore || rec.lost.freeBefore == freeUnknown {
		used, err := c.UsedSlots(ctx)
		if err != nil {
			return fmt.Errorf("looking for the slot of a lost pairing: %w", err)
		}
		suspects = rec.suspects(used)
	}
	return s.update(func(r *records) {
		now := r.of(uid)
		now.lost = nil
		if len(suspects) == 1 {
			now.drop(suspects[0])
			now.leaked = append(now.leaked, suspects[0])
			return
		}
		now.maybe = append(now.maybe, suspects...)
	})
}

// suspects are the used slots that a lost PAIR may have taken. The card takes the first free one, so no slot before it
// is free now; and slots that are known to be something else are not it.
func (r *record) suspects(used []byte) []byte {
	var found []byte
	for i, slot := range used {
		ours := r.pairing != nil && r.pairing.Slot == slot
		if int(slot) == i && !ours && !slices.Contains(r.leaked, slot) {
			found = append(found, slot)
		}
	}
	return found
}

// Open opens a session with our pairing; without one it fails with card.ErrPairing. A pairing that the card
// does not know any more (ErrStalePairing) stays in the store: Pair replaces it.
func (s *Store) Open(ctx context.Context, c *Card) (*Session, error) {
	p, ok, err := s.Pairing(c.UID())
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, failure(wire.InsOpen, card.ErrPairing, errors.New("this computer is not paired with the card"))
	}
	defer p.Key.Destroy()
	return c.Open(ctx, p)
}
