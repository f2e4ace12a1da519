package applet

import (
	"bytes"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// unblockPIN sets a new PIN with the PUK, once all tries of the old PIN are spent (Keycard seed, UNBLOCK PIN). The data
// is the PUK's 12 digits and the new PIN's 6; another form costs no try. A blocked PUK stays blocked.
func (c *call) unblockPIN() ([]byte, iso7816.Status) {
	if c.state().PINTries > 0 {
		return nil, iso7816.ConditionsNotSatisfied
	}
	if !digits(c.cmd.Data, wire.PUKSize+wire.PINSize) {
		return nil, iso7816.WrongData
	}
	puk, pin := c.cmd.Data[:wire.PUKSize], bytes.Clone(c.cmd.Data[wire.PUKSize:])
	if sw := c.spendTry("PUK", pukTries); sw != iso7816.OK {
		return nil, sw
	}
	if s := c.state(); !same(s.PUK, puk, wire.PUKSize) {
		return nil, wrong(s.PUKTries)
	}
	sw := c.commit("unblock the PIN", func(s *state) {
		s.PIN, s.PINTries, s.PUKTries = pin, s.PINLimit, s.PUKLimit
	})
	if sw != iso7816.OK {
		return nil, sw
	}
	c.v.forgetPIN()
	c.v.verified = true
	return nil, iso7816.OK
}
