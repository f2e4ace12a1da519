package keycard

import (
	"context"
	"slices"
)

// SlotState says whose a pairing slot is.
type SlotState string

// The states of a used slot.
const (
	SlotOurs   SlotState = "ours"
	SlotLeaked SlotState = "ours, but its key was lost" // a lost answer, or a pairing that was replaced: free it
	SlotMaybe  SlotState = "perhaps ours with a lost key"
	SlotOther  SlotState = "somebody else's"
)

// Slot is a pairing slot that is taken.
type Slot struct {
	Index byte      `json:"slot"`
	State SlotState `json:"state"`
}

// Slots returns the pairing slots that are taken, and whose they are. See Card.UsedSlots for what it costs; it ends an
// open session.
func (s *Store) Slots(ctx context.Context, c *Card) ([]Slot, error) {
	if err := s.recoverPair(ctx, c); err != nil {
		return nil, err
	}
	used, err := c.UsedSlots(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.read()
	if err != nil {
		return nil, err
	}
	defer r.destroy()
	rec := r.of(c.UID())
	slots := make([]Slot, 0, len(used))
	for _, slot := range used {
		slots = append(slots, Slot{slot, rec.state(slot)})
	}
	return slots, nil
}

func (r *record) state(slot byte) SlotState {
	switch {
	case r.pairing != nil && r.pairing.Slot == slot:
		return SlotOurs
	case slices.Contains(r.leaked, slot):
		return SlotLeaked
	case slices.Contains(r.maybe, slot):
		return SlotMaybe
	}
	return SlotOther
}

// Free frees a pairing slot, whoever it belongs to, and forgets what the store knew of it. Needs the PIN. After our own
// slot is freed the session goes on until the card is selected again.
func (s *Store) Free(ctx context.Context, sess *Session, slot byte) error {
	if err := sess.Unpair(ctx, slot); err != nil {
		return err
	}
	return s.Freed(sess.card.UID(), slot)
}

// Freed forgets what the store knew of a pairing slot that is free now.
func (s *Store) Freed(uid UID, slot byte) error {
	return s.update(func(r *records) {
		rec := r.of(uid)
		rec.drop(slot)
		if rec.pairing != nil && rec.pairing.Slot == slot {
			rec.pairing = nil
		}
	})
}
