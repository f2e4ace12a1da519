package applet_test

import (
	"testing"

	"tapcard.example/iso7816"
)

func TestUnblockPIN(t *testing.T) {
	other := []byte("161803")
	unblock := func(k *kit) iso7816.Response { return k.send(0x22, 0, 0, initData(thePUK, other)...) }
	each(t, "unblock.9000", func(k *kit) {
		k.is(unblock(k.opened().block()))
		k.reopen()
		k.answers(k.send(0x20, 0, 0, thePIN...), 0x63C2)
		k.ok(k.send(0x20, 0, 0, other...))
	})
	each(t, "unblock.effect.authenticated", func(k *kit) {
		k.is(unblock(k.opened().block()))
		k.ok(k.send(0xD4, 0, 0))
	})
	each(t, "unblock.effect.counters", func(k *kit) {
		k.opened().block()
		k.answers(k.send(0x22, 0, 0, initData(wrongPUK, other)...), 0x63C4)
		k.answers(k.send(0x22, 0, 0, initData(wrongPUK, other)...), 0x63C3)
		k.is(unblock(k))
		k.triesAre(3, 5)
	})
	each(t, "unblock.6985.not-blocked", func(k *kit) {
		k.is(unblock(k.opened()))
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C2)
		k.is(unblock(k))
		k.triesAre(2, 5)
		k.verify()
		k.is(unblock(k))
	})
	each(t, "unblock.6985.no-channel", func(k *kit) {
		k.opened().block().sel()
		k.is(unblock(k))
	})
}

func TestUnblockWithAWrongForm(t *testing.T) {
	each(t, "unblock.6a80.format", func(k *kit) {
		k.opened().block()
		for _, bad := range []string{"", "271828182845", "27182818284516180", "2718281828451618033",
			"27182818284516180x", "x71828182845161803"} {
			k.is(k.send(0x22, 0, 0, []byte(bad)...))
		}
		k.triesAre(0, 5)
	})
}

func TestWrongPUKBurnsATry(t *testing.T) {
	wrong := func(k *kit) iso7816.Response { return k.send(0x22, 0, 0, initData(wrongPUK, thePIN)...) }
	each(t, "unblock.63c4.wrong", func(k *kit) {
		k.is(wrong(k.opened().block()))
		k.triesAre(0, 4)
	})
	burn := func(k *kit) {
		k.opened().block()
		for tries := iso7816.Status(4); tries > 0; tries-- {
			k.answers(wrong(k), iso7816.CounterZero|tries)
		}
	}
	each(t, "unblock.63c0.last", func(k *kit) {
		burn(k)
		k.is(wrong(k))
		k.triesAre(0, 0)
	})
	each(t, "unblock.63c0.blocked", func(k *kit) {
		burn(k)
		k.answers(wrong(k), iso7816.CounterZero)
		k.is(k.send(0x22, 0, 0, initData(thePUK, thePIN)...))
		k.reopen()
		k.is(k.send(0x22, 0, 0, initData(thePUK, thePIN)...))
		k.answers(k.send(0x20, 0, 0, thePIN...), iso7816.CounterZero)
	})
}
