package applet_test

import (
	"bytes"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

func TestRepeat(t *testing.T) {
	paid := func(k *kit) []byte {
		a := k.ready().challenge(0, order(5, 1))
		return k.ok(k.pay(a, approve(a, approver, k.terms()))).Data
	}
	each(t, "repeat.9000", func(k *kit) {
		first := paid(k)
		for range 3 {
			k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
			a := k.challenge(0, order(5, 1))
			k.equal("the flags", a.Flags, byte(wire.Repeat))
			k.equal("the counter", a.Counter, uint32(1))
			again := k.is(k.pay(a, wire.Approval{}))
			k.equal("that it is the same", bytes.Equal(first, again.Data), true)
			k.tap()
		}
	})
	each(t, "repeat.effect.no-guard", func(k *kit) {
		paid(k)
		k.set(wire.RefillCommand(0), wire.SetGuardsCommand(wire.Guards{Flags: 0x1F, Window: 24}),
			wire.SetProfileCommand(0, wire.Profile{Purse: thePurse, Touch: wire.TouchOnly}))
		before := k.snapshot()
		a := k.challenge(0, order(5, 1))
		k.is(k.pay(a, wire.Approval{}))
		a = k.challenge(0, order(5, 1))
		k.is(k.pay(a, wire.Approval{}))
		k.equal("the memory", k.snapshot() == before, true)
	})
	each(t, "repeat.effect.differs", func(k *kit) {
		paid(k)
		for _, change := range []func(o *wire.Order){func(o *wire.Order) { o.Amount++ },
			func(o *wire.Order) { o.Offer[31]++ }, func(o *wire.Order) { o.Merchant[0]++ },
			func(o *wire.Order) { o.Anchor += 8 },
			func(o *wire.Order) { o.Block[5]++ }} {
			o := order(5, 1)
			change(&o)
			k.is(k.bare(wire.ChallengeCommand(0, o)))
		}
		k.owner()
		k.ok(k.send(wire.SetProfileCommand(1, open(thePurse))))
		k.is(k.bare(wire.ChallengeCommand(1, order(5, 1))))
		k.ok(k.send(wire.SetProfileCommand(0, open(other))))
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
	})
	each(t, "repeat.6a80", func(k *kit) {
		paid(k)
		a := k.challenge(0, order(5, 1))
		k.is(k.pay(a, approve(a, approver, k.terms())))
	})
}

func TestSignHash(t *testing.T) {
	blind := func(k *kit) *kit {
		return k.ready().guards(func(g *wire.Guards) { g.Flags |= wire.BlindSigning })
	}
	hash := func(k *kit, b byte) iso7816.Response {
		k.tap()
		h := bytes.Repeat([]byte{b}, 32)
		if r := k.bare(wire.ChallengeHashCommand([32]byte(h))); r.SW != iso7816.OK {
			return r
		}
		a := k.challengeHash(h)
		return k.pay(a, approve(a, approver, k.terms()))
	}
	each(t, "hash.9000", func(k *kit) {
		by := blind(k).status().Blind
		k.equal("that the keys are one", by == k.info.Address, false)
		r := k.is(hash(k, 0xA5))
		k.equal("the counter", k.signed(r, [32]byte(theHash), by).Counter, uint32(0))
		k.owner()
		k.ok(k.send(wire.SetGuardsCommand(wire.DefaultGuards())))
		k.equal("switched off", k.bare(wire.ChallengeHashCommand([32]byte{1})).SW, wire.RefusedBlind.SW())
	})
	each(t, "hash.effect.counter-stays", func(k *kit) {
		blind(k).set(wire.RefillCommand(5))
		k.ok(k.buy(5))
		k.is(hash(k, 1))
		s := k.status()
		k.equal("the counter", s.Counter, uint32(1))
		k.equal("the signatures left", s.Left, uint32(3))
		k.equal("the log", k.log()[0].Flags, byte(wire.LogApproved|wire.LogBlind))
	})
	each(t, "hash.effect.guards", func(k *kit) {
		blind(k)
		k.ok(hash(k, 1))
		k.is(k.bare(wire.ChallengeHashCommand([32]byte{2})))
		k.now -= 30
		k.equal("too early", hash(k, 2).SW, wire.Wait(30).SW())
		k.tap()
		a := k.challengeHash(theHash)
		k.equal("no approval", k.pay(a, wire.Approval{}).SW, wire.RefusedOffline.SW())
		a = k.challengeHash(theHash)
		k.equal("a wrong approval", k.pay(a, approve(a, approver2, k.terms())).SW, wire.RefusedApprover.SW())
		k.guards(func(g *wire.Guards) { g.Flags, g.Hourly = wire.BlindSigning|wire.WantApproval, 1 })
		k.equal("too often", hash(k, 3).SW, wire.RefusedHour.SW())
		k.set(wire.RefillCommand(0))
		k.equal("none left", hash(k, 3).SW, wire.RefusedCounter.SW())
	})
	each(t, "hash.9000.repeat", func(k *kit) {
		first := k.ok(hash(blind(k), 0xA5)).Data
		a := k.challengeHash(theHash)
		k.equal("the flags", a.Flags, byte(wire.Repeat))
		k.equal("that it is the same", bytes.Equal(k.is(k.pay(a, wire.Approval{})).Data, first), true)
	})
	each(t, "hash.6985", func(k *kit) {
		a := blind(k).challenge(0, order(5, 1))
		k.is(k.bare(wire.SignHashCommand(approve(a, approver, k.terms()))))
	})
}

func TestLog(t *testing.T) {
	each(t, "log.9000", func(k *kit) {
		k.ready()
		for i := range 34 {
			k.ok(k.buy(uint64(i + 1)))
		}
		entries := k.log()
		k.equal("the entries", len(entries), 32)
		for i, e := range entries {
			k.equal("the counter", e.Counter, uint32(34-i))
			k.equal("the amount", e.Amount, uint64(34-i))
			k.equal("the time", e.Time, k.now-60*uint32(i+1))
			o := order(e.Amount, byte(e.Counter))
			k.equal("the offer", e.Offer, o.Offer)
			k.equal("the digest", e.Digest, wire.Payment{Purse: thePurse, Order: o, Counter: e.Counter}.Digest())
		}
		k.equal("beyond", len(k.is(k.send(wire.ReadLogCommand(32))).Data), 0)
		k.equal("far beyond", len(k.is(k.send(wire.ReadLogCommand(255))).Data), 0)
		k.equal("the last", len(k.is(k.send(wire.ReadLogCommand(31))).Data), wire.LogEntrySize)
	})
}
