package applet_test

import (
	"bytes"
	"slices"
	"testing"

	"tapcard.example/iso7816"
	keycard "tapcard.example/keycard/applet"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

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
