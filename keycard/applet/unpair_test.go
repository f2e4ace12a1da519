package applet_test

import (
	"testing"

	"tapcard.example/iso7816"
)

func TestUnpairFreesASlot(t *testing.T) {
	each(t, "unpair.9000", func(k *kit) {
		k.paired()
		free := k.sel().slots
		k.paired2().open().verify()
		k.is(k.send(0x13, 0, 0))
		if n := k.sel().slots; n != free {
			k.Errorf("%d free slots", n)
		}
		k.slot = 0
		k.answers(k.openBare(), iso7816.WrongP1P2)
	})
	each(t, "unpair.9000.free", func(k *kit) {
		k.verified()
		k.is(k.send(0x13, 3, 0))
		k.is(k.send(0x13, 3, 0))
		k.reopen()
	})
	each(t, "unpair.effect.own", func(k *kit) {
		k.verified()
		k.is(k.send(0x13, k.slot, 0))
		k.sel()
		k.answers(k.openBare(), iso7816.WrongP1P2)
	})
}

func TestUnpairRefuses(t *testing.T) {
	each(t, "unpair.6985.no-channel", func(k *kit) { k.is(k.paired().bare(0x13, 0, 0)) })
	each(t, "unpair.6985.no-pin", func(k *kit) {
		k.is(k.opened().send(0x13, 0, 0))
		k.reopen()
	})
	each(t, "unpair.6a86.range", func(k *kit) {
		k.verified()
		for _, slot := range []byte{100, 0x7F} {
			k.is(k.send(0x13, slot, 0))
		}
		if k.profile != "3.1" {
			k.is(k.send(0x13, 5, 0))
		}
		k.reopen()
	})
	each(t, "unpair.6f00.signed", func(k *kit) {
		k.verified()
		k.is(k.send(0x13, 0x80, 0))
		k.is(k.send(0x13, 0xFF, 0))
		k.reopen()
	})
}
