package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// factoryReset makes the card as it was before INIT, with a new instance UID and channel key (Keycard 3.1, FACTORY
// RESET). It asks for nothing: whoever holds a card can destroy it anyway, and an owner who lost all codes gets it back
// empty. P1 and P2 only guard against accidents.
func (c *call) factoryReset() ([]byte, iso7816.Status) {
	if c.cmd.P1 != wire.ResetP1 || c.cmd.P2 != wire.ResetP2 {
		return nil, iso7816.WrongP1P2
	}
	fresh, err := c.a.blank(c.state().ChannelNumber + 1)
	if err != nil {
		return nil, iso7816.Internal
	}
	fresh.CashPrivate = c.state().CashPrivate // of another applet, which is not reset
	sw := c.commit("factory reset", func(s *state) { *s = fresh })
	if sw == iso7816.OK {
		c.v.Close()
		*c.v = session{}
	}
	return nil, sw
}
