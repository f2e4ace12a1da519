package applet_test

import (
	"testing"

	"tapcard.example/paycard/wire"
)

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
