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
		}{{0, 1}, {0, 20}, {1, 0}, {1, 83}, {1, 85}, {2, 148}, {3, 84}, {3, 149}, {4, 0}, {8, 0}, {6, 84}, {0x10, 0},
			{0x11, 84}} {
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
		for _, t := range []wire.Terms{{Time: k.now - 1, Expiry: k.now}, {Time: k.now, Expiry: 1},
			{Time: 1, Expiry: 2}} {
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
