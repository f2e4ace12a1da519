package applet_test

import (
	"bytes"
	"testing"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

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
