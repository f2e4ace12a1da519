package applet

import (
	"bytes"
	"math"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// pending is what CHALLENGE leaves for PAY or SIGN HASH.
type pending struct {
	blind     bool
	request   []byte // what was asked for; two payments are the same when these are
	number    byte   // of the profile in effect
	order     wire.Order
	challenge [wire.ChallengeSize]byte
	counter   uint32
	digest    [wire.HashSize]byte
	repeat    *record // signed already
}

// challenge says what PAY will need (PROTOCOL.md, CHALLENGE). It stores nothing: a terminal may ask as often as it
// likes, and only the last challenge is good.
func (c *call) challenge() ([]byte, iso7816.Status) {
	c.v.pending = nil
	p, sw := c.pendingPayment()
	if c.cmd.P2 == wire.ForHash {
		p, sw = c.pendingHash()
	}
	if sw != iso7816.OK {
		return nil, sw
	}
	if p.repeat == nil {
		if sw := c.standing(p); sw != iso7816.OK {
			return nil, sw
		}
	}
	random, sw := c.random(wire.ChallengeSize)
	if sw != iso7816.OK {
		return nil, sw
	}
	p.challenge = [wire.ChallengeSize]byte(random)
	c.v.pending = p
	return c.describe(p).Encode(), iso7816.OK
}

// pendingPayment reads an order and finds the profile that pays it.
func (c *call) pendingPayment() (*pending, iso7816.Status) {
	s, asked := c.state(), c.cmd.P1
	if asked >= wire.Profiles || c.cmd.P2 != wire.ForPayment {
		return nil, iso7816.WrongP1P2
	}
	order, err := wire.ParseOrder(c.cmd.Data)
	if err != nil || bytes.Equal(order.Merchant[:], s.Address) {
		return nil, iso7816.WrongData
	}
	if !c.on() {
		return nil, wire.RefusedOff.SW()
	}
	profile, ok := s.profile(asked)
	if !ok {
		return nil, iso7816.ReferenceNotFound
	}
	p := &pending{order: order, request: profile.Purse.Append(append([]byte{asked}, c.cmd.Data...))}
	if r := s.Last; r != nil && bytes.Equal(r.Request, p.request) {
		p.number, p.repeat, p.counter, p.digest = asked, r, r.Counter, [wire.HashSize]byte(r.Digest)
		return p, iso7816.OK
	}
	number, sw := c.inEffect(asked, profile)
	p.number, p.counter = number, s.Counter+1
	p.digest = wire.Payment{Purse: profile.Purse, Order: order, Counter: p.counter}.Digest()
	return p, sw
}

// inEffect is the profile that a touch of the button chooses. It has to be another profile for the same purse.
func (c *call) inEffect(asked byte, p wire.Profile) (number byte, sw iso7816.Status) {
	touched := c.a.inputs.touched()
	if p.Touch == wire.TouchOnly && !touched {
		return 0, wire.RefusedTouch.SW()
	}
	if p.Touch >= wire.Profiles || !touched {
		return asked, iso7816.OK
	}
	if other, ok := c.state().profile(p.Touch); !ok || other.Purse != p.Purse {
		return 0, iso7816.ConditionsNotSatisfied
	}
	return p.Touch, iso7816.OK
}

// pendingHash reads a hash for blind signing.
func (c *call) pendingHash() (*pending, iso7816.Status) {
	s := c.state()
	switch {
	case c.cmd.P1 != 0:
		return nil, iso7816.WrongP1P2
	case len(c.cmd.Data) != wire.HashSize:
		return nil, iso7816.WrongData
	case !c.on():
		return nil, wire.RefusedOff.SW()
	case !s.Guards.Has(wire.BlindSigning):
		return nil, wire.RefusedBlind.SW()
	}
	p := &pending{blind: true, request: bytes.Clone(c.cmd.Data), digest: [wire.HashSize]byte(c.cmd.Data)}
	if r := s.LastBlind; r != nil && bytes.Equal(r.Request, p.request) {
		p.repeat = r
	}
	return p, iso7816.OK
}

// describe builds the answer.
func (c *call) describe(p *pending) wire.Challenge {
	s := c.state()
	answer := wire.Challenge{Challenge: p.challenge, Counter: p.counter, Profile: p.number, Flags: c.needs(p)}
	if len(s.MACKey) == 0 {
		answer.Flags |= wire.NoService
		return answer
	}
	key := secret.Copy(s.MACKey)
	defer key.Destroy()
	answer.Seal(key, wire.Address(s.Address), p.digest, s.allowances(p))
	return answer
}

// needs are the flags that tell a terminal what PAY will want.
func (c *call) needs(p *pending) (flags byte) {
	s := c.state()
	if p.repeat != nil {
		return wire.Repeat
	}
	for _, n := range []struct {
		need bool
		flag byte
	}{
		{s.wantsApproval(), wire.NeedsApproval},
		{s.Guards.Has(wire.WantTime), wire.NeedsTime},
		{s.Guards.Currency != wire.NoLimit, wire.NeedsRate},
		{s.Guards.Flags&(wire.WantDisplay|wire.WantFinger) != 0, wire.NeedsOwner},
		{s.wantsToken() && s.offlineCovers(p), wire.OfflineWillDo},
	} {
		if n.need {
			flags |= n.flag
		}
	}
	return flags
}

// allowances are what is left before a guard refuses.
func (s *state) allowances(p *pending) wire.Allowances {
	left := wire.Allowances{Signatures: s.Left, Hour: math.MaxUint16, Velocity: wire.NoLimit}
	if n := int(s.Guards.Hourly); n != wire.NoHourlyLimit {
		left.Hour = uint16(max(n-s.Hours.count(s.LastTime), 0))
	}
	profile, ok := s.profile(p.number)
	if p.blind || !ok {
		return left
	}
	if used := s.Profiles[p.number].OfflineCount; used < profile.OfflineCount {
		left.Offline = profile.OfflineCount - used
	}
	if profile.Velocity != wire.NoLimit {
		spent := s.spent(profile.Purse).sum(s.LastTime, partLength(s.Guards.Window))
		left.Velocity = profile.Velocity - min(spent, profile.Velocity)
	}
	return left
}
