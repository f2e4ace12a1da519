package cktap

import (
	"context"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// Satscard is a SATSCARD. Slots are counted from 0 here, as on the wire; people count them from 1.
type Satscard struct{ *Card }

// slotKey is what is known of the current slot.
type slotKey struct {
	number   int
	public   wire.PublicKey
	address  string
	attested bool // the card's own key vouches for it
	open     bool // unsealed, though the status does not say so
}

// readSlot reads the current slot's key and verifies it: the key has signed both nonces and the slot's number, and
// leads to the address whose ends the status shows (Tap protocol, read).
func (c *Card) readSlot(ctx context.Context) error {
	if err := c.current(ctx); err != nil {
		return err
	}
	if err := c.needKey(wire.CmdRead); err != nil {
		return err
	}
	host, err := c.hostNonce()
	if err != nil {
		return err
	}
	var used wire.Nonce
	body, err := c.exchange(ctx, wire.CmdRead, func() (iso7816.Command, error) {
		used = c.nonce
		return wire.ReadRequest{Nonce: host}.Command()
	})
	if err != nil {
		return err
	}
	a, err := wire.ParseReadAnswer(body)
	if err != nil {
		return bad(wire.CmdRead, err)
	}
	k := slotKey{number: c.status.Slot(), public: a.PublicKey}
	if a.Signature.Verify(wire.ReadDigest(used, host, k.number), k.public) != nil {
		return c.suspect(ctx, wire.CmdRead, ErrRead)
	}
	k.address = wire.Address(k.public, c.status.Testnet)
	if !wire.MatchesBlanked(k.address, c.status.Address) {
		return failure(wire.CmdRead, card.ErrCardMismatch,
			fmt.Errorf("%w: %s, not %s", ErrAddress, wire.BlankAddress(k.address), printable(c.status.Address)))
	}
	c.slot = &k
	return nil
}

// needKey fails unless the current slot has a key.
func (c *Card) needKey(name string) error {
	n := c.status.Slot()
	switch {
	case n >= c.status.SlotCount():
		return failure(name, card.ErrConditions, ErrUsedUp)
	case !c.status.HasKey() && c.lastSlot():
		return refuse(name, card.ErrConditions, "slot %d: %w, or all slots are used up", n+1, ErrNoKey)
	case !c.status.HasKey():
		return refuse(name, card.ErrConditions, "slot %d: %w", n+1, ErrNoKey)
	}
	return nil
}

// printable keeps a card from writing to the terminal: an address has letters, digits and underscores.
func printable(s string) string {
	for _, r := range s {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return "something that is no address"
		}
	}
	return s
}
