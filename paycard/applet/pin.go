package applet

import (
	"bytes"
	"crypto/subtle"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
)

// digits says whether b is exactly n ASCII digits.
func digits(b []byte, n int) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) == n
}

// spendTry takes one try from a counter and stores that, before anything is compared: whoever cuts the power then has
// lost the try. The status is 63C0 when there is none.
func (c *call) spendTry(what string, tries func(*state) *int) iso7816.Status {
	if *tries(c.state()) == 0 {
		return iso7816.CounterZero
	}
	sw := c.commit("take a "+what+" try", func(s *state) { *tries(s)-- })
	if sw == iso7816.OK {
		c.a.env.Store.Note("compare " + what)
	}
	return sw
}

func pinTries(s *state) *int { return &s.PINTries }

func pukTries(s *state) *int { return &s.PUKTries }

// verifyPIN compares the PIN (Keycard seed, VERIFY PIN). What is not 6 digits is refused for free.
func (c *call) verifyPIN() ([]byte, iso7816.Status) {
	if !digits(c.cmd.Data, channel.PINSize) {
		return nil, iso7816.WrongData
	}
	c.v.verified = false // a wrong PIN ends the authentication by a right one
	if sw := c.spendTry("PIN", pinTries); sw != iso7816.OK {
		return nil, sw
	}
	if s := c.state(); subtle.ConstantTimeCompare(s.PIN, c.cmd.Data) != 1 {
		return nil, iso7816.CounterZero | iso7816.Status(s.PINTries)
	}
	sw := c.commit("clear the PIN counter", func(s *state) { s.PINTries = channel.DefaultPINTries })
	c.v.verified = sw == iso7816.OK
	return nil, sw
}

// changePIN replaces the PIN (P1 00), the PUK (01) or the pairing secret (02) (Keycard seed, CHANGE PIN).
func (c *call) changePIN() ([]byte, iso7816.Status) {
	fresh := bytes.Clone(c.cmd.Data)
	good, why, change := digits(fresh, channel.PINSize), "change the PIN", func(s *state) {
		s.PIN, s.PINTries = fresh, channel.DefaultPINTries
	}
	switch c.cmd.P1 {
	case channel.ChangePIN:
	case channel.ChangePUK:
		good, why = digits(fresh, channel.PUKSize), "change the PUK"
		change = func(s *state) { s.PUK, s.PUKTries = fresh, channel.DefaultPUKTries }
	case channel.ChangeToken:
		good, why = len(fresh) == channel.PairingTokenSize, "change the pairing secret"
		change = func(s *state) { s.Token = fresh }
	default:
		return nil, iso7816.WrongP1P2
	}
	if !good {
		return nil, iso7816.WrongData
	}
	return nil, c.commit(why, change)
}

// unblockPIN sets a new PIN with the PUK, once all tries of the old PIN are spent (Keycard seed, UNBLOCK PIN).
func (c *call) unblockPIN() ([]byte, iso7816.Status) {
	if c.state().PINTries > 0 {
		return nil, iso7816.ConditionsNotSatisfied
	}
	if !digits(c.cmd.Data, channel.PUKSize+channel.PINSize) {
		return nil, iso7816.WrongData
	}
	puk, pin := c.cmd.Data[:channel.PUKSize], bytes.Clone(c.cmd.Data[channel.PUKSize:])
	if sw := c.spendTry("PUK", pukTries); sw != iso7816.OK {
		return nil, sw
	}
	if s := c.state(); subtle.ConstantTimeCompare(s.PUK, puk) != 1 {
		return nil, iso7816.CounterZero | iso7816.Status(s.PUKTries)
	}
	sw := c.commit("unblock the PIN", func(s *state) {
		s.PIN, s.PINTries, s.PUKTries = pin, channel.DefaultPINTries, channel.DefaultPUKTries
	})
	c.v.verified = sw == iso7816.OK
	return nil, sw
}
