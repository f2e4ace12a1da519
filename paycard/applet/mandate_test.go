package applet_test

import (
	"errors"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

// grant is what the owner grants a payee; two of them differ by their references.
func grant(most uint64, reference byte) wire.Grant {
	return wire.Grant{Payee: addr(0x77), Cap: most, Anchor: 8000, Block: [32]byte{1}, Period: 30 * 86400,
		Expiry: 1_900_000_000, Reference: [24]byte{reference}}
}

// mandated checks the card's signature of a mandate with a counter.
func (k *kit) mandated(r iso7816.Response, g wire.Grant, counter uint32) {
	k.Helper()
	s := k.signed(r, wire.Mandate{Purse: thePurse, Grant: g, Counter: counter}.Digest(), k.info.Address)
	k.equal("the counter", s.Counter, counter)
}

// refused wants the row's answer to a mandate, and that nothing has changed.
func (k *kit) refused(cmd iso7816.Command) {
	k.Helper()
	before := k.snapshot()
	k.is(k.send(cmd))
	k.equal("that the memory is as before", k.snapshot() == before, true)
}

func TestMandate(t *testing.T) {
	each(t, "mandate.9000", func(k *kit) {
		k.ready().owner()
		k.mandated(k.is(k.send(wire.MandateCommand(0, grant(9, 1)))), grant(9, 1), 1)
		k.tap()
		k.equal("the next counter", k.challenge(0, order(5, 1)).Counter, uint32(2))
	})
	each(t, "mandate.effect.one-commit", func(k *kit) {
		k.ready().set(wire.RefillCommand(9)).owner()
		k.store.Inject(nil)
		k.is(k.send(wire.MandateCommand(0, grant(9, 1))))
		k.equal("the commits", k.store.Commits(), 1)
		m := k.memory()
		k.equal("the counter", m.Counter, uint32(1))
		k.equal("the signatures left", m.Left, uint32(8))
		k.equal("the log", len(k.log()), 1)
	})
	each(t, "mandate.effect.no-repeat", func(k *kit) {
		k.ready().owner()
		for counter := range uint32(3) {
			k.mandated(k.is(k.send(wire.MandateCommand(0, grant(9, 1)))), grant(9, 1), counter+1)
		}
	})
	each(t, "mandate.effect.log", func(k *kit) {
		k.ready().owner()
		k.is(k.send(wire.MandateCommand(0, grant(9, 1))))
		k.ok(k.buy(5))
		log, g := k.log(), grant(9, 1)
		k.equal("the payment", log[0].Flags, byte(wire.LogApproved))
		k.equal("the mandate", log[1], wire.Entry{Counter: 1, Flags: wire.LogMandate, Merchant: g.Payee, Amount: g.Cap,
			Anchor: g.Anchor, Offer: g.Terms(), Digest: wire.Mandate{Purse: thePurse, Grant: g, Counter: 1}.Digest()})
	})
	each(t, "mandate.6a80", func(k *kit) {
		k.ready().owner()
		for _, change := range []func(g *wire.Grant){func(g *wire.Grant) { g.Cap = 0 }, func(g *wire.Grant) { g.Period = 0 },
			func(g *wire.Grant) { g.Payee = wire.Address{} }, func(g *wire.Grant) { g.Payee = k.info.Address },
			func(g *wire.Grant) { g.Anchor++ }} {
			g := grant(9, 1)
			change(&g)
			k.refused(wire.MandateCommand(0, g))
		}
		k.refused(raw(wire.InsMandate, 0, 0, grant(9, 1).Append(nil)[:99]...))
		k.refused(raw(wire.InsMandate, 0, 0))
	})
	each(t, "mandate.6a88", func(k *kit) {
		k.ready().owner()
		for _, n := range []byte{1, 3, 4, 255} {
			k.refused(wire.MandateCommand(n, grant(9, 1)))
		}
	})
}

func TestTheGuardsOfAMandate(t *testing.T) {
	each(t, "mandate.9801", func(k *kit) {
		k.ready().set(wire.SwitchCommand(false)).owner()
		k.refused(wire.MandateCommand(0, grant(9, 1)))
		k.ok(k.send(wire.SwitchCommand(true)))
		k.inputs.on = false
		k.refused(wire.MandateCommand(0, grant(9, 1)))
	})
	each(t, "mandate.9803", func(k *kit) {
		k.ready().set(wire.RefillCommand(1)).owner()
		k.ok(k.send(wire.MandateCommand(0, grant(9, 1))))
		k.refused(wire.MandateCommand(0, grant(9, 2)))
		k.ok(k.send(wire.RefillCommand(1)))
		k.ok(k.send(wire.MandateCommand(0, grant(9, 2))))
	})
	each(t, "mandate.9813", func(k *kit) {
		k.ready()
		edit(k, func(s map[string]any) { s["Counter"] = 0xFFFFFFFE })
		k.owner()
		k.mandated(k.ok(k.send(wire.MandateCommand(0, grant(9, 1)))), grant(9, 1), 0xFFFFFFFF)
		k.refused(wire.MandateCommand(0, grant(9, 2)))
	})
	each(t, "mandate.effect.unguarded", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Single, p.Velocity, p.Touch = 5, 5, wire.TouchOnly })
		all := wire.Guards{Flags: 0x1F, Hourly: 0, Gap: 0xFFFF, Window: 24}
		k.set(wire.SetGuardsCommand(all)).owner()
		for range 2 { // in one power-up
			k.is(k.send(wire.MandateCommand(0, grant(wire.NoLimit, 1))))
		}
		status, profile := k.status(), k.profileStatus(0)
		k.equal("the hour", status.Hour, byte(0))
		k.equal("the currency", status.Spent, uint64(0))
		k.equal("the velocity", profile.Spent, uint64(0))
		k.equal("the offline allowance", profile.OfflineCount, uint16(0))
		k.equal("what the display showed", len(k.shown), 0)
	})
}

func TestAPaymentBesideAMandate(t *testing.T) {
	each(t, "mandate.effect.repeat-kept", func(k *kit) {
		k.ready()
		first := k.challenge(0, order(5, 1))
		k.ok(k.pay(first, approve(first, approver, k.terms())))
		k.owner()
		k.ok(k.send(wire.MandateCommand(0, grant(9, 1))))
		k.tap()
		again := k.challenge(0, order(5, 1))
		k.equal("the flags", again.Flags, byte(wire.Repeat))
		k.equal("the counter", k.signed(k.is(k.pay(again, wire.Approval{})), first.token.Digest, k.info.Address).Counter, uint32(1))
	})
	each(t, "mandate.effect.challenge", func(k *kit) {
		k.ready().owner()
		a := k.challenge(0, order(5, 1)) // in the same power-up as the owner's channel
		k.ok(k.send(wire.MandateCommand(0, grant(9, 1))))
		k.is(k.pay(a, approve(a, approver, k.terms())))
	})
}

// The counter of a mandate that was cut off before its commit is free, and the one of a mandate that was cut off after
// it is taken although nobody has seen the signature.
func TestALostMandateTakesItsCounterWithIt(t *testing.T) {
	for fault, next := range map[softcard.Fault]uint32{softcard.CutBefore: 1, softcard.CutAfter: 2} {
		k := newKit(t)
		k.ready().owner()
		k.store.Inject(softcard.CutAt(1, fault))
		if _, err := k.try(wrapped(wire.MandateCommand(0, grant(9, 1)))(k)); !errors.Is(err, softcard.ErrNoPower) {
			t.Fatal(err)
		}
		k.store.Inject(nil)
		k.tap()
		k.owner()
		k.mandated(k.ok(k.send(wire.MandateCommand(0, grant(9, 1)))), grant(9, 1), next)
		k.equal("the log", len(k.log()), int(next))
	}
}
