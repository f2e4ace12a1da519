package applet_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"tapcard.example/iso7816"
)

func TestVerifyPIN(t *testing.T) {
	each(t, "verify.9000", func(k *kit) {
		k.is(k.opened().send(0x20, 0, 0, thePIN...))
		k.load().derive(1)
	})
	each(t, "verify.effect.counter-reset", func(k *kit) {
		for range 3 {
			if k.ch == nil {
				k.opened()
			}
			k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C2)
			k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C1)
			k.is(k.send(0x20, 0, 0, thePIN...))
			k.triesAre(3, 5)
		}
	})
	each(t, "verify.effect.wrong-ends", func(k *kit) {
		k.verified()
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C2)
		k.is(k.send(0xD4, 0, 0))
	})
	each(t, "verify.6985.no-channel", func(k *kit) {
		k.is(k.paired().bare(0x20, 0, 0, thePIN...))
		k.open().triesAre(3, 5)
	})
}

func TestWrongPINBurnsATry(t *testing.T) {
	each(t, "verify.63c2.wrong", func(k *kit) {
		k.is(k.opened().send(0x20, 0, 0, wrongPIN...))
		k.triesAre(2, 5)
	})
	each(t, "verify.63c0.last", func(k *kit) {
		k.opened()
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C2)
		k.card.Reset() // the counter is not a thing of the session
		k.reopen()
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C1)
		k.is(k.send(0x20, 0, 0, wrongPIN...))
	})
	each(t, "verify.63c0.blocked", func(k *kit) {
		k.opened().block()
		k.is(k.send(0x20, 0, 0, thePIN...))
		k.is(k.send(0x20, 0, 0, wrongPIN...))
		k.answers(k.send(0xD4, 0, 0), iso7816.ConditionsNotSatisfied)
		k.reopen()
		k.is(k.send(0x20, 0, 0, thePIN...))
	})
}

func TestPINOfAWrongForm(t *testing.T) {
	bad := []string{"", "1", "31415", "3141590", "31415a", "abcdef", "3141 9"}
	for _, pin := range bad {
		each(t, "verify.63c2.format", func(k *kit) {
			k.is(k.opened().send(0x20, 0, 0, []byte(pin)...))
			k.triesAre(2, 5)
		})
	}
	each(t, "verify.6a80.format", func(k *kit) {
		k.opened()
		for _, pin := range bad {
			k.is(k.send(0x20, 0, 0, []byte(pin)...))
		}
		k.triesAre(3, 5)
	})
}

// block burns all tries of the PIN.
func (k *kit) block() *kit {
	k.Helper()
	for tries := iso7816.Status(2); ; tries-- {
		k.answers(k.send(0x20, 0, 0, wrongPIN...), iso7816.CounterZero|tries)
		if tries == 0 {
			return k
		}
	}
}

// order says which of the card's events came first: the commit of the counter, or the comparison.
func (k *kit) order(do func() iso7816.Response) {
	k.Helper()
	var log []string
	k.store.Watch(func(e string) { log = append(log, e) })
	k.is(do())
	k.store.Watch(nil)
	commit := slices.IndexFunc(log, func(e string) bool { return strings.HasPrefix(e, "commit: ") })
	compare := slices.IndexFunc(log, func(e string) bool { return strings.HasPrefix(e, "compare") })
	commits := 0
	for _, e := range log {
		if strings.HasPrefix(e, "commit: ") {
			commits++
		}
	}
	if commit < 0 || compare < commit || commits != 2 {
		k.Errorf("the card did %q", log)
	}
}

func TestTryIsTakenBeforeTheComparison(t *testing.T) {
	each(t, "verify.effect.counter-first", func(k *kit) {
		k.opened().order(func() iso7816.Response { return k.send(0x20, 0, 0, thePIN...) })
	})
	each(t, "unblock.effect.counter-first", func(k *kit) {
		k.opened().block()
		k.order(func() iso7816.Response { return k.send(0x22, 0, 0, initData(thePUK, thePIN)...) })
	})
}

func TestChangePIN(t *testing.T) {
	other := []byte("161803")
	each(t, "change.9000.pin", func(k *kit) {
		k.is(k.verified().send(0x21, 0, 0, other...))
		k.reopen()
		k.answers(k.send(0x20, 0, 0, thePIN...), 0x63C2)
		k.ok(k.send(0x20, 0, 0, other...))
	})
	each(t, "change.effect.authenticated", func(k *kit) {
		k.is(k.verified().send(0x21, 0, 0, other...))
		k.ok(k.send(0xD4, 0, 0))
	})
	each(t, "change.6a80.pin", func(k *kit) {
		k.verified()
		for _, bad := range []string{"", "16180", "1618033", "16180x", "\x00\x00\x00\x00\x00\x00"} {
			k.is(k.send(0x21, 0, 0, []byte(bad)...))
		}
		k.ok(k.send(0x20, 0, 0, thePIN...))
	})
	each(t, "change.6a86.p1", func(k *kit) {
		k.verified()
		for _, p1 := range []byte{3, 0x7F, 0x80, 0xFF} {
			k.is(k.send(0x21, p1, 0, other...))
		}
		k.ok(k.send(0x20, 0, 0, thePIN...))
	})
	each(t, "change.6985.no-channel", func(k *kit) { k.is(k.paired().bare(0x21, 0, 0, other...)) })
	each(t, "change.6985.no-pin", func(k *kit) {
		k.opened()
		k.is(k.send(0x21, 0, 0, other...))
		k.is(k.send(0x21, 1, 0, thePUK...))
		k.is(k.send(0x21, 2, 0, theToken...))
		k.verify()
	})
}

func TestChangePUK(t *testing.T) {
	other := []byte("161803398874")
	each(t, "change.9000.puk", func(k *kit) {
		k.is(k.verified().send(0x21, 1, 0, other...))
		k.block()
		k.answers(k.send(0x22, 0, 0, initData(thePUK, thePIN)...), 0x63C4)
		k.ok(k.send(0x22, 0, 0, initData(other, thePIN)...))
	})
	each(t, "change.6a80.puk", func(k *kit) {
		k.verified()
		for _, bad := range []string{"", "161803", "16180339887", "1618033988749", "16180339887x"} {
			k.is(k.send(0x21, 1, 0, []byte(bad)...))
		}
		k.block()
		k.ok(k.send(0x22, 0, 0, initData(thePUK, thePIN)...))
	})
}

func TestChangePairingSecret(t *testing.T) {
	other := bytes.Repeat([]byte{0x61}, 32)
	each(t, "change.9000.pairing", func(k *kit) {
		k.is(k.verified().send(0x21, 2, 0, other...))
		k.sel()
		if r, ok := k.pair(); ok {
			k.Errorf("the old secret still pairs: %v", r.SW)
		}
		k.token = other
		k.paired2().open()
	})
	each(t, "change.effect.old-pairings", func(k *kit) {
		k.is(k.verified().send(0x21, 2, 0, other...))
		k.reopen()
		k.card.Reset()
		k.reopen()
	})
	each(t, "change.6a80.pairing", func(k *kit) {
		k.verified()
		for _, n := range []int{0, 31, 33} {
			k.is(k.send(0x21, 2, 0, make([]byte, n)...))
		}
		k.sel()
		k.paired2()
	})
}
