package applet

import "tapcard.example/iso7816"

// unpair frees the slot P1, its own one too; a free one stays free (Keycard seed, UNPAIR).
func (c *call) unpair() ([]byte, iso7816.Status) {
	slot, sw := c.slot()
	if sw != iso7816.OK {
		return nil, sw
	}
	return nil, c.commit("unpair", func(s *state) { s.Pairings[slot] = nil })
}

// slot reads a pairing slot from P1. The original takes it for a signed number, and a negative one for an internal
// error (Keycard 2.0 to 3.1.2, OPEN SECURE CHANNEL).
func (c *call) slot() (int, iso7816.Status) {
	slot := int(c.cmd.P1)
	switch {
	case slot >= 0x80:
		return 0, iso7816.Internal
	case slot >= len(c.state().Pairings):
		return 0, iso7816.WrongP1P2
	}
	return slot, iso7816.OK
}
