package card

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// Slot is one reader and how to reach the card in it.
type Slot struct {
	Reader  string
	ATR     []byte // empty when no card is present
	Connect func(context.Context) (Link, error)
}

// Wanted says which card is looked for.
type Wanted struct {
	Name   string   // for messages: "Keycard"
	AIDs   [][]byte // any of these applets makes it the card; none accepts any card
	ATRs   [][]byte // cards known by their whole answer to reset, which saves a SELECT
	Reader string   // only readers whose name contains this, whatever the case; "" for all
}

// Find connects to the one card that fits, wherever it is: readers are chosen by what is in them, not by being first.
// It fails with ErrNoReader, ErrNoCard, ErrUnknownApplet (cards, but none that fits) or ErrManyCards.
// The link returned has an applet selected at most; select what you need.
func Find(ctx context.Context, slots []Slot, w Wanted) (Link, error) {
	slots = named(slots, w.Reader)
	if len(slots) == 0 {
		if w.Reader != "" {
			return nil, fmt.Errorf("%w has %q in its name", ErrNoReader, w.Reader)
		}
		return nil, ErrNoReader
	}
	var found Link
	var failures []error
	cards := 0
	for _, s := range slots {
		if len(s.ATR) == 0 {
			continue
		}
		cards++
		link, err := s.open(ctx, w)
		switch {
		case err != nil:
			failures = append(failures, fmt.Errorf("%s: %w", s.Reader, err))
		case found != nil:
			names := fmt.Errorf("%w: %q and %q; name one with --reader", ErrManyCards, found.Info().Reader, s.Reader)
			return nil, errors.Join(names, found.Close(), link.Close())
		default:
			found = link
		}
	}
	switch {
	case found != nil:
		return found, nil
	case cards == 0:
		return nil, ErrNoCard
	}
	return nil, fmt.Errorf("no %s: %w", w.Name, errors.Join(failures...))
}

func named(slots []Slot, part string) []Slot {
	var fit []Slot
	for _, s := range slots {
		if strings.Contains(strings.ToLower(s.Reader), strings.ToLower(part)) {
			fit = append(fit, s)
		}
	}
	return fit
}

// open connects to the card of a slot if it is one that is wanted.
func (s Slot) open(ctx context.Context, w Wanted) (Link, error) {
	link, err := s.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if len(w.AIDs) == 0 {
		return link, nil
	}
	for _, atr := range w.ATRs {
		if bytes.Equal(s.ATR, atr) {
			return link, nil
		}
	}
	for _, aid := range w.AIDs {
		_, err := NewChannel(link).Select(ctx, aid)
		switch {
		case err == nil:
			return link, nil
		case !errors.Is(err, ErrNotFound):
			return nil, errors.Join(err, link.Close())
		}
	}
	return nil, errors.Join(ErrUnknownApplet, link.Close())
}
