package applet

import (
	"bytes"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// pay signs the payment that CHALLENGE named (PROTOCOL.md, PAY).
func (c *call) pay() ([]byte, iso7816.Status) { return c.sign(false) }

// signHash signs the hash that CHALLENGE named, with a key of its own (PROTOCOL.md, SIGN HASH).
func (c *call) signHash() ([]byte, iso7816.Status) { return c.sign(true) }

// sign uses the challenge up, whatever comes of it.
func (c *call) sign(blind bool) ([]byte, iso7816.Status) {
	p := c.v.pending
	c.v.pending = nil
	if p == nil || p.blind != blind || c.cmd.P2 != 0 {
		return nil, iso7816.ConditionsNotSatisfied
	}
	a, err := wire.ParseApproval(c.cmd)
	if err != nil {
		return nil, iso7816.WrongData
	}
	if p.repeat != nil {
		return c.again(p, a)
	}
	if sw := c.standing(p); sw != iso7816.OK {
		return nil, sw
	}
	if !c.current(p) {
		return nil, iso7816.ConditionsNotSatisfied
	}
	g, sw := c.verify(p, a)
	if sw != iso7816.OK {
		return nil, sw
	}
	if sw := c.admit(p, g); sw != iso7816.OK {
		return nil, sw
	}
	if sw := c.ask(p); sw != iso7816.OK {
		return nil, sw
	}
	return c.conclude(p, g)
}

// again gives out a signature that was made before. No guard is asked: nothing new is signed.
func (c *call) again(p *pending, a wire.Approval) ([]byte, iso7816.Status) {
	switch {
	case a != (wire.Approval{}):
		return nil, iso7816.WrongData
	case !c.on():
		return nil, wire.RefusedOff.SW()
	}
	signature, err := wire.ParseSignature(p.repeat.Signature)
	if err != nil {
		return nil, iso7816.Internal
	}
	return wire.Signed{Counter: p.repeat.Counter, Signature: signature}.Encode(), iso7816.OK
}

// current says that the digest is still that of the payment: the owner may have changed the profile, and the counter
// must be the next one.
func (c *call) current(p *pending) bool {
	if p.blind {
		return true
	}
	s := c.state()
	profile, ok := s.profile(p.number)
	payment := wire.Payment{Purse: profile.Purse, Order: p.order, Counter: s.Counter + 1}
	return ok && payment.Digest() == p.digest
}

// ask waits for the owner at the card's display and sensor.
func (c *call) ask(p *pending) iso7816.Status {
	s, in := c.state(), c.a.inputs
	if s.Guards.Has(wire.WantDisplay) {
		shown := Shown{Blind: p.blind, Digest: p.digest}
		if profile, ok := s.profile(p.number); ok && !p.blind {
			shown.Payment = wire.Payment{Purse: profile.Purse, Order: p.order, Counter: p.counter}
		}
		if in.Display == nil || !in.Display(shown) {
			return wire.RefusedDisplay.SW()
		}
	}
	if s.Guards.Has(wire.WantFinger) && (in.Finger == nil || !in.Finger()) {
		return wire.RefusedFinger.SW()
	}
	return iso7816.OK
}

// conclude signs, stores everything in one commit, and only then lets the signature out.
func (c *call) conclude(p *pending, g grant) ([]byte, iso7816.Status) {
	s := c.state()
	private := s.PayPrivate
	if p.blind {
		private = s.BlindPrivate
	}
	signature := wire.Sign(secp256k1.PrivKeyFromBytes(private), p.digest)
	r := &record{Request: p.request, Digest: bytes.Clone(p.digest[:]), Counter: p.counter,
		Signature: signature.Append(nil)}
	if sw := c.commit("sign", func(s *state) { s.count(p, g, r) }); sw != iso7816.OK {
		return nil, sw
	}
	c.a.signed = c.power
	return wire.Signed{Counter: p.counter, Signature: signature}.Encode(), iso7816.OK
}

// count takes a signature into account.
func (s *state) count(p *pending, g grant, r *record) {
	length := partLength(s.Guards.Window)
	if g.token() {
		s.LastTime = g.terms.Time
		s.Hours.settle(s.LastTime)
		for i := range s.Spent {
			s.Spent[i].settle(s.LastTime, length)
		}
		s.Currency.add(g.terms.Rate, s.LastTime, length)
	}
	s.Hours.add(g.token(), s.LastTime)
	if p.blind {
		s.LastBlind = r
	} else {
		s.countPayment(p, g, r)
	}
	s.signed(p.entry(g))
}

func (s *state) countPayment(p *pending, g grant, r *record) {
	s.Counter, s.Last = p.counter, r
	if profile, ok := s.profile(p.number); ok {
		s.spend(profile.Purse, p.order.Amount, g.token())
	}
	used := &s.Profiles[p.number]
	switch {
	case g.approved && g.terms.Flags&wire.RefillOffline != 0:
		used.OfflineCount, used.OfflineSum = 0, 0
	case !g.token() && s.wantsToken():
		used.OfflineCount++
		used.OfflineSum = saturate(used.OfflineSum, p.order.Amount)
	}
}

// entry is what the log keeps of a signature.
func (p *pending) entry(g grant) wire.Entry {
	e := wire.Entry{Counter: p.counter, Profile: p.number, Merchant: p.order.Merchant, Amount: p.order.Amount,
		Anchor: p.order.Anchor, Offer: p.order.Offer, Digest: p.digest}
	for _, f := range []struct {
		is   bool
		flag byte
	}{{g.approved, wire.LogApproved}, {g.timed, wire.LogTimed}, {!g.token(), wire.LogOffline},
		{p.blind, wire.LogBlind}} {
		if f.is {
			e.Flags |= f.flag
		}
	}
	if g.token() {
		e.Time = g.terms.Time
	}
	return e
}
