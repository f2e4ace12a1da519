package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// setGuards replaces the guards of the card (PROTOCOL.md, SET GUARDS).
func (c *call) setGuards() ([]byte, iso7816.Status) {
	g, err := wire.ParseGuards(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	if g.Has(wire.WantDisplay) && c.a.inputs.Display == nil || g.Has(wire.WantFinger) && c.a.inputs.Finger == nil {
		return nil, iso7816.FunctionNotSupported
	}
	return nil, c.commit("set the guards", func(s *state) {
		before, after := partLength(s.Guards.Window), partLength(g.Window)
		if before != after {
			s.Currency.resize(s.LastTime, before, after)
			for i := range s.Spent {
				s.Spent[i].resize(s.LastTime, before, after)
			}
		}
		s.Guards = g
	})
}

// setProfile sets or deletes the profile P1 (PROTOCOL.md, SET PROFILE). What was paid offline with it stays counted:
// only an approved payment refills that.
func (c *call) setProfile() ([]byte, iso7816.Status) {
	n := c.cmd.P1
	if n >= wire.Profiles {
		return nil, iso7816.WrongP1P2
	}
	if len(c.cmd.Data) == 0 {
		return nil, c.commit("delete a profile", func(s *state) { s.Profiles[n].Config = nil })
	}
	p, err := wire.ParseProfile(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	if next := c.state().Clone(); !next.keepPurse(p.Purse) {
		return nil, iso7816.NotEnoughSpace
	}
	return nil, c.commit("set a profile", func(s *state) {
		s.Profiles[n].Config = p.Append(nil)
		s.keepPurse(p.Purse)
	})
}

// refill sets how many more signatures the card makes (PROTOCOL.md, REFILL).
func (c *call) refill() ([]byte, iso7816.Status) {
	left, err := wire.ParseRefill(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	return nil, c.commit("refill", func(s *state) { s.Left = left })
}

// switchPayments switches payments off or on (PROTOCOL.md, SWITCH).
func (c *call) switchPayments() ([]byte, iso7816.Status) {
	if c.cmd.P1 > wire.SwitchOn {
		return nil, iso7816.WrongP1P2
	}
	off := c.cmd.P1 == wire.SwitchOff
	return nil, c.commit("switch", func(s *state) { s.Off = off })
}
