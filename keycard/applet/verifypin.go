package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// verifyPIN compares the PIN (Keycard seed, VERIFY PIN). The PIN and the duress PIN of 3.1 are both compared whatever
// comes of the first, and share their tries; the PIN wins if they are the same.
//
// What is not 6 digits is refused for free since 2.3; before, it was compared like any other PIN.
func (c *call) verifyPIN() ([]byte, iso7816.Status) {
	given := c.cmd.Data
	if !c.a.profile.BadPINFormatBurnsTry && !digits(given, wire.PINSize) {
		return nil, iso7816.WrongData
	}
	c.v.forgetPIN() // a wrong PIN ends the authentication by a right one
	if sw := c.spendTry("PIN", pinTries); sw != iso7816.OK {
		return nil, sw
	}
	s := c.state()
	real, duress := same(s.PIN, given, wire.PINSize), same(s.Duress, given, wire.PINSize)
	if !real && !duress {
		return nil, wrong(s.PINTries)
	}
	if sw := c.commit("clear the PIN counter", func(s *state) { s.PINTries = s.PINLimit }); sw != iso7816.OK {
		return nil, sw
	}
	c.v.verified, c.v.duress = true, !real
	return nil, iso7816.OK
}
