package keycard

import (
	"context"

	"tapcard.example/keycard/wire"
)

// Unpair frees a pairing slot, whoever it belongs to, and needs the PIN (Keycard seed, UNPAIR). A session whose own
// slot is freed goes on until the card is selected again. A slot that the card does not have gives card.ErrNotFound, a
// free one no error.
func (s *Session) Unpair(ctx context.Context, slot byte) error {
	if slot >= maxSlots { // the applet would fail: it reads a signed byte
		return refuse(wire.InsUnpair, "slots are numbered 0 to %d", maxSlots-1)
	}
	if err := s.doEmpty(ctx, wire.UnpairCommand(slot)); err != nil {
		return err
	}
	s.card.info.FreeSlots = freeUnknown // nobody says whether it was taken
	return nil
}
