package duplicate

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// opRestore names the action in errors.
const opRestore = "RESTORE"

// Restorer puts the key of one mnemonic on any number of cards of any version. It is the way to several equal cards
// where cards cannot duplicate; the client sees the key, so it must be one that is trusted with it.
type Restorer struct {
	cb    Callback
	seed  secret.Bytes
	want  keycard.KeyUID
	force bool
	done  map[keycard.UID]bool
}

// NewRestorer takes a BIP-39 seed of 64 bytes, which it keeps until Close. force lets it replace the keys that cards
// hold.
func NewRestorer(cb Callback, seed secret.Bytes, force bool) (*Restorer, error) {
	if err := cb.check(); err != nil {
		return nil, err
	}
	key, err := hd.Master(seed)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	return &Restorer{cb, seed, wire.KeyUID(key.PublicKey()), force, map[keycard.UID]bool{}}, nil
}

// Close wipes the seed.
func (r *Restorer) Close() { r.seed.Destroy() }

// KeyUID is what every card must answer.
func (r *Restorer) KeyUID() keycard.KeyUID { return r.want }

// Restore loads the key on a card that was selected right before, and compares the key UID that the card computes
// itself. A card that comes out with another key loses it at once: ErrWrongKey. A card that holds the right key already
// proves it and keeps its paths. When the answer is lost (ErrLost) present the card again. Other errors: ErrSameCard,
// ErrEmpty, ErrHoldsKey, and ErrSlotKept, with which the key is good.
func (r *Restorer) Restore(ctx context.Context, c *keycard.Card) error {
	if err := r.mayRestore(c); err != nil {
		return err
	}
	temporary := false
	s, err := r.cb.unlock(ctx, c, func() error { temporary = true; return nil })
	if err != nil {
		return err
	}
	defer s.Close()
	if err := r.provide(ctx, s); err != nil {
		return err
	}
	r.done[c.UID()] = true
	if temporary {
		if err := r.cb.free(ctx, s); err != nil {
			return because(ErrSlotKept, err)
		}
	}
	return nil
}

func (r *Restorer) mayRestore(c *keycard.Card) error {
	uid := c.Info().KeyUID
	switch {
	case !c.Info().Initialized:
		return refuse(opRestore, card.ErrConditions, ErrEmpty)
	case r.done[c.UID()]:
		return refuse(opRestore, card.ErrCardMismatch, ErrSameCard)
	case len(uid) == 0, r.force, r.right(c):
		return nil
	}
	return refuse(opRestore, card.ErrConditions, fmt.Errorf("%w: %x…", ErrHoldsKey, uid[:min(4, len(uid))]))
}

// right says that the card claims to hold the key already.
func (r *Restorer) right(c *keycard.Card) bool { return string(c.Info().KeyUID) == string(r.want[:]) }

// provide loads the key, unless it is there already: a card that says so must prove it.
func (r *Restorer) provide(ctx context.Context, s *keycard.Session) error {
	if !r.right(s.Card()) {
		return r.load(ctx, s)
	}
	switch there, err := holds(ctx, s, r.want); {
	case err != nil:
		return err
	case there:
		return nil
	case !r.force:
		return refuse(opRestore, card.ErrConditions, fmt.Errorf("%w: not the one that it names", ErrHoldsKey))
	}
	return r.load(ctx, s)
}

// load sends LOAD KEY, which compares the key UIDs.
func (r *Restorer) load(ctx context.Context, s *keycard.Session) error {
	out, err := act(s.Card(), func() error {
		_, err := s.LoadSeed(ctx, r.seed)
		return err
	})
	switch {
	case out == yes:
		return nil
	case errors.Is(err, keycard.ErrOtherKey):
		return because(ErrWrongKey, errors.Join(err, s.RemoveKey(ctx)))
	case out == lost:
		return because(ErrLost, err)
	}
	return err
}
