package applet_test

import (
	"testing"
)

func TestApplicationStatus(t *testing.T) {
	each(t, "status.9000.app", func(k *kit) {
		k.equal("the status", k.is(k.opened().send(0xF2, 0, 0)).Data, []byte{0xA3, 9, 2, 1, 3, 2, 1, 5, 1, 1, 0})
		k.verify().load()
		k.equal("the status", k.is(k.send(0xF2, 0, 0)).Data, []byte{0xA3, 9, 2, 1, 3, 2, 1, 5, 1, 1, 0xFF})
	})
	each(t, "status.effect.wrong-length", func(k *kit) {
		k.equal("the status", k.is(k.opened().send(0xF2, 0, 0)).Data, []byte{0xA3, 12, 2, 1, 3, 2, 1, 5, 1, 1, 0})
	})
	each(t, "status.effect.tries", func(k *kit) {
		k.opened().triesAre(3, 5)
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C2)
		k.triesAre(2, 5)
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C1)
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C0)
		k.triesAre(0, 5)
		k.answers(k.send(0x22, 0, 0, initData(wrongPUK, thePIN)...), 0x63C4)
		k.triesAre(0, 4)
		k.ok(k.send(0x22, 0, 0, initData(thePUK, thePIN)...))
		k.is(k.send(0xF2, 0, 0))
		k.triesAre(3, 5)
	})
	each(t, "status.effect.key", func(k *kit) {
		k.verified()
		for _, step := range []struct {
			do  func()
			key bool
		}{{func() {}, false}, {func() { k.load() }, true}, {func() { k.ok(k.send(0xD3, 0, 0)) }, false}} {
			step.do()
			k.is(k.send(0xF2, 0, 0))
			if _, _, key := k.status(); key != step.key {
				k.Errorf("key: %v, not %v", key, step.key)
			}
		}
	})
	each(t, "status.9000.no-pin", func(k *kit) {
		k.is(k.opened().send(0xF2, 0, 0))
		k.is(k.send(0xF2, 1, 0))
	})
}

func TestPathStatus(t *testing.T) {
	each(t, "status.9000.path", func(k *kit) {
		k.ready().derive(hard+44, 60, hard, 0xFFFFFFFF)
		k.equal("the path", k.is(k.send(0xF2, 1, 0)).Data, path(hard+44, 60, hard, 0xFFFFFFFF))
	})
	each(t, "status.9000.path-empty", func(k *kit) {
		k.equal("the path", k.is(k.opened().send(0xF2, 1, 0)).Data, []byte{})
		k.verify().load()
		k.equal("the path", k.is(k.send(0xF2, 1, 0)).Data, []byte{})
		k.derive(1).derive()
		k.equal("the path", k.is(k.send(0xF2, 1, 0)).Data, []byte{})
	})
}

func TestStatusRefuses(t *testing.T) {
	each(t, "status.6a86.p1", func(k *kit) {
		k.opened()
		for _, p1 := range []byte{2, 3, 0x80, 0xFF} {
			k.is(k.send(0xF2, p1, 0))
		}
	})
	each(t, "status.6985.no-channel", func(k *kit) {
		k.is(k.paired().bare(0xF2, 0, 0))
		k.is(k.bare(0xF2, 1, 0))
	})
}
