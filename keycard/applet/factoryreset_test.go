package applet_test

import (
	"bytes"
	"testing"

	"tapcard.example/iso7816"
)

func TestFactoryReset(t *testing.T) {
	each(t, "reset.9000", func(k *kit) {
		k.ready().sel()
		k.is(k.bare(0xFD, 0xAA, 0x55))
		if i := k.sel(); len(i.template) != 67 {
			k.Errorf("SELECT answers %X", i.template)
		}
		k.answers(k.bare(0xF2, 0, 0), iso7816.InsNotSupported)
	})
	each(t, "reset.effect.erases", func(k *kit) {
		before := k.ready().sel()
		k.open().verify()
		k.ok(k.send(0xE2, 0, 0, 'h', 'i'))
		k.ok(k.send(0xE2, 1, 0, someNDEF...))
		k.ok(k.derive(1).send(0xC1, 0, 0, path(2)...))
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C2)
		k.is(k.bare(0xFD, 0xAA, 0x55))
		after := k.init().sel()
		if bytes.Equal(after.uid, before.uid) || bytes.Equal(after.pub, before.pub) {
			k.Error("the UID or the channel key is the old one")
		}
		if len(after.keyUID) != 0 || after.slots != 100 {
			k.Errorf("key UID %X and %d free slots", after.keyUID, after.slots)
		}
		k.answers(k.openBare(), iso7816.WrongP1P2)
		k.equal("the public data", k.ok(k.bare(0xCA, 0, 0)).Data, []byte{})
		k.answers(k.bare(0xC0, 3, 0, theHash...), iso7816.ReferenceNotFound)
		k.paired2().open().triesAre(3, 5)
		k.pathIs()
		if bytes.Contains(k.snapshot(), []byte("aGk=")) { // "hi", as the store would keep it
			k.Error("the data is still in memory")
		}
	})
	each(t, "reset.9000.channel-open", func(k *kit) {
		k.is(k.verified().bare(0xFD, 0xAA, 0x55))
		k.init()
	})
	each(t, "reset.6a86.magic", func(k *kit) {
		k.ready().sel()
		for _, p := range [][2]byte{{0, 0}, {0xAA, 0}, {0, 0x55}, {0x55, 0xAA}, {0xAA, 0x54}} {
			k.is(k.bare(0xFD, p[0], p[1]))
		}
		k.open().verify().signs()
	})
	each(t, "reset.6d00.before-init", func(k *kit) {
		k.sel()
		k.is(k.bare(0xFD, 0xAA, 0x55))
	})
}
