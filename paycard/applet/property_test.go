package applet_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

// The limits of the cards in this test.
const (
	testVelocity = 500
	testWindow   = 7200
	testHourly   = 5
	testOffline  = 3
	testCurrency = 900
	testGap      = 60
)

// paid is a payment that the card has committed, and when it really happened.
type paid struct {
	at      uint32
	amount  uint64
	purse   int
	rate    uint64
	offline bool
}

// model is what happened to a card, told without looking into it.
type model struct {
	*kit
	t        *rapid.T
	clock    uint32            // real time
	digests  map[uint32]string // what was signed, by counter
	payments []paid
	last     memory
	power    int // counts power-ups
	signedIn int // the power-up of the last signature
	lastTime uint32
	refills  [2]int // payments without a token since the last refill, by purse
}

var purses = []wire.Purse{thePurse, other}

// rapidTB is a test that rapid can shrink.
type rapidTB struct {
	testing.TB
	t *rapid.T
}

func (r rapidTB) Fatalf(format string, args ...any) { r.t.Fatalf(format, args...) }
func (r rapidTB) Errorf(format string, args ...any) { r.t.Errorf(format, args...) }
func (r rapidTB) Fatal(args ...any)                 { r.t.Fatal(args...) }
func (r rapidTB) Error(args ...any)                 { r.t.Error(args...) }

func TestWhateverTerminalsDoTheGuardsHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := newKit(rapidTB{t, rt})
		m := &model{kit: k, t: rt, clock: 1_800_000_000, digests: map[uint32]string{}, signedIn: -1}
		k.ready()
		for n, p := range purses {
			k.profile(byte(n), p, func(p *wire.Profile) {
				p.Velocity, p.OfflineCount, p.OfflineSum, p.OfflineSingle = testVelocity, testOffline, 200, 100
			})
		}
		k.guards(func(g *wire.Guards) {
			g.Hourly, g.Window, g.Currency, g.Gap = testHourly, testWindow, testCurrency, testGap
		})
		m.last = k.memory()
		rt.Repeat(map[string]func(*rapid.T){
			"wait":   func(*rapid.T) { m.clock += rapid.Uint32Range(1, 4000).Draw(m.t, "seconds") },
			"online": func(*rapid.T) { m.tapIt(true) }, "online too": func(*rapid.T) { m.tapIt(true) },
			"online three": func(*rapid.T) { m.tapIt(true) }, "offline": func(*rapid.T) { m.tapIt(false) },
			"reset":   func(*rapid.T) { m.reset() },
			"select":  func(*rapid.T) { m.sel() },
			"again":   func(*rapid.T) { m.again() },
			"mandate": func(*rapid.T) { m.mandate() },
			"":        func(rt *rapid.T) { m.t = rt; m.invariants() },
		})
	})
}

func (m *model) reset() {
	m.card.Reset()
	m.power++
	m.store.Inject(nil)
	m.sel()
}

// tapIt asks for a payment, with a token made now or without, and perhaps cuts the power at the commit.
func (m *model) tapIt(online bool) {
	if rapid.Bool().Draw(m.t, "new power-up") {
		m.reset()
	}
	m.offer++
	n := rapid.IntRange(0, 1).Draw(m.t, "purse")
	o := order(rapid.Uint64Range(1, 300).Draw(m.t, "amount"), m.offer)
	o.Offer[1] = byte(m.power)
	if m.bare(wire.ChallengeCommand(byte(n), o)).SW != iso7816.OK {
		return
	}
	a := m.challengeOf(purses[n], byte(n), o)
	by, event := wire.Approval{}, paid{at: m.clock, amount: o.Amount, purse: n, offline: !online}
	if online {
		event.rate = rapid.Uint64Range(1, 300).Draw(m.t, "rate")
		terms := wire.Terms{Time: m.clock, Expiry: m.clock, Rate: event.rate,
			Flags: rapid.SampledFrom([]uint32{0, wire.RefillOffline}).Draw(m.t, "flags")}
		by = approve(a, approver, terms)
	}
	m.sendPay(a, by, event)
}

func (m *model) sendPay(a asked, by wire.Approval, event paid) {
	fault := rapid.SampledFrom([]softcard.Fault{softcard.NoFault, softcard.NoFault, softcard.CutBefore,
		softcard.CutAfter}).Draw(m.t, "power")
	m.store.Inject(softcard.CutAt(1, fault))
	r, err := m.try(wire.PayCommand(by))
	m.store.Inject(nil)
	if err != nil && !errors.Is(err, softcard.ErrNoPower) {
		m.Fatal(err)
	}
	if now := m.memory(); now.Counter != m.last.Counter {
		m.committed(now, by, event)
	} else if err == nil && r.SW == iso7816.OK {
		m.Fatalf("a signature without a counter")
	}
	if err != nil {
		m.reset()
		return
	}
	if r.SW == iso7816.OK {
		m.out(r, a.token.Digest)
	}
}

// committed takes over what the card has committed, answered or not.
func (m *model) committed(now memory, by wire.Approval, event paid) {
	if now.Counter != m.last.Counter+1 || m.signedIn == m.power {
		m.Fatalf("counter %d after %d, power-up %d", now.Counter, m.last.Counter, m.power)
	}
	if !event.offline && m.lastTime != 0 && event.at < m.lastTime+testGap {
		m.Fatalf("%d s after the one before", event.at-m.lastTime)
	}
	m.signedIn = m.power
	m.payments = append(m.payments, event)
	if !event.offline {
		m.lastTime = event.at
	}
	m.count(by, event)
}

// count keeps the number of payments without a token.
func (m *model) count(by wire.Approval, event paid) {
	n := &m.refills[event.purse]
	switch {
	case event.offline:
		*n++
	case by.Terms.Flags == wire.RefillOffline:
		*n = 0
	}
	if *n > testOffline {
		m.Fatalf("%d payments without a token", *n)
	}
}

// out sees a signature leave the card.
func (m *model) out(r iso7816.Response, digest [32]byte) {
	s := m.signed(r, digest, m.info.Address)
	if before, ok := m.digests[s.Counter]; ok && before != string(digest[:]) {
		m.Fatalf("two signatures with counter %d", s.Counter)
	}
	m.digests[s.Counter] = string(digest[:])
}

// again asks for the same twice, when the card lets it.
func (m *model) again() {
	if m.last.Counter == 0 {
		return
	}
	o := order(7, m.offer+1)
	for range 2 {
		if m.bare(wire.ChallengeCommand(0, o)).SW != iso7816.OK {
			return
		}
		a := m.challenge(0, o)
		if a.Flags&wire.Repeat != 0 {
			m.out(m.ok(m.pay(a, wire.Approval{})), a.token.Digest)
			continue
		}
		terms := wire.Terms{Time: m.clock, Expiry: m.clock, Rate: 1}
		m.sendPay(a, approve(a, approver, terms), paid{at: m.clock, amount: 7, rate: 1})
		m.last = m.memory()
	}
	m.offer++
}

// mandate has the owner grant something, and perhaps cuts the power at the commit.
func (m *model) mandate() {
	m.owner()
	before, g := m.memory(), grant(rapid.Uint64Range(1, 900).Draw(m.t, "cap"), m.offer)
	cmd, err := m.ch.WrapCommand(wire.MandateCommand(0, g))
	must(m, err)
	fault := rapid.SampledFrom([]softcard.Fault{softcard.NoFault, softcard.CutBefore, softcard.CutAfter}).Draw(m.t, "power")
	m.store.Inject(softcard.CutAt(1, fault))
	r, err := m.try(cmd)
	m.store.Inject(nil)
	now := m.memory()
	if want := before.Counter + 1; now.Counter != want && (fault != softcard.CutBefore || now != before) {
		m.Fatalf("counter %d after %d", now.Counter, before.Counter)
	}
	if err != nil {
		m.reset()
		return
	}
	inner, err := m.ch.UnwrapResponse(r)
	must(m, err)
	m.out(inner, wire.Mandate{Purse: thePurse, Grant: g, Counter: now.Counter}.Digest())
}

// invariants are checked after every step.
func (m *model) invariants() {
	now := m.memory()
	if now.Counter < m.last.Counter || now.LastTime < m.last.LastTime {
		m.Fatalf("%+v after %+v", now, m.last)
	}
	m.last = now
	for i, end := range m.payments {
		var amount, rate [2]uint64
		signatures := 0
		for _, p := range m.payments[:i+1] {
			if end.at-p.at < testWindow {
				amount[p.purse] += p.amount
				rate[0] += p.rate
			}
			if end.at-p.at < 3600 {
				signatures++
			}
		}
		if max(amount[0], amount[1]) > testVelocity || rate[0] > testCurrency || signatures > testHourly {
			m.Fatalf("within a window: %d, in currency %d, %d signatures", amount, rate[0], signatures)
		}
	}
}
