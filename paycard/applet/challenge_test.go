package applet_test

import (
	"bytes"
	"testing"

	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

func TestChallenge(t *testing.T) {
	each(t, "challenge.9000", func(k *kit) {
		k.ready()
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
		a, b := k.challenge(0, order(5, 1)), k.challenge(0, order(5, 1))
		k.equal("the counter", a.Counter, uint32(1))
		k.equal("the flags", a.Flags, byte(wire.NeedsApproval))
		k.equal("that challenges are equal", a.Challenge.Challenge == b.Challenge.Challenge, false)
		k.ok(k.pay(b, approve(b, approver, k.terms())))
		k.guards(func(g *wire.Guards) { g.Flags, g.Currency = wire.WantTime|wire.WantFinger, 5 })
		c := k.challenge(0, order(5, 2))
		k.equal("the counter", c.Counter, uint32(2))
		k.equal("the flags", c.Flags, byte(wire.NeedsApproval|wire.NeedsTime|wire.NeedsRate|wire.NeedsOwner))
	})
	each(t, "challenge.effect.mac", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Velocity, p.OfflineCount = 100, 3 })
		k.guards(func(g *wire.Guards) { g.Hourly = 4 }).set(wire.RefillCommand(9))
		k.ok(k.buy(30))
		k.tap()
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 99))))
		a := k.challenge(0, order(5, 99))
		left, err := a.Open(secret.Copy(macKey), k.info.Address, a.token.Digest)
		k.equal("the error", err, nil)
		k.equal("what is left", left, wire.Allowances{Signatures: 8, Offline: 3, Hour: 3, Velocity: 70})
		for name, change := range map[string]func(c *wire.Challenge, card *wire.Address, digest *[32]byte){
			"challenge":  func(c *wire.Challenge, _ *wire.Address, _ *[32]byte) { c.Challenge[0] ^= 1 },
			"counter":    func(c *wire.Challenge, _ *wire.Address, _ *[32]byte) { c.Counter++ },
			"flags":      func(c *wire.Challenge, _ *wire.Address, _ *[32]byte) { c.Flags ^= 1 },
			"profile":    func(c *wire.Challenge, _ *wire.Address, _ *[32]byte) { c.Profile++ },
			"allowances": func(c *wire.Challenge, _ *wire.Address, _ *[32]byte) { c.Sealed[15] ^= 1 },
			"MAC":        func(c *wire.Challenge, _ *wire.Address, _ *[32]byte) { c.MAC[31] ^= 1 },
			"card":       func(_ *wire.Challenge, card *wire.Address, _ *[32]byte) { card[0] ^= 1 },
			"digest":     func(_ *wire.Challenge, _ *wire.Address, digest *[32]byte) { digest[0] ^= 1 },
		} {
			c, card, digest := a.Challenge, k.info.Address, a.token.Digest
			change(&c, &card, &digest)
			if _, err := c.Open(secret.Copy(macKey), card, digest); err == nil {
				k.Errorf("another %s passes", name)
			}
		}
	})
	each(t, "challenge.effect.sealed", func(k *kit) {
		k.ready()
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
		first, second := k.challenge(0, order(5, 1)), k.challenge(0, order(5, 1))
		if first.Sealed == second.Sealed {
			k.Error("the same allowances look the same")
		}
	})
	each(t, "challenge.effect.no-service", func(k *kit) {
		k.ready().set(wire.RemoveServiceCommand())
		r := k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
		k.equal("allowances and MAC", bytes.Equal(r.Data[22:], make([]byte, 48)), true)
	})
	each(t, "challenge.effect.nothing-stored", func(k *kit) {
		k.ready()
		k.store.Inject(nil)
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
		k.equal("the commits", k.store.Commits(), 0)
	})
	each(t, "challenge.6a80", func(k *kit) {
		k.ready()
		noMerchant, self, anchor := order(5, 1), order(5, 1), order(5, 1)
		noMerchant.Merchant, self.Merchant, anchor.Anchor = wire.Address{}, k.info.Address, 8004
		for _, o := range []wire.Order{order(0, 1), noMerchant, self, anchor} {
			k.is(k.bare(wire.ChallengeCommand(0, o)))
		}
		k.is(k.bare(raw(wire.InsChallenge, 0, 0, order(5, 1).Append(nil)[:99]...)))
	})
	each(t, "challenge.6a88", func(k *kit) { k.ready(); k.is(k.bare(wire.ChallengeCommand(1, order(5, 1)))) })
	each(t, "challenge.6a86", func(k *kit) {
		k.ready()
		k.is(k.bare(wire.ChallengeCommand(4, order(5, 1))))
		k.is(k.bare(raw(wire.InsChallenge, 0, 2, order(5, 1).Append(nil)...)))
		k.is(k.bare(raw(wire.InsChallenge, 1, 1, theHash...)))
	})
	each(t, "challenge.9801", func(k *kit) {
		k.ready().set(wire.SwitchCommand(false))
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
		k.set(wire.SwitchCommand(true))
		k.inputs.on = false
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
		k.inputs.on = true
		k.ok(k.buy(5))
	})
	each(t, "challenge.9802", func(k *kit) {
		k.ready()
		k.ok(k.buy(5))
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 88))))
		k.sel()
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 88))))
		k.ok(k.buy(5))
		k.guards(func(g *wire.Guards) { g.Flags = wire.WantApproval })
		k.ok(k.buy(5))
		k.ok(k.bare(wire.ChallengeCommand(0, order(5, 89))))
	})
	each(t, "challenge.9803", func(k *kit) { k.ready().set(wire.RefillCommand(0)); k.is(k.buy(5)) })
	each(t, "challenge.9805", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Single = 50 })
		k.ok(k.buy(50))
		k.is(k.buy(51))
	})
	each(t, "challenge.9812", func(k *kit) { k.ready(); k.is(k.bare(wire.ChallengeHashCommand([32]byte(theHash)))) })
	each(t, "challenge.9813", func(k *kit) {
		k.ready()
		edit(k, func(s map[string]any) { s["Counter"] = 0xFFFFFFFE })
		k.ok(k.buy(5))
		k.is(k.buy(5))
	})
}

func TestTouch(t *testing.T) {
	// Profile 0 pays 50, and 500 while the button is touched.
	touchy := func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Single, p.Touch = 50, 1 })
		k.profile(1, thePurse, func(p *wire.Profile) { p.Single, p.Touch = 500, wire.TouchOnly })
	}
	each(t, "challenge.980f", func(k *kit) {
		touchy(k)
		k.is(k.bare(wire.ChallengeCommand(1, order(5, 1))))
		k.inputs.touch = true
		k.ok(k.bare(wire.ChallengeCommand(1, order(5, 1))))
	})
	each(t, "challenge.effect.touch", func(k *kit) {
		touchy(k)
		k.equal("untouched", k.buy(500).SW, wire.RefusedSingle.SW())
		k.inputs.touch = true
		k.is(k.bare(wire.ChallengeCommand(0, order(500, 1))))
		a := k.challenge(0, order(500, 1))
		k.equal("the profile", a.Profile, byte(1))
		k.inputs.touch = false // letting go between the two commands is fine
		k.ok(k.pay(a, approve(a, approver, k.terms())))
		k.tap()
		k.equal("asked again", k.challenge(0, order(500, 1)).Flags, byte(wire.Repeat))
	})
	each(t, "challenge.6985.touch-target", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Touch = 2 })
		k.inputs.touch = true
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
		k.profile(2, other, func(*wire.Profile) {})
		k.is(k.bare(wire.ChallengeCommand(0, order(5, 1))))
		k.profile(2, thePurse, func(*wire.Profile) {})
		k.ok(k.bare(wire.ChallengeCommand(0, order(5, 1))))
	})
}
