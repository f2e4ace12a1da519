package applet

import "tapcard.example/linkedbackup/wire"

// readBundle gives a bundle again to a host that has lost it (PROTOCOL.md, READ BUNDLE). It is ciphertext for one card.
func (c *call) readBundle() ([]byte, error) {
	s, slot := c.state(), int(c.cmd.P1)
	switch {
	case len(c.cmd.Data) != 0:
		return nil, wire.ErrLength
	case s.Link == nil || s.Link.Slot != 0:
		return nil, wire.ErrNoRun
	case slot < 1 || slot > len(s.Link.Bundles):
		return nil, wire.ErrParameters
	}
	return s.Link.Bundles[slot-1], nil
}
