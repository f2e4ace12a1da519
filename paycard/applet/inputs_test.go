package applet_test

import (
	"testing"

	"tapcard.example/paycard/wire"
)

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
