package applet

import (
	"crypto/subtle"

	"tapcard.example/iso7816"
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

// same compares a stored code of n bytes in constant time. A code that is not set never matches, not even nothing.
func same(stored, given []byte, n int) bool {
	return len(stored) == n && subtle.ConstantTimeCompare(stored, given) == 1
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

// wrong is the answer to a wrong code: the tries that remain.
func wrong(tries int) iso7816.Status { return iso7816.CounterZero | iso7816.Status(tries) }
