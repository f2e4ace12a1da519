package applet_test

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	keycard "tapcard.example/keycard/applet"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

func TestEveryCommand(t *testing.T) {
	each(t, "apdu.6d00.unknown", func(k *kit) { k.is(k.init().bare(raw(0x51, 0, 0))) })
	each(t, "apdu.6d00.before-init", func(k *kit) {
		k.sel()
		for _, c := range wire.Commands() {
			if c.INS != channel.InsInit {
				k.is(k.bare(raw(c.INS, 0, 0, 1)))
			}
		}
	})
	each(t, "apdu.6700.extended", func(k *kit) { k.is(k.init().bare(raw(wire.InsPay, 0, 0, make([]byte, 256)...))) })
	each(t, "apdu.effect.under-255", func(k *kit) {
		long := 0
		k.card.Record(func(c iso7816.Command, r iso7816.Response) {
			if b, _ := c.Bytes(); c.INS != channel.InsOpen {
				long = max(long, len(b), len(r.Bytes()))
			}
		})
		k.ready()
		s := service(approver, approver2)
		s.URL = "https://" + strings.Repeat("u", wire.MaxURL-8)
		k.guards(func(g *wire.Guards) { g.Flags |= wire.WantTime }).owner()
		k.ok(k.send(wire.SetServiceCommand(s)))
		long = 0
		k.tap()
		a := k.challenge(0, order(5, 1))
		k.is(k.pay(a, both(a, approve(a, approver, k.terms()), authority)))
		if long >= 255 || long < 200 {
			k.Errorf("the longest has %d bytes", long)
		}
	})
}

func TestSelect(t *testing.T) {
	each(t, "select.effect.blank", func(k *kit) {
		r := k.is(k.bare(wire.SelectCommand()))
		i := k.sel()
		k.equal("its length", len(r.Data), 2+18+67+4)
		k.equal("the version", i.Version, uint16(0x0100))
		k.equal("that it is initialised", i.Initialized, false)
	})
	each(t, "select.effect.info", func(k *kit) {
		k.is(k.ready().bare(wire.SelectCommand()))
		i := k.sel()
		k.equal("the URL", i.URL, theURL)
		k.equal("the free slots", i.FreeSlots, 4)
		k.equal("the capabilities", i.Capabilities, wire.CanDisplay|wire.CanFingerprint|wire.CanTouch|wire.CanSwitch)
		k.set(wire.SwitchCommand(false), wire.SetGuardsCommand(wire.Guards{Flags: wire.BlindSigning, Window: 24}))
		k.equal("the settings", k.info.Capabilities&^0xF, wire.BlindOn|wire.SwitchedOff)
	})
	each(t, "select.effect.no-balance", func(k *kit) {
		before := k.is(k.ready().bare(wire.SelectCommand())).Data
		k.ok(k.buy(77))
		if !bytes.Equal(before, k.bare(wire.SelectCommand()).Data) {
			k.Error("SELECT shows that something was paid")
		}
	})
	each(t, "select.effect.hints", func(k *kit) {
		sum := sha256.Sum256(thePurse.Append(nil))
		k.is(k.ready().bare(wire.SelectCommand()))
		k.equal("the hints", k.sel().Hints, [4][4]byte{[4]byte(sum[:])})
	})
}

func TestInit(t *testing.T) {
	each(t, "init.9000", func(k *kit) { k.sel(); k.is(k.bare(channel.InitCommand(k.seal(initPayload)))) })
	each(t, "init.6d00.twice", func(k *kit) { k.init(); k.is(k.bare(channel.InitCommand(k.seal(initPayload)))) })
	each(t, "init.6a80.payload", func(k *kit) {
		k.sel()
		letters := bytes.Clone(initPayload)
		letters[3] = 'x'
		for _, p := range [][]byte{nil, initPayload[:49], append(bytes.Clone(initPayload), 3, 5), letters} {
			k.is(k.bare(channel.InitCommand(k.seal(p))))
		}
		k.is(k.bare(channel.InitCommand(nil)))
		k.ok(k.bare(channel.InitCommand(k.seal(initPayload))))
	})
	each(t, "init.effect.key", func(k *kit) {
		k.sel()
		k.is(k.bare(channel.InitCommand(k.seal(initPayload))))
		first := k.sel().Address
		another := &kit{TB: named{k.TB, "another"}}
		another.insert(softcard.NewStore(), applet.Inputs{})
		if another.init().info.Address == first || first == (wire.Address{}) {
			k.Error("two cards have one key")
		}
	})
	each(t, "init.effect.own-keys", func(k *kit) {
		k.ready().guards(func(g *wire.Guards) { g.Flags |= wire.BlindSigning })
		blind := k.status().Blind
		k.tap()
		a := k.challengeHash(theHash)
		k.signed(k.is(k.pay(a, approve(a, approver, k.terms()))), [32]byte(theHash), blind)
		pub, err := channel.ParsePublicKey(k.info.ChannelKey[:])
		if err != nil || blind == k.info.Address || wire.AddressOf(pub) == k.info.Address {
			k.Error("keys are shared", err)
		}
	})
	each(t, "init.effect.defaults", func(k *kit) {
		k.init()
		s := k.status()
		k.is(k.send(wire.StatusCommand(wire.StatusCard)))
		k.equal("the guards", s.Guards, wire.Guards{Flags: wire.OncePerPower | wire.WantApproval, Hourly: 0xFF, Gap: 60,
			Window: 86400, Currency: wire.NoLimit})
		k.equal("the signatures left", s.Left, uint32(wire.NoCounterLimit))
		k.equal("the switch", s.On, true)
	})
}

// named gives a test another name, and so another card.
type named struct {
	testing.TB
	name string
}

func (n named) Name() string { return n.name }

func TestPairAndOpen(t *testing.T) {
	each(t, "pair.9000", func(k *kit) { k.init(); k.is(k.pair(theToken)); k.equal("the slot", k.slot, byte(1)) })
	each(t, "pair.6982.secret", func(k *kit) { k.init(); k.is(k.pair(macKey)) })
	each(t, "pair.6a84.full", func(k *kit) {
		k.init()
		for range 4 {
			k.ok(k.pair(theToken))
		}
		k.is(k.pair(theToken))
	})
	each(t, "pair.6985.in-channel", func(k *kit) { k.init().opened(); k.is(k.pair(theToken)) })
	each(t, "unpair.9000", func(k *kit) {
		k.init().owner()
		k.is(k.send(channel.UnpairCommand(0)))
		k.equal("the free slots", k.sel().FreeSlots, 5)
	})
	each(t, "open.6a86.slot", func(k *kit) {
		k.init()
		for _, slot := range []byte{1, 5, 0x80, 0xFF} {
			k.is(k.bare(channel.OpenCommand(slot, k.info.ChannelKey)))
		}
	})
	each(t, "channel.6982.mac", func(k *kit) {
		k.init().owner()
		cmd, err := k.ch.WrapCommand(wire.RefillCommand(3))
		if err != nil {
			k.Fatal(err)
		}
		cmd.Data[0] ^= 1
		k.is(k.bare(cmd))
		k.equal("the next answer", k.bare(wire.RefillCommand(3)).SW, iso7816.ConditionsNotSatisfied)
	})
	each(t, "channel.effect.deselect", func(k *kit) {
		k.init().owner()
		cmd, err := k.ch.WrapCommand(wire.RefillCommand(3))
		if err != nil {
			k.Fatal(err)
		}
		k.sel()
		k.is(k.bare(cmd))
		k.opened()
		k.is(k.send(wire.RefillCommand(3)))
	})
}

func TestCodes(t *testing.T) {
	pin := func(code []byte) iso7816.Command { return raw(0x20, 0, 0, code...) }
	block := func(k *kit) {
		for range 3 {
			k.send(pin(wrongPIN))
		}
	}
	each(t, "pin.6985.no-channel", func(k *kit) {
		k.init()
		k.is(k.bare(pin(thePIN)))
		k.opened()
		k.equal("the tries", k.ok(k.send(wire.StatusCommand(0))).Data[0], byte(3))
	})
	each(t, "pin.9000", func(k *kit) { k.init().opened(); k.is(k.send(pin(thePIN))) })
	each(t, "pin.63c2.wrong", func(k *kit) {
		k.init().opened()
		var events []string
		k.store.Watch(func(e string) { events = append(events, e) })
		k.is(k.send(pin(wrongPIN)))
		if !slices.Equal(events, []string{"commit: take a PIN try", "compare PIN"}) {
			k.Error(events)
		}
	})
	each(t, "pin.63c0.blocked", func(k *kit) {
		k.init().opened()
		k.send(pin(wrongPIN))
		k.send(pin(wrongPIN))
		k.is(k.send(pin(wrongPIN)))
		k.is(k.send(pin(thePIN)))
	})
	each(t, "pin.6a80.format", func(k *kit) {
		k.init().opened()
		for _, bad := range []string{"", "31415", "3141592", "31415x"} {
			k.is(k.send(pin([]byte(bad))))
		}
		k.equal("the tries", k.ok(k.send(wire.StatusCommand(0))).Data[0], byte(3))
	})
	each(t, "pin.effect.own", func(k *kit) { besideKeycard(k); k.is(k.send(pin([]byte("111111")))) })
	each(t, "changepin.9000", func(k *kit) {
		k.init().owner()
		k.is(k.send(raw(0x21, 0, 0, wrongPIN...)))
		k.is(k.send(raw(0x21, 1, 0, []byte("000000000000")...)))
		k.is(k.send(raw(0x21, 2, 0, macKey...)))
		k.opened()
		k.ok(k.send(pin(wrongPIN)))
		k.sel()
		k.ok(k.pair(macKey))
	})
	each(t, "changepin.6a86", func(k *kit) { k.init().owner(); k.is(k.send(raw(0x21, 3, 0, thePIN...))) })
	each(t, "unblock.9000", func(k *kit) {
		k.init().opened()
		block(k)
		k.is(k.send(raw(0x22, 0, 0, append(bytes.Clone(thePUK), wrongPIN...)...)))
		k.opened()
		k.ok(k.send(pin(wrongPIN)))
	})
	each(t, "unblock.6985", func(k *kit) {
		k.init().opened()
		k.is(k.send(raw(0x22, 0, 0, append(bytes.Clone(thePUK), thePIN...)...)))
	})
	each(t, "unblock.63c4.wrong", func(k *kit) {
		k.init().opened()
		block(k)
		k.is(k.send(raw(0x22, 0, 0, []byte("000000000000000000")...)))
	})
}

// besideKeycard puts a Keycard with another PIN on the same card, and opens the pay card's channel.
func besideKeycard(k *kit) {
	store := softcard.NewStore()
	env := softcard.NewEnv(store)
	env.Rand = seeded("beside")
	pay, err := applet.New(applet.Options{Env: env})
	if err != nil {
		k.Fatal(err)
	}
	wallet, err := keycard.New(keycard.Options{Env: env})
	if err != nil {
		k.Fatal(err)
	}
	mux := softcard.NewMux()
	mux.Handle(channel.KeycardAID(1), wallet)
	mux.Handle(wire.AID(), pay)
	k.card, k.store = softcard.NewCard(keycard.ATR(), mux, store), store
	k.card.PowerOn()
	r := k.ok(k.bare(channel.SelectCommand(channel.KeycardAID(1))))
	info, err := channel.ParseApplicationInfo(r.Data)
	if err != nil {
		k.Fatal(err)
	}
	k.info.ChannelKey = [65]byte(info.PublicKey)
	payload := append([]byte("111111"), initPayload[6:]...)
	k.ok(k.bare(channel.InitCommand(k.seal(payload))))
	k.init().opened()
}

func TestFactoryReset(t *testing.T) {
	reset := channel.FactoryResetCommand()
	each(t, "reset.6985", func(k *kit) {
		k.ready()
		k.is(k.bare(reset))
		k.opened()
		k.is(k.send(reset))
		k.ok(k.buy(1))
	})
	each(t, "reset.9000", func(k *kit) {
		k.ready()
		before := k.info.Address
		k.ok(k.buy(1))
		k.owner()
		cmd, err := k.ch.WrapCommand(reset)
		if err != nil {
			k.Fatal(err)
		}
		k.is(k.bare(cmd))
		if k.sel().Initialized {
			k.Error("still initialised")
		}
		if k.init().info.Address == before || len(k.log()) != 0 {
			k.Error("something is left of the card before")
		}
	})
	each(t, "reset.9000.blocked", func(k *kit) {
		k.init().opened()
		for range 3 {
			k.send(raw(0x20, 0, 0, wrongPIN...))
		}
		for range 5 {
			k.equal("before", k.bare(raw(0xFD, 0xAA, 0x55)).SW.SW1(), byte(0x69))
			k.opened()
			k.send(raw(0x22, 0, 0, []byte("000000000000000000")...))
		}
		k.sel()
		k.is(k.bare(reset))
	})
	each(t, "reset.6a86", func(k *kit) { k.init().owner(); k.is(k.send(raw(0xFD, 0xAA, 0x54))) })
}

func TestOnlyTheOwnerSets(t *testing.T) {
	for name, cmd := range map[string]iso7816.Command{
		"guards": wire.SetGuardsCommand(wire.DefaultGuards()), "profile": wire.SetProfileCommand(1, open(other)),
		"refill": wire.RefillCommand(9), "service": wire.SetServiceCommand(service(approver2)),
		"time": wire.SetTimeCommand(nil), "switch": wire.SwitchCommand(false), "bind": wire.BindCommand(0, addr(9)),
		"log": wire.ReadLogCommand(0),
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
			{URL: theURL, Keys: service(approver).Keys}, {URL: theURL, Keys: service(approver).Keys, MAC: secret.Copy(macKey[1:])},
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
