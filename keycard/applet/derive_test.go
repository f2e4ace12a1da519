package applet_test

import (
	"bytes"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/applet"
)

// badIndex is a component that leads to an invalid key on the cards made with it: 1 in 2^127 by nature.
const badIndex = 0xBAD

// invalidChild makes the derivation of badIndex give a number that is not a private key (BIP-32).
func invalidChild(o *applet.Options) {
	o.HMAC512 = func(key, data []byte) [64]byte {
		if bytes.HasSuffix(data, path(badIndex)) {
			return [64]byte(bytes.Repeat([]byte{0xFF}, 64))
		}
		return [64]byte(prf(key, data))
	}
}

// signs checks that SIGN uses the key at a path now.
func (k *kit) signs(components ...uint32) {
	k.Helper()
	k.pathIs(components...)
	k.signedBy(k.send(0xC0, 0, 0, theHash...), master(theSeed).at(components...))
}

func TestDeriveKey(t *testing.T) {
	each(t, "derive.9000.master", func(k *kit) {
		k.is(k.ready().send(0xD1, 0, 0, path(1, 2, 3)...))
		k.signs(1, 2, 3)
		k.is(k.send(0xD1, 0, 0, path(4)...))
		k.signs(4)
	})
	each(t, "derive.9000.empty", func(k *kit) {
		k.ready().derive(1)
		k.is(k.send(0xD1, 0, 0))
		k.signs()
	})
	each(t, "derive.9000.parent", func(k *kit) {
		k.ready().derive(1, 2)
		k.is(k.send(0xD1, 0x40, 0, path(3)...))
		k.signs(1, 3)
		k.is(k.send(0xD1, 0x40, 0, path(4, 5)...))
		k.signs(1, 4, 5)
		k.is(k.send(0xD1, 0x40, 0, path(6)...))
		k.signs(1, 4, 6)
	})
	each(t, "derive.9000.current", func(k *kit) {
		k.is(k.ready().send(0xD1, 0x80, 0, path(1)...))
		k.is(k.send(0xD1, 0x80, 0, path(2, 3)...))
		k.signs(1, 2, 3)
		k.is(k.send(0xD1, 0x40, 0, path(9)...))
		k.signs(1, 2, 9)
	})
	each(t, "derive.9000.hardened", func(k *kit) {
		k.is(k.ready().send(0xD1, 0, 0, path(hard+44, hard+60, hard, 0, 0x7FFFFFFF)...))
		k.signs(hard+44, hard+60, hard, 0, 0x7FFFFFFF)
		k.is(k.send(0xD1, 0, 0, path(hard+0x7FFFFFFF)...))
		k.signs(hard + 0x7FFFFFFF)
	})
}

func TestDepthOfDerivation(t *testing.T) {
	ten := []uint32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	each(t, "derive.9000.depth-10", func(k *kit) {
		k.is(k.ready().send(0xD1, 0, 0, path(ten...)...))
		k.signs(ten...)
		k.is(k.send(0xD1, 0x40, 0, path(11)...))
	})
	each(t, "derive.6a80.depth", func(k *kit) {
		k.is(k.ready().send(0xD1, 0, 0, path(append(ten, 11)...)...))
		k.is(k.send(0xD1, 0, 0, make([]byte, 220)...))
		k.signs()
	})
	each(t, "derive.6a80.depth-sum", func(k *kit) {
		k.ready().derive(ten[:6]...)
		k.is(k.send(0xD1, 0x80, 0, path(1, 2, 3, 4, 5)...))
		k.is(k.send(0xD1, 0x40, 0, path(1, 2, 3, 4, 5, 6)...))
		k.signs(ten[:6]...)
		k.ok(k.send(0xD1, 0x80, 0, path(7, 8, 9, 10)...))
		k.signs(ten...)
	})
}

func TestDeriveRefusesAWrongForm(t *testing.T) {
	each(t, "derive.6a80.length", func(k *kit) {
		k.ready()
		for _, n := range []int{1, 2, 3, 5, 7, 39} {
			k.is(k.send(0xD1, 0, 0, make([]byte, n)...))
		}
	})
	each(t, "derive.6a80.empty-relative", func(k *kit) {
		k.ready().derive(1, 2)
		k.is(k.send(0xD1, 0x40, 0))
		k.is(k.send(0xD1, 0x80, 0))
		k.signs(1, 2)
	})
	each(t, "derive.9000.empty-relative", func(k *kit) {
		k.ready().derive(1, 2)
		k.is(k.send(0xD1, 0x80, 0))
		k.signs(1, 2)
		k.is(k.send(0xD1, 0x40, 0))
		k.signs(1)
	})
	each(t, "derive.6b00.no-parent", func(k *kit) {
		k.is(k.ready().send(0xD1, 0x40, 0, path(1)...))
		k.derive(1).derive()
		k.is(k.send(0xD1, 0x40, 0, path(1)...))
		k.derive(1).load()
		k.is(k.send(0xD1, 0x40, 0, path(1)...))
	})
	each(t, "derive.6a86.p1", func(k *kit) {
		k.ready()
		for _, p1 := range []byte{1, 2, 0x20, 0x3F, 0x41, 0x81, 0xC1} {
			k.is(k.send(0xD1, p1, 0, path(1)...))
		}
		k.signs()
	})
	each(t, "derive.6a86.pinless-source", func(k *kit) { k.is(k.ready().send(0xD1, 0xC0, 0)) })
	each(t, "derive.9000.pinless-source", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(7, 8)...))
		k.is(k.send(0xD1, 0xC0, 0))
		k.signs(7, 8)
	})
}

func TestInvalidChildKey(t *testing.T) {
	each(t, "derive.6984.invalid-child", func(k *kit) {
		k.ready().derive(1, 2)
		k.is(k.send(0xD1, 0, 0, path(3, badIndex)...))
		k.is(k.send(0xD1, 0x80, 0, path(badIndex, 3)...))
		k.signs(1, 2)
	}, invalidChild)
	each(t, "derive.effect.lazy", func(k *kit) {
		k.ready().derive(3, badIndex)
		k.pathIs(3, badIndex)
		k.is(k.send(0xC0, 0, 0, theHash...))
		k.is(k.send(0xC2, 0, 1))
		k.derive(3)
		k.signs(3)
	}, invalidChild)
	each(t, "derive.effect.failure-keeps", func(k *kit) {
		k.ready().derive(1, 2)
		k.answers(k.send(0xD1, 0, 0, 1, 2, 3), iso7816.WrongData)
		k.answers(k.send(0xD1, 3, 0, path(1)...), iso7816.WrongP1P2)
		k.answers(k.send(0xD1, 0, 0, make([]byte, 44)...), iso7816.WrongData)
		k.is(k.send(0xF2, 1, 0))
		k.signs(1, 2)
		k.ok(k.send(0xD1, 0x40, 0, path(5)...)) // the parent is kept, too
		k.signs(1, 5)
	})
}

func TestDeriveNeedsAnExtendedKey(t *testing.T) {
	each(t, "derive.6985.not-extended", func(k *kit) {
		k.verified().loadPlain()
		k.is(k.send(0xD1, 0, 0, path(1)...))
		k.is(k.send(0xD1, 0x80, 0, path(1)...))
		k.pathIs()
		k.signedBy(k.send(0xC0, 0, 0, theHash...), master(theSeed))
	})
	each(t, "derive.9000.not-extended-empty", func(k *kit) {
		k.is(k.verified().loadPlain().send(0xD1, 0, 0))
		k.signedBy(k.send(0xC0, 0, 0, theHash...), master(theSeed))
	})
	each(t, "derive.6985.no-key", func(k *kit) { k.is(k.verified().send(0xD1, 0, 0, path(1)...)) })
	each(t, "derive.6985.no-channel", func(k *kit) {
		k.ready().sel()
		k.is(k.bare(0xD1, 0, 0, path(1)...))
	})
	each(t, "derive.6985.no-pin", func(k *kit) {
		k.ready().reopen()
		k.is(k.send(0xD1, 0, 0, path(1)...))
		k.is(k.send(0xD1, 0, 0))
	})
}

func TestDeriveWithoutPIN(t *testing.T) {
	// set has a pinless path and an open channel, but no PIN.
	set := func(k *kit) *kit {
		k.ok(k.ready().send(0xC1, 0, 0, path(hard+44, 5)...))
		return k.reopen()
	}
	each(t, "derive.9000.pinless-path", func(k *kit) {
		k.is(set(k).send(0xD1, 0, 0, path(hard+44, 5)...))
		k.signs(hard+44, 5)
	})
	other := func(k *kit) { k.is(set(k).send(0xD1, 0, 0, path(hard+44, 6)...)) }
	each(t, "derive.6985.other-path", func(k *kit) {
		other(k)
		k.is(k.send(0xD1, 0, 0, path(hard+44)...))
		k.is(k.send(0xD1, 0, 0, path(hard+44, 5, 0)...))
		k.is(k.send(0xD1, 0, 0))
		k.pathIs()
	})
	each(t, "derive.quirk.any-path", func(k *kit) {
		other(k)
		k.pathIs(hard+44, 6)
		k.answers(k.send(0xC0, 0, 0, theHash...), iso7816.ConditionsNotSatisfied)
	})
	each(t, "derive.6985.pinless-path", func(k *kit) { k.is(set(k).send(0xD1, 0, 0, path(hard+44, 5)...)) })
}
