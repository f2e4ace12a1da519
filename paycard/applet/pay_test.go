package applet_test

import (
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/paycard/wire"
)

func TestPay(t *testing.T) {
	each(t, "pay.9000", func(k *kit) {
		k.ready()
		a := k.challenge(0, order(5, 1))
		s := k.signed(k.is(k.pay(a, approve(a, approver, k.terms()))), a.token.Digest, k.info.Address)
		k.equal("the counter", s.Counter, uint32(1))
	})
	each(t, "pay.effect.one-commit", func(k *kit) {
		k.ready()
		a := k.challenge(0, order(5, 1))
		k.store.Inject(nil)
		k.is(k.pay(a, approve(a, approver, k.terms())))
		k.equal("the commits", k.store.Commits(), 1)
	})
	each(t, "pay.6985", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags = wire.WantApproval | wire.BlindSigning })
		k.is(k.bare(wire.PayCommand(wire.Approval{})))
		a := k.challenge(0, order(5, 1))
		by := approve(a, approver, k.terms())
		k.ok(k.pay(a, by))
		k.is(k.pay(a, by))
		a = k.challenge(0, order(5, 2))
		k.sel()
		k.is(k.pay(a, approve(a, approver, k.terms())))
		a = k.challengeHash(theHash)
		k.is(k.bare(wire.PayCommand(approve(a, approver, k.terms()))))
		a = k.challenge(0, order(5, 3))
		k.bare(wire.PayCommand(wire.Approval{})) // a refusal uses the challenge up, too
		k.is(k.pay(a, approve(a, approver, k.terms())))
	})
	each(t, "pay.6a80", func(k *kit) {
		k.ready()
		for _, bad := range []struct {
			p1   byte
			size int
		}{{0, 1}, {0, 20}, {1, 0}, {1, 83}, {1, 85}, {2, 148}, {3, 84}, {3, 149}, {4, 0}, {8, 0}, {6, 84}, {0x10, 0}, {0x11, 84}} {
			k.challenge(0, order(5, 1))
			k.is(k.bare(raw(wire.InsPay, bad.p1, 0, make([]byte, bad.size)...)))
		}
		a := k.challenge(0, order(5, 1))
		terms := k.terms()
		terms.Flags = 2
		k.is(k.pay(a, approve(a, approver, terms)))
		a = k.challenge(0, order(5, 1))
		unsigned := stamp(a, authority, k.now)
		unsigned.Terms.Rate = 1 // nobody has signed that
		k.is(k.pay(a, unsigned))
	})
	each(t, "pay.6985.changed", func(k *kit) {
		k.ready().owner()
		a := k.challenge(0, order(5, 1)) // in the same power-up as the owner's channel
		k.ok(k.send(wire.SetProfileCommand(0, open(other))))
		k.is(k.pay(a, approve(a, approver, k.terms())))
		a = k.challengeOf(other, 0, order(5, 1))
		k.ok(k.send(wire.DeleteProfileCommand(0)))
		k.is(k.pay(a, approve(a, approver, k.terms())))
	})
	each(t, "pay.effect.refused-keeps", func(k *kit) {
		k.ready()
		k.ok(k.buy(5))
		before := k.snapshot()
		for _, t := range []wire.Terms{{Time: k.now - 1, Expiry: k.now}, {Time: k.now, Expiry: 1}, {Time: 1, Expiry: 2}} {
			if r := k.buyOf(thePurse, 0, 5, t); r.SW>>8 != 0x98 && r.SW>>8 != 0x99 {
				k.Errorf("%+v: %v", t, r.SW)
			}
		}
		k.equal("the memory", k.snapshot() == before, true)
		k.is(k.buy(5))
	})
}

func TestTokens(t *testing.T) {
	each(t, "pay.980a", func(k *kit) {
		k.ready()
		for name, change := range map[string]func(a *asked, by *wire.Approval){
			"card":      func(a *asked, _ *wire.Approval) { a.token.Card[0] ^= 1 },
			"challenge": func(a *asked, _ *wire.Approval) { a.token.Challenge[0] ^= 1 },
			"digest":    func(a *asked, _ *wire.Approval) { a.token.Digest[31] ^= 1 },
			"time":      func(_ *asked, by *wire.Approval) { by.Terms.Time-- },
			"expiry":    func(_ *asked, by *wire.Approval) { by.Terms.Expiry++ },
			"rate":      func(_ *asked, by *wire.Approval) { by.Terms.Rate++ },
			"flags":     func(_ *asked, by *wire.Approval) { by.Terms.Flags = wire.RefillOffline },
			"key":       func(_ *asked, by *wire.Approval) { by.SecondApprover = true },
			"r":         func(_ *asked, by *wire.Approval) { by.Approver = &wire.TokenSignature{32: 1} },
			"s":         func(_ *asked, by *wire.Approval) { by.Approver[63] ^= 1 },
		} {
			a := k.challenge(0, order(5, 1))
			forged := a
			change(&forged, &wire.Approval{Approver: &wire.TokenSignature{}})
			by := approve(forged, approver, k.terms())
			change(&asked{}, &by)
			if r := k.pay(a, by); r.SW != k.row.sw {
				k.Errorf("another %s: %v", name, r.SW)
			}
		}
		a := k.challenge(0, order(5, 1))
		k.is(k.pay(a, approve(a, approver2, k.terms())))
		k.ok(k.buy(5))
	})
	each(t, "pay.980a.banked", func(k *kit) {
		k.ready()
		banked := k.challenge(0, order(5, 1))
		by := approve(banked, approver, k.terms())
		fresh := k.challenge(0, order(5, 1))
		k.equal("the digest", fresh.token.Digest, banked.token.Digest)
		k.is(k.pay(fresh, by))
		k.tap()
		k.challenge(0, order(5, 1))
		k.is(k.pay(fresh, by))
	})
	each(t, "pay.980b", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags |= wire.WantTime })
		banked := k.challenge(0, order(5, 1))
		a := k.challenge(0, order(5, 1))
		by := approve(a, approver, k.terms())
		by.Time = stamp(banked, authority, by.Terms.Time).Time
		k.is(k.pay(a, by))
		for _, key := range []*secp256k1.PrivateKey{authority2, approver} {
			a = k.challenge(0, order(5, 1))
			k.is(k.pay(a, both(a, approve(a, approver, k.terms()), key)))
		}
	})
	each(t, "pay.9809", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags |= wire.WantTime })
		k.is(k.buy(5))
		a := k.challenge(0, order(5, 99))
		k.ok(k.pay(a, both(a, approve(a, approver, k.terms()), authority)))
	})
	each(t, "pay.9000.second-keys", func(k *kit) {
		k.ready().set(wire.SetServiceCommand(service(approver, approver2)))
		k.guards(func(g *wire.Guards) { g.Flags |= wire.WantTime })
		a := k.challenge(0, order(5, 1))
		by := both(a, approve(a, approver2, k.terms()), authority2)
		by.SecondApprover, by.SecondTime = true, true
		k.is(k.pay(a, by))
	})
	each(t, "pay.9000.time-only", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags = wire.WantTime })
		a := k.challenge(0, order(5, 1))
		k.equal("the flags", a.Flags, byte(wire.NeedsTime))
		k.is(k.pay(a, stamp(a, authority, k.now)))
		k.equal("the last time", k.status().LastTime, k.now)
	})
	each(t, "pay.9000.free", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags = 0 })
		a := k.challenge(0, order(5, 1))
		k.equal("the flags", a.Flags, byte(0))
		k.is(k.pay(a, wire.Approval{}))
	})
}

func TestTimes(t *testing.T) {
	each(t, "pay.980c", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Gap = 0 })
		k.ok(k.buy(5))
		k.now -= 61
		k.is(k.buy(5))
		k.ok(k.buyOf(thePurse, 0, 5, wire.Terms{Time: k.now, Expiry: k.now}))
		k.ok(k.buyOf(thePurse, 0, 5, wire.Terms{Time: k.now, Expiry: k.now}))
	})
	each(t, "pay.980d", func(k *kit) {
		k.ready()
		k.is(k.buyOf(thePurse, 0, 5, wire.Terms{Time: k.now, Expiry: k.now - 1}))
		k.ok(k.buyOf(thePurse, 0, 5, wire.Terms{Time: k.now, Expiry: k.now}))
	})
	each(t, "pay.9929.wait", func(k *kit) {
		k.ready()
		k.ok(k.buy(5))
		k.now -= 41
		k.is(k.buy(5))
		k.now -= 19
		k.ok(k.buy(5))
	})
	each(t, "pay.99ff.wait", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Gap = 65535 })
		k.ok(k.buy(5))
		k.is(k.buy(5))
		k.now += 65535 - 120
		k.ok(k.buy(5))
	})
	each(t, "pay.9804", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Hourly, g.Gap = 3, 0 })
		start := k.now
		for range 3 {
			k.ok(k.buy(5))
		}
		k.now = start + 3599
		k.is(k.buy(5))
		k.now = start + 3600
		k.ok(k.buy(5))
		k.now = start + 3600 + 59
		k.is(k.buy(5))
		k.guards(func(g *wire.Guards) { g.Hourly = 0 })
		k.is(k.buy(5))
	})
}

func TestCounterLimit(t *testing.T) {
	each(t, "pay.9803", func(k *kit) {
		k.ready().set(wire.RefillCommand(2))
		k.ok(k.buy(5))
		k.tap()
		k.owner()
		a := k.challenge(0, order(5, 99))
		k.ok(k.send(wire.RefillCommand(0)))
		k.is(k.pay(a, approve(a, approver, k.terms())))
		k.set(wire.RefillCommand(2))
		k.ok(k.buy(5))
		k.ok(k.buy(5))
		k.is(k.buy(5))
	})
	each(t, "pay.9801", func(k *kit) {
		k.ready()
		a := k.challenge(0, order(5, 1))
		k.inputs.on = false
		k.is(k.pay(a, approve(a, approver, k.terms())))
	})
}

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
			k.profile(0, thePurse, func(p *wire.Profile) { p.OfflineCount, p.OfflineSum, p.OfflineSingle = count, sum, single })
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
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.OfflineCount, p.OfflineSum, p.OfflineSingle = 1, 9, 9 })
		k.ok(k.offline(9))
		k.ok(k.buy(5))
		k.equal("without the flag", k.offline(1).SW, wire.RefusedOffline.SW())
		terms := k.terms()
		terms.Flags = wire.RefillOffline
		k.ok(k.buyOf(thePurse, 0, 5, terms))
		k.is(k.offline(9))
	})
	each(t, "pay.9808.blind-no", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.OfflineCount, p.OfflineSum, p.OfflineSingle = 9, 99, 99 })
		k.guards(func(g *wire.Guards) { g.Flags |= wire.BlindSigning })
		k.is(k.pay(k.challengeHash(theHash), wire.Approval{}))
	})
}

func TestDisplayAndFinger(t *testing.T) {
	each(t, "pay.9810", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags |= wire.WantDisplay })
		k.is(k.buy(5))
		k.inputs.confirm = true
		k.ok(k.buy(5))
	})
	each(t, "pay.9811", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags |= wire.WantFinger })
		k.is(k.buy(5))
		k.inputs.finger = true
		k.ok(k.buy(5))
		edit(k, func(map[string]any) {}) // the same card without sensor and display
		k.is(k.buy(5))
	})
	each(t, "pay.effect.display-shows", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags |= wire.WantDisplay | wire.BlindSigning })
		k.inputs.confirm = true
		a := k.challenge(0, order(5, 1))
		k.is(k.pay(a, approve(a, approver, k.terms())))
		k.equal("the payment", k.shown[0].Payment, wire.Payment{Purse: thePurse, Order: order(5, 1), Counter: 1})
		k.equal("the digest", k.shown[0].Digest, a.token.Digest)
		k.tap()
		h := k.challengeHash(theHash)
		k.ok(k.pay(h, approve(h, approver, k.terms())))
		k.equal("blind", k.shown[1].Blind && k.shown[1].Digest == [32]byte(theHash), true)
	})
}
