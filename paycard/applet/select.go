package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// selectApplet forgets channel, PIN and challenge, and says what card this is (PROTOCOL.md, SELECT).
func (c *call) selectApplet() ([]byte, iso7816.Status) {
	c.v.Close()
	*c.v = session{}
	s := c.state()
	info := wire.Info{Version: wire.Version, Initialized: s.Initialized, FreeSlots: s.freeSlots(), URL: s.URL,
		Capabilities: c.a.inputs.capabilities()}
	copy(info.UID[:], s.UID)
	copy(info.ChannelKey[:], s.ChannelPublic)
	copy(info.Address[:], s.Address)
	if s.Guards.Has(wire.BlindSigning) {
		info.Capabilities |= wire.BlindOn
	}
	if s.Off {
		info.Capabilities |= wire.SwitchedOff
	}
	for n := range info.Hints {
		if p, ok := s.profile(byte(n)); ok {
			info.Hints[n] = p.Purse.Hint()
		}
	}
	return info.Encode(), iso7816.OK
}
