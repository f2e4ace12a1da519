package applet

import "tapcard.example/iso7816"

// mutuallyAuthenticate makes the channel count as open (Keycard seed, MUTUALLY AUTHENTICATE). That the command unwraps
// is the client's proof, that the answer does is the card's; the 32 random bytes on both sides mean nothing more.
func (c *call) mutuallyAuthenticate() ([]byte, iso7816.Status) {
	if c.v.open {
		return nil, iso7816.ConditionsNotSatisfied
	}
	if len(c.cmd.Data) != 32 {
		c.v.closeChannel()
		return nil, iso7816.SecurityNotSatisfied
	}
	answer, sw := c.random(32)
	c.v.open = sw == iso7816.OK
	return answer, sw
}
