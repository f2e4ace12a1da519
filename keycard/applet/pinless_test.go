package applet_test

import (
	"testing"

	"tapcard.example/iso7816"
)

func TestSetPinlessPath(t *testing.T) {
	each(t, "pinless.9000", func(k *kit) {
		k.is(k.ready().send(0xC1, 0, 0, path(1)...))
		k.is(k.send(0xC1, 0, 0, path(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)...))
		k.is(k.send(0xC1, 0, 0))
		k.signs()
	})
	each(t, "pinless.effect.sign", func(k *kit) {
		k.ok(k.ready().derive(5).send(0xC1, 0, 0, path(5)...))
		k.signedBy(k.is(k.reopen().send(0xC0, 0, 0, theHash...)), master(theSeed).at(5))
		k.card.Reset()
		k.signedBy(k.is(k.reopen().send(0xC0, 0, 0, theHash...)), master(theSeed).at(5))
	})
	each(t, "pinless.effect.other-path", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(5, 6)...))
		for _, other := range [][]uint32{{}, {5}, {5, 7}, {5, 6, 0}, {hard + 5, 6}} {
			k.is(k.derive(other...).reopen().send(0xC0, 0, 0, theHash...))
			k.verify()
		}
	})
	each(t, "pinless.effect.empty-clears", func(k *kit) {
		k.ok(k.ready().derive(5).send(0xC1, 0, 0, path(5)...))
		k.ok(k.send(0xC1, 0, 0))
		k.is(k.reopen().send(0xC0, 0, 0, theHash...))
		k.verify().derive().reopen()
		k.is(k.send(0xC0, 0, 0, theHash...))
	})
	each(t, "pinless.effect.empty-unset", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(5)...))
		k.ok(k.send(0xC1, 0, 0))
		k.sel()
		k.is(k.bare(0xC0, 3, 0, theHash...))
	})
}

func TestSetPinlessPathRefuses(t *testing.T) {
	each(t, "pinless.6a80.length", func(k *kit) {
		k.ready()
		for _, n := range []int{1, 2, 3, 5, 41} {
			k.is(k.send(0xC1, 0, 0, make([]byte, n)...))
		}
	})
	each(t, "pinless.6a80.depth", func(k *kit) {
		k.is(k.ready().send(0xC1, 0, 0, make([]byte, 44)...))
		k.is(k.send(0xC1, 0, 0, make([]byte, 220)...))
	})
	each(t, "pinless.6985.no-channel", func(k *kit) {
		k.ready().sel()
		k.is(k.bare(0xC1, 0, 0, path(1)...))
	})
	each(t, "pinless.6985.no-pin", func(k *kit) { k.is(k.ready().reopen().send(0xC1, 0, 0, path(1)...)) })
}

func TestSetPinlessPathAndTheKeyItNeeds(t *testing.T) {
	each(t, "pinless.9000.no-key", func(k *kit) { k.is(k.verified().send(0xC1, 0, 0, path(1)...)) })
	each(t, "pinless.6985.no-key", func(k *kit) { k.is(k.verified().send(0xC1, 0, 0, path(1)...)) })
	each(t, "pinless.6985.not-extended", func(k *kit) {
		k.is(k.verified().loadPlain().send(0xC1, 0, 0, path(1)...))
	})
}

func TestPinlessPathOverAKeyWithoutChainCode(t *testing.T) {
	hole := func(k *kit) iso7816.Response {
		k.ok(k.verified().loadPlain().send(0xC1, 0, 0, path(1)...))
		k.sel()
		return k.bare(0xC0, 3, 0, theHash...)
	}
	each(t, "pinless.6985.sign-not-extended", func(k *kit) { k.is(hole(k)) })
	each(t, "pinless.quirk.signs-with-master", func(k *kit) { k.signedBy(k.is(hole(k)), master(theSeed)) })
}
