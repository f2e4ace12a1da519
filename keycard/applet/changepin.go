package applet

import (
	"bytes"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// changePIN replaces the PIN (P1 00), the PUK (01) or the pairing secret (02) (Keycard seed, CHANGE PIN). Pairings made
// with the old secret stay. Whoever came in with the duress PIN changes that one, and so notices no difference.
func (c *call) changePIN() ([]byte, iso7816.Status) {
	fresh := bytes.Clone(c.cmd.Data)
	switch c.cmd.P1 {
	case wire.ChangePIN:
		if !digits(fresh, wire.PINSize) {
			return nil, iso7816.WrongData
		}
		return nil, c.commit("change the PIN", func(s *state) {
			if c.v.duress {
				s.Duress = fresh
			} else {
				s.PIN = fresh
			}
			s.PINTries = s.PINLimit
		})
	case wire.ChangePUK:
		if !digits(fresh, wire.PUKSize) {
			return nil, iso7816.WrongData
		}
		return nil, c.commit("change the PUK", func(s *state) { s.PUK, s.PUKTries = fresh, s.PUKLimit })
	case wire.ChangeToken:
		if len(fresh) != wire.PairingTokenSize {
			return nil, iso7816.WrongData
		}
		return nil, c.commit("change the pairing secret", func(s *state) { s.Token = fresh })
	}
	return nil, iso7816.WrongP1P2
}
