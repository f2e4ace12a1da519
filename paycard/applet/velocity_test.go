package applet_test

import (
	"testing"

	"tapcard.example/paycard/wire"
)

func TestVelocity(t *testing.T) {
	each(t, "pay.9806", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Velocity = 100 })
		start := k.now
		k.ok(k.buy(60))
		k.is(k.buy(41))
		k.ok(k.buy(40))
		k.is(k.buy(1))
		k.now = start + 86400 - 1
		k.is(k.buy(1))
		k.now = start + 86400 + 3600 + 120 // a 24th more at most
		k.ok(k.buy(100))
		k.is(k.buy(1))
	})
	for _, into := range []uint32{1, 1800, 3598, 3599} { // seconds into a 24th of the window
		each(t, "pay.9806", func(k *kit) {
			k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Velocity = 100 })
			k.guards(func(g *wire.Guards) { g.Gap = 0 })
			start := k.now - k.now%3600 + into
			for _, step := range []struct {
				after  uint32
				amount uint64
				ok     bool
			}{{0, 60, true}, {86399, 41, false}, {86399, 30, true}, {86399, 11, false}, {86399, 10, true},
				{86400 + 3600, 61, false}, {86400 + 3600, 60, true}} {
				k.now = start + step.after
				if r := k.buy(step.amount); step.ok {
					k.ok(r)
				} else {
					k.is(r)
				}
			}
		})
	}
	each(t, "pay.9806", func(k *kit) { // a window that 24 does not divide
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Velocity = 100 })
		k.guards(func(g *wire.Guards) { g.Gap, g.Window = 0, 47 })
		start := k.now
		k.ok(k.buy(100))
		k.now = start + 46
		k.is(k.buy(1))
		k.now = start + 50
		k.ok(k.buy(1))
	})
}

func TestVelocityOfAPurseAndInCurrency(t *testing.T) {
	each(t, "pay.9806.shared", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Velocity = 100 })
		k.profile(1, thePurse, func(p *wire.Profile) { p.Velocity = 1000 })
		k.profile(2, other, func(p *wire.Profile) { p.Velocity = 100 })
		k.ok(k.buyOf(thePurse, 1, 99, k.terms()))
		k.ok(k.buyOf(other, 2, 99, k.terms()))
		k.is(k.buy(2))
		k.ok(k.buy(1))
		k.ok(k.buyOf(thePurse, 1, 900, k.terms()))
		k.is(k.buyOf(thePurse, 1, 1, k.terms()))
		k.equal("spent", k.profileStatus(0).Spent, uint64(1000))
	})
	rated := func(k *kit, rate uint64) wire.Terms {
		t := k.terms()
		t.Rate = rate
		return t
	}
	each(t, "pay.9807", func(k *kit) {
		k.ready().profile(2, other, func(*wire.Profile) {}).guards(func(g *wire.Guards) { g.Currency = 100 })
		k.ok(k.buyOf(thePurse, 0, 5, rated(k, 60)))
		k.is(k.buyOf(other, 2, 5, rated(k, 41)))
		k.ok(k.buyOf(other, 2, 5, rated(k, 40)))
		k.is(k.buyOf(thePurse, 0, 5, rated(k, 1)))
		k.equal("spent", k.status().Spent, uint64(100))
		k.now += 86400 + 3600
		k.ok(k.buyOf(thePurse, 0, 5, rated(k, 100)))
	})
	each(t, "pay.980e", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags, g.Currency = wire.WantTime, 100 })
		k.tap()
		a := k.challenge(0, order(5, 1))
		k.is(k.pay(a, both(a, approve(a, approver, k.terms()), authority)))
		a = k.challenge(0, order(5, 1)) // without the approver there is no rate at all
		k.equal("a time alone", k.pay(a, stamp(a, authority, k.now)).SW, wire.RefusedOffline.SW())
		a = k.challenge(0, order(5, 1))
		k.ok(k.pay(a, both(a, approve(a, approver, rated(k, 100)), authority)))
	})
	each(t, "pay.effect.untimed", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) {
			p.Velocity, p.OfflineCount, p.OfflineSum, p.OfflineSingle = 100, 99, 1000, 1000
		})
		start := k.now
		k.ok(k.buy(10))
		k.ok(k.offline(50))
		k.ok(k.offline(40))
		k.is(k.offline(1))
		k.now = start + 10*86400 // the 10 are long gone, the 90 may have been a moment ago
		k.is(k.buy(11))
		k.ok(k.buy(10))
		k.now = start + 10*86400 + 86399
		k.is(k.buy(1))
		k.now = start + 11*86400 + 2*3600
		k.ok(k.buy(100))
	})
}

func TestOfflineAllowance(t *testing.T) {
	each(t, "pay.9808", func(k *kit) {
		k.ready()
		k.is(k.offline(1))
		set := func(count uint16, sum, single uint64) {
			k.profile(0, thePurse, func(p *wire.Profile) {
				p.OfflineCount, p.OfflineSum, p.OfflineSingle = count, sum, single
			})
		}
		set(2, 30, 20)
		k.is(k.offline(21))
		k.tap()
		k.equal("the flags", k.challenge(0, order(20, 99)).Flags, byte(wire.NeedsApproval|wire.OfflineWillDo))
		k.ok(k.offline(20))
		k.is(k.offline(11))
		k.ok(k.offline(10))
		set(2, 1000, 20)
		k.is(k.offline(1))
		set(3, 1000, 20)
		k.ok(k.offline(1))
		k.equal("the sum", k.profileStatus(0).OfflineSum, uint64(31))
	})
	each(t, "pay.effect.refill-offline", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) {
			p.OfflineCount, p.OfflineSum, p.OfflineSingle = 1, 9, 9
		})
		k.ok(k.offline(9))
		k.ok(k.buy(5))
		k.equal("without the flag", k.offline(1).SW, wire.RefusedOffline.SW())
		terms := k.terms()
		terms.Flags = wire.RefillOffline
		k.ok(k.buyOf(thePurse, 0, 5, terms))
		k.is(k.offline(9))
	})
	each(t, "pay.9808.blind-no", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) {
			p.OfflineCount, p.OfflineSum, p.OfflineSingle = 9, 99, 99
		})
		k.guards(func(g *wire.Guards) { g.Flags |= wire.BlindSigning })
		k.is(k.pay(k.challengeHash(theHash), wire.Approval{}))
	})
}
