package cli

import (
	"context"
	"slices"
	"time"

	"tapcard.example/card"
	"tapcard.example/transport/pcsc"
)

// waitForCard is how long a command waits for a card to be put on the reader.
const waitForCard = 60 * time.Second

// patience is how long a card may take to answer before the wait is explained.
const patience = 1500 * time.Millisecond

// FindCard waits for a card in some reader, saying what it waits for, and connects to the one that fits.
func (o Output) FindCard(ctx context.Context, want card.Wanted) (card.Link, error) {
	pc, err := pcsc.Open()
	if err != nil {
		return nil, err
	}
	if err := o.wait(ctx, pc); err != nil {
		return nil, err
	}
	slots, err := pc.Slots(ctx)
	if err != nil {
		return nil, err
	}
	slow := time.AfterFunc(patience, func() {
		o.Say("the card does not answer yet, another program may be using it: waiting (Ctrl-C to stop)")
	})
	defer slow.Stop()
	return card.Find(ctx, slots, want)
}

// wait waits until there is a card in some reader. Without any reader it returns.
func (o Output) wait(ctx context.Context, pc *pcsc.Context) error {
	readers, err := pc.Readers(ctx)
	if err != nil || len(readers) == 0 || slices.ContainsFunc(readers, hasCard) {
		return err
	}
	o.Say("put the card on the reader (waiting up to %v; Ctrl-C to stop)", waitForCard)
	ctx, cancel := context.WithTimeoutCause(ctx, waitForCard, card.ErrNoCard)
	defer cancel()
	for !slices.ContainsFunc(readers, hasCard) {
		if readers, err = pc.WaitChange(ctx, readers); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return err
		}
	}
	return nil
}

func hasCard(r pcsc.Reader) bool { return r.Present }
