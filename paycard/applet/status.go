package applet

import (
	"slices"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// getStatus answers how the card stands (PROTOCOL.md, GET STATUS). All but the tries needs the PIN.
func (c *call) getStatus() ([]byte, iso7816.Status) {
	s, p1 := c.state(), c.cmd.P1
	if p1 == wire.StatusTries {
		return wire.Tries{PIN: s.PINTries, PUK: s.PUKTries}.Encode(), iso7816.OK
	}
	if !c.v.verified {
		return nil, iso7816.ConditionsNotSatisfied
	}
	switch {
	case p1 == wire.StatusCard:
		return s.status().Encode(), iso7816.OK
	case p1 >= wire.StatusProfile && p1 < wire.StatusProfile+wire.Profiles:
		return s.profileStatus(p1 - wire.StatusProfile)
	case p1 == wire.StatusService && len(s.Keys) == 0:
		return nil, iso7816.OK
	case p1 == wire.StatusService:
		service := wire.Service{URL: s.URL}
		for _, k := range s.Keys {
			service.Keys = append(service.Keys, wire.PublicKey(k))
		}
		return service.AppendPublic(nil), iso7816.OK
	case p1 == wire.StatusTime:
		return slices.Concat(s.TimeKeys...), iso7816.OK
	}
	return nil, iso7816.WrongP1P2
}

func (s *state) status() wire.CardStatus {
	return wire.CardStatus{Guards: s.Guards, Left: s.Left, Counter: s.Counter, LastTime: s.LastTime,
		Hour: byte(s.Hours.count(s.LastTime)), Spent: s.Currency.sum(s.LastTime, partLength(s.Guards.Window)),
		Blind: wire.Address(s.BlindAddress), On: !s.Off}
}

func (s *state) profileStatus(n byte) ([]byte, iso7816.Status) {
	p, ok := s.profile(n)
	if !ok {
		return nil, iso7816.ReferenceNotFound
	}
	used := s.Profiles[n]
	status := wire.ProfileStatus{Profile: p, OfflineCount: used.OfflineCount, OfflineSum: used.OfflineSum,
		Spent: s.spent(p.Purse).sum(s.LastTime, partLength(s.Guards.Window))}
	return status.Encode(), iso7816.OK
}

// readLog answers two entries from P1 on, the newest being 0 (PROTOCOL.md, READ LOG).
func (c *call) readLog() ([]byte, iso7816.Status) {
	log := c.state().Log
	log = log[min(int(c.cmd.P1), len(log)):]
	return slices.Concat(log[:min(wire.LogPerAnswer, len(log))]...), iso7816.OK
}
