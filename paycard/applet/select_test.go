package applet_test

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
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
