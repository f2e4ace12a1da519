package keycard

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

const (
	maxSlots    = 128 // slot numbers go up to 127 on the wire
	freeUnknown = -1  // Info.FreeSlots when the card has not said
)

// UsedSlots finds out which pairing slots are taken. The card only tells how many are free, so this tries OPEN SECURE
// CHANNEL with one slot after the other: a free one is refused. It needs no PIN, spends nothing, ends an open session,
// and takes as many commands as the highest used slot, plus one or two; a nearly full 3.1, some hundred.
func (c *Card) UsedSlots(ctx context.Context) ([]byte, error) {
	if err := c.reselect(ctx); err != nil {
		return nil, err
	}
	if !c.info.Initialized {
		return nil, failure(wire.InsOpen, card.ErrConditions, errNotInitialised)
	}
	key, private, err := wire.NewChannelKey(c.opts.rand())
	if err != nil {
		return nil, err
	}
	clear(private[:])
	var used []byte
	free, taken := 0, usedCount(c.info)
	for slot := byte(0); slot < maxSlots && len(used) != taken; slot++ {
		ok, err := c.probe(ctx, slot, key.Public)
		if err != nil {
			return used, err
		}
		if ok {
			used = append(used, slot)
			continue
		}
		// A slot beyond the last is refused like a free one: with one refusal too many, this is the end.
		if free++; c.info.FreeSlots != freeUnknown && free > c.info.FreeSlots {
			break
		}
	}
	return used, c.reselect(ctx)
}

// probe says whether a slot is taken.
func (c *Card) probe(ctx context.Context, slot byte, pub [wire.PublicKeySize]byte) (bool, error) {
	c.stale = true
	cmd := wire.OpenCommand(slot, pub)
	r, err := c.exchange(ctx, cmd)
	switch {
	case err != nil:
		return false, err
	case r.SW == iso7816.OK:
		return true, nil
	case r.SW == iso7816.WrongP1P2:
		return false, nil
	}
	return false, statusError(cmd.INS, r.SW)
}

// usedCount is how many slots are taken, or unknown. How many there are depends on the version: 5 before 3.1, 10 in
// 3.2, and in 3.1 either 5 (3.1.0) or 100 (3.1.1 and later), which the version word does not tell apart but more than 5
// free ones do.
func usedCount(info Info) int {
	total := 0
	switch {
	case info.Version < wire.V3_1:
		total = 5
	case info.Version == wire.V3_1 && info.FreeSlots > 5:
		total = 100
	case info.Version == wire.V3_2:
		total = 10
	}
	if total < info.FreeSlots || total == 0 || info.FreeSlots == freeUnknown {
		return unknown
	}
	return total - info.FreeSlots
}
