package applet

import (
	"math"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// on says that neither the owner nor the switch has switched the card off.
func (c *call) on() bool { return !c.state().Off && c.a.inputs.on() }

// standing checks the guards that need no token. CHALLENGE does so to spare everybody the rest of the way, PAY because
// things may have changed.
func (c *call) standing(p *pending) iso7816.Status {
	s := c.state()
	switch {
	case !c.on():
		return wire.RefusedOff.SW()
	case p.blind && !s.Guards.Has(wire.BlindSigning):
		return wire.RefusedBlind.SW()
	case s.Guards.Has(wire.OncePerPower) && c.a.signed == c.power:
		return wire.RefusedPower.SW()
	case !p.blind && s.Counter == math.MaxUint32:
		return wire.RefusedSpent.SW()
	case s.Left == 0:
		return wire.RefusedCounter.SW()
	case p.blind:
		return iso7816.OK
	}
	profile, ok := s.profile(p.number)
	switch {
	case !ok:
		return iso7816.ConditionsNotSatisfied
	case p.order.Amount > profile.Single:
		return wire.RefusedSingle.SW()
	}
	return iso7816.OK
}

// grant is what came with PAY, verified.
type grant struct {
	approved, timed bool // by the approver, by a time authority
	terms           wire.Terms
}

// token says that there is a time.
func (g grant) token() bool { return g.approved || g.timed }

// wantsApproval: a limit in the owner's currency needs the rate in the approver's token.
func (s *state) wantsApproval() bool {
	return s.Guards.Has(wire.WantApproval) || s.Guards.Currency != wire.NoLimit
}

func (s *state) wantsToken() bool { return s.wantsApproval() || s.Guards.Has(wire.WantTime) }

// verify checks the signatures over the token.
func (c *call) verify(p *pending, a wire.Approval) (grant, iso7816.Status) {
	s := c.state()
	token := wire.Token{Card: wire.Address(s.Address), Challenge: p.challenge, Digest: p.digest, Terms: a.Terms}
	g := grant{approved: a.Approver != nil, timed: a.Time != nil, terms: a.Terms}
	if g.approved {
		if k, ok := key(s.Keys, a.SecondApprover); !ok || !a.Approver.Verify(k, token.SHA256()) {
			return grant{}, wire.RefusedApprover.SW()
		}
	}
	if g.timed {
		if k, ok := key(s.TimeKeys, a.SecondTime); !ok || !a.Time.Verify(k, token.TimeSHA256()) {
			return grant{}, wire.RefusedAuthority.SW()
		}
	}
	return g, iso7816.OK
}

// admit checks everything a token has to do with.
func (c *call) admit(p *pending, g grant) iso7816.Status {
	s := c.state()
	now := s.LastTime
	switch {
	case !g.token() && s.wantsToken():
		if !s.offlineCovers(p) {
			return wire.RefusedOffline.SW()
		}
	case s.wantsApproval() && !g.approved:
		return wire.RefusedOffline.SW()
	case s.Guards.Has(wire.WantTime) && !g.timed:
		return wire.RefusedNoTime.SW()
	}
	if g.token() {
		if sw := s.timely(g); sw != iso7816.OK {
			return sw
		}
		now = g.terms.Time
	}
	if g.token() && s.Guards.Currency != wire.NoLimit && g.terms.Rate == 0 {
		return wire.RefusedRate.SW()
	}
	return s.within(p, g, now)
}

// timely checks the token's time against the last one.
func (s *state) timely(g grant) iso7816.Status {
	now, earliest := uint64(g.terms.Time), uint64(s.LastTime)+uint64(s.Guards.Gap)
	switch {
	case g.approved && g.terms.Expiry < g.terms.Time:
		return wire.RefusedExpired.SW()
	case g.terms.Time < s.LastTime:
		return wire.RefusedPast.SW()
	case now < earliest:
		return wire.Wait(earliest - now).SW()
	}
	return iso7816.OK
}

// within checks how often and how much, as of now: the token's time, or the last one known.
func (s *state) within(p *pending, g grant, now uint32) iso7816.Status {
	length := partLength(s.Guards.Window)
	if n := s.Guards.Hourly; n != wire.NoHourlyLimit && s.Hours.count(now) >= int(n) {
		return wire.RefusedHour.SW()
	}
	if !fits(s.Currency.sum(now, length), g.terms.Rate, s.Guards.Currency) {
		return wire.RefusedCurrency.SW()
	}
	if p.blind {
		return iso7816.OK
	}
	profile, _ := s.profile(p.number)
	if !fits(s.spent(profile.Purse).sum(now, length), p.order.Amount, profile.Velocity) {
		return wire.RefusedVelocity.SW()
	}
	return iso7816.OK
}

// offlineCovers says whether a payment may go without a token. A blind signature may not: nobody knows its amount.
func (s *state) offlineCovers(p *pending) bool {
	profile, ok := s.profile(p.number)
	if p.blind || !ok {
		return false
	}
	used := s.Profiles[p.number]
	return used.OfflineCount < profile.OfflineCount && p.order.Amount <= profile.OfflineSingle &&
		fits(used.OfflineSum, p.order.Amount, profile.OfflineSum)
}

// fits says whether an amount more stays within a limit.
func fits(spent, amount, limit uint64) bool {
	return limit == wire.NoLimit || spent <= limit && amount <= limit-spent
}
