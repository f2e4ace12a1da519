package applet_test

import (
	"strings"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

func TestOnlyTheOwnerSets(t *testing.T) {
	for name, cmd := range map[string]iso7816.Command{
		"guards": wire.SetGuardsCommand(wire.DefaultGuards()), "profile": wire.SetProfileCommand(1, open(other)),
		"refill": wire.RefillCommand(9), "service": wire.SetServiceCommand(service(approver2)),
		"time": wire.SetTimeCommand(nil), "switch": wire.SwitchCommand(false), "bind": wire.BindCommand(0, addr(9)),
		"log": wire.ReadLogCommand(0), "mandate": wire.MandateCommand(0, grant(9, 1)),
	} {
		each(t, name+".6985.no-pin", func(k *kit) {
			k.ready().opened()
			before := k.snapshot()
			k.is(k.send(cmd))
			k.equal("the memory", k.snapshot() == before, true)
		})
		each(t, name+".6985.no-channel", func(k *kit) {
			k.ready()
			before := k.snapshot()
			k.is(k.bare(cmd))
			k.equal("the memory", k.snapshot() == before, true)
		})
	}
}

func TestSetGuardsAndProfiles(t *testing.T) {
	good := wire.DefaultGuards()
	each(t, "guards.6a80", func(k *kit) {
		k.init().owner()
		for _, g := range []wire.Guards{{Flags: 0x40, Window: 24}, {Hourly: 33, Window: 24}, {Window: 23},
			{Window: 31*86400 + 1}} {
			k.is(k.send(wire.SetGuardsCommand(g)))
		}
		k.is(k.send(raw(wire.InsSetGuards, 0, 0, good.Append(nil)[:15]...)))
		k.ok(k.send(wire.SetGuardsCommand(wire.Guards{Hourly: 32, Window: 31 * 86400})))
	})
	each(t, "guards.6a81.hardware", func(k *kit) {
		k.insert(softcard.NewStore(), applet.Inputs{})
		k.init().owner()
		for _, flag := range []byte{wire.WantDisplay, wire.WantFinger} {
			g := good
			g.Flags |= flag
			k.is(k.send(wire.SetGuardsCommand(g)))
		}
	})
	each(t, "guards.effect.window", func(k *kit) {
		k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Velocity = 100 })
		k.ok(k.buy(90))
		for _, w := range []uint32{3600, 86400 * 7, 24} {
			k.guards(func(g *wire.Guards) { g.Window, g.Gap = w, 0 })
			k.now -= 60
			k.is(k.buy(11))
		}
		k.now -= 60
		k.ok(k.buy(10)) // and counts nothing twice
	})
	each(t, "profile.9000", func(k *kit) {
		k.ready().owner()
		k.is(k.send(wire.SetProfileCommand(3, open(other))))
		k.equal("profile 3", k.profileStatus(3).Profile, open(other))
		k.is(k.send(wire.SetProfileCommand(3, open(thePurse))))
		k.equal("profile 3", k.profileStatus(3).Profile, open(thePurse))
		k.is(k.send(wire.DeleteProfileCommand(3)))
		k.equal("the hint", k.sel().Hints[3], [4]byte{})
	})
	each(t, "profile.6a80", func(k *kit) {
		k.init().owner()
		p := open(thePurse).Append(nil)
		k.is(k.send(raw(wire.InsSetProfile, 0, 0, p[:82]...)))
		for _, bad := range []wire.Profile{open(wire.Purse{Vault: addr(1), Token: addr(1)}),
			open(wire.Purse{Chain: 1, Token: addr(1)}), open(wire.Purse{Chain: 1, Vault: addr(1)}),
			{Purse: thePurse, Touch: 4}, {Purse: thePurse, Touch: 0xFD}} {
			k.is(k.send(wire.SetProfileCommand(0, bad)))
		}
	})
	each(t, "profile.6a86", func(k *kit) { k.init().owner(); k.is(k.send(wire.SetProfileCommand(4, open(thePurse)))) })
	each(t, "profile.effect.offline-kept", func(k *kit) {
		once := func(p *wire.Profile) { p.OfflineCount, p.OfflineSum, p.OfflineSingle = 1, 10, 10 }
		k.ready().profile(0, thePurse, once)
		k.ok(k.offline(5))
		k.profile(0, thePurse, once)
		k.is(k.offline(5))
	})
	each(t, "profile.effect.spent-kept", func(k *kit) {
		limited := func(p *wire.Profile) { p.Velocity = 100 }
		k.ready().profile(0, thePurse, limited)
		k.ok(k.buy(90))
		k.profile(0, other, limited).profile(0, thePurse, limited)
		k.is(k.buy(11))
		k.ok(k.buy(10))
	})
	each(t, "profile.6a84", func(k *kit) {
		k.ready()
		next := thePurse
		for next.Chain = 1; next.Chain <= 8; next.Chain++ {
			k.profile(0, next, func(*wire.Profile) {})
			k.ok(k.buyOf(next, 0, 1, k.terms()))
		}
		k.owner()
		k.is(k.send(wire.SetProfileCommand(1, open(next))))
		k.now += 2 * 86400
		next.Chain--
		k.ok(k.buyOf(next, 0, 1, k.terms()))
		next.Chain = 9
		k.profile(1, next, func(*wire.Profile) {})
	})
	each(t, "refill.6a80", func(k *kit) { k.init().owner(); k.is(k.send(raw(wire.InsRefill, 0, 0, 0, 0, 1))) })
	each(t, "switch.6a86", func(k *kit) { k.init().owner(); k.is(k.send(raw(wire.InsSwitch, 2, 0))) })
}

func TestSetService(t *testing.T) {
	each(t, "service.6a80", func(k *kit) {
		k.init().owner()
		noPoint := service(approver)
		noPoint.Keys[0][0] = 5
		for _, s := range []wire.Service{
			{Keys: service(approver).Keys, MAC: secret.Copy(macKey)},
			{URL: strings.Repeat("u", 101), Keys: service(approver).Keys, MAC: secret.Copy(macKey)},
			{URL: "a b", Keys: service(approver).Keys, MAC: secret.Copy(macKey)},
			service(), service(approver, approver2, authority), service(approver, approver), noPoint,
			{URL: theURL, Keys: service(approver).Keys},
			{URL: theURL, Keys: service(approver).Keys, MAC: secret.Copy(macKey[1:])},
		} {
			k.is(k.send(wire.SetServiceCommand(s)))
		}
	})
	each(t, "service.9000.remove", func(k *kit) {
		k.ready().owner()
		k.is(k.send(wire.RemoveServiceCommand()))
		k.tap()
		k.equal("the URL", k.info.URL, "")
		k.equal("the flags", k.challenge(0, order(1, 1)).Flags, byte(wire.NeedsApproval|wire.NoService))
	})
	each(t, "service.effect.move", func(k *kit) {
		k.ready()
		next := service(approver2)
		next.URL, next.MAC = "https://other.example", secret.Copy(theHash)
		k.store.Inject(nil)
		k.set(wire.SetServiceCommand(next))
		k.equal("commits, two of them for the PIN", k.store.Commits(), 3)
		k.equal("the URL", k.info.URL, next.URL)
		k.is(k.buy(1))
		k.tap()
		a := k.challenge(0, order(1, 9))
		if _, err := a.Open(next.MAC, k.info.Address, a.token.Digest); err != nil {
			k.Error(err)
		}
		k.ok(k.pay(a, approve(a, approver2, k.terms())))
	})
	each(t, "time.6a80", func(k *kit) {
		k.init().owner()
		k.is(k.send(wire.SetTimeCommand(service(approver, approver2, authority).Keys)))
		k.is(k.send(wire.SetTimeCommand([]wire.PublicKey{{}})))
	})
}

func TestBindAndStatus(t *testing.T) {
	each(t, "bind.9000", func(k *kit) {
		k.ready().owner()
		r := k.is(k.send(wire.BindCommand(0, addr(9))))
		s, err := wire.ParseSignature(r.Data)
		if err != nil {
			k.Fatal(err)
		}
		got, err := s.Recover(wire.BindDigest(thePurse, k.info.Address, addr(9)))
		k.equal("the signer", got, k.info.Address)
		k.equal("the error", err, nil)
	})
	each(t, "bind.6a88", func(k *kit) { k.ready().owner(); k.is(k.send(wire.BindCommand(1, addr(9)))) })
	each(t, "bind.6a80", func(k *kit) {
		k.ready().owner()
		k.is(k.send(wire.BindCommand(0, wire.Address{})))
		k.is(k.send(raw(wire.InsBind, 0, 0, 1)))
	})
	each(t, "bind.effect.unguarded", func(k *kit) {
		k.ready().set(wire.RefillCommand(0)).owner()
		k.is(k.send(wire.BindCommand(0, addr(9))))
		k.equal("the log", len(k.log()), 0)
	})
	each(t, "status.6985.no-pin", func(k *kit) {
		k.ready().opened()
		for _, p1 := range []byte{0x01, 0x10, 0x20, 0x21, 0x33} {
			k.is(k.send(wire.StatusCommand(p1)))
		}
	})
	each(t, "status.9000.tries", func(k *kit) {
		k.init().opened()
		got, err := wire.ParseTries(k.is(k.send(wire.StatusCommand(0))).Data)
		k.equal("the tries", got, wire.Tries{PIN: 3, PUK: 5})
		k.equal("the error", err, nil)
	})
	each(t, "status.6a86", func(k *kit) {
		k.init().owner()
		for _, p1 := range []byte{0x02, 0x14, 0x22, 0xFF} {
			k.is(k.send(wire.StatusCommand(p1)))
		}
	})
	each(t, "status.6a88", func(k *kit) { k.init().owner(); k.is(k.send(wire.StatusCommand(0x10))) })
	each(t, "status.effect.no-mac-key", func(k *kit) {
		k.ready().owner()
		r := k.is(k.send(wire.StatusCommand(wire.StatusService)))
		s, rest, err := wire.ParseServicePublic(r.Data)
		k.equal("the rest", len(rest), 0)
		k.equal("the URL", s.URL, theURL)
		k.equal("the error", err, nil)
		k.equal("the authorities", len(k.ok(k.send(wire.StatusCommand(wire.StatusTime))).Data), 66)
	})
}
