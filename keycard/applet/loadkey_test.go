package applet_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
)

// otherSeed makes another key than theSeed.
var otherSeed = bytes.Repeat([]byte{0x77}, 64)

func TestLoadKey(t *testing.T) {
	m := master(theSeed)
	each(t, "load.9000.pair", func(k *kit) {
		k.is(k.verified().send(0xD0, 1, 0, template(0x80, m.public(), 0x81, m.private())...))
		k.signedBy(k.send(0xC0, 0, 0, theHash...), m)
	})
	each(t, "load.9000.extended", func(k *kit) {
		k.is(k.verified().send(0xD0, 2, 0, template(0x80, m.public(), 0x81, m.private(), 0x82, m.chain)...))
		k.signedBy(k.send(0xC0, 0, 0, theHash...), m)
		k.derive(hard+44, 1)
		k.signedBy(k.send(0xC0, 0, 0, theHash...), m.at(hard+44, 1))
	})
	each(t, "load.9000.seed", func(k *kit) {
		k.is(k.verified().send(0xD0, 3, 0, theSeed...))
		k.signedBy(k.send(0xC0, 0, 0, theHash...), m)
		k.derive(hard+44, 1)
		k.signedBy(k.send(0xC0, 0, 0, theHash...), m.at(hard+44, 1))
	})
	each(t, "load.effect.keyuid", func(k *kit) {
		k.verified()
		k.equal("the key UID", k.is(k.send(0xD0, 3, 0, theSeed...)).Data, m.uid())
		other := master(otherSeed)
		k.equal("the key UID", k.is(k.send(0xD0, 1, 0, template(0x81, other.private())...)).Data, other.uid())
		k.equal("SELECT's key UID", k.sel().keyUID, other.uid())
	})
	each(t, "load.effect.public-omitted", func(k *kit) {
		k.is(k.verified().send(0xD0, 2, 0, template(0x81, m.private(), 0x82, m.chain)...))
		k.signedBy(k.send(0xC0, 0, 0, theHash...), m)
		k.derive(5)
	})
	each(t, "load.effect.long-length", func(k *kit) {
		short := template(0x81, m.private())
		k.equal("the key UID", k.is(k.verified().send(0xD0, 1, 0, append([]byte{0xA1, 0x81}, short[1:]...)...)).Data, m.uid())
	})
	each(t, "load.effect.chain-decides", func(k *kit) {
		k.is(k.verified().send(0xD0, 1, 0, template(0x81, m.private(), 0x82, m.chain)...))
		k.derive(3)
		k.is(k.send(0xD0, 2, 0, template(0x81, m.private())...))
		k.answers(k.send(0xD1, 0, 0, path(3)...), iso7816.ConditionsNotSatisfied)
	})
}

func TestLoadKeyReplacesTheOldOne(t *testing.T) {
	each(t, "load.effect.resets-path", func(k *kit) {
		k.ready().derive(1, 2)
		k.is(k.send(0xD0, 3, 0, theSeed...))
		k.pathIs()
		k.signedBy(k.send(0xC0, 0, 0, theHash...), master(theSeed))
	})
	each(t, "load.effect.replaces", func(k *kit) {
		k.is(k.ready().send(0xD0, 3, 0, otherSeed...))
		k.signedBy(k.send(0xC0, 0, 0, theHash...), master(otherSeed))
		k.derive(9)
		k.signedBy(k.send(0xC0, 0, 0, theHash...), master(otherSeed).at(9))
	})
	each(t, "load.effect.keeps-pinless", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(1)...))
		k.ok(k.send(0xD0, 3, 0, otherSeed...))
		k.derive(1).reopen()
		r := k.is(k.send(0xC0, 0, 0, theHash...))
		k.signedBy(r, master(otherSeed).at(1))
	})
	each(t, "load.effect.clears-pinless", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(1)...))
		k.load().sel()
		k.is(k.bare(0xC0, 3, 0, theHash...))
	})
}

// order of the group, and one more.
var (
	groupOrder = secp256k1.Params().N.Bytes()
	beyond     = bytes.Repeat([]byte{0xFF}, 32)
)

func TestLoadKeyRefusesAWrongForm(t *testing.T) {
	m := master(theSeed)
	refused := func(id string, p1 byte, keys ...[]byte) {
		each(t, id, func(k *kit) {
			k.verified()
			for _, key := range keys {
				k.is(k.send(0xD0, p1, 0, key...))
			}
			if _, _, key := k.status(); key {
				k.Error("a refused key was loaded")
			}
		})
	}
	good := template(0x81, m.private())
	refused("load.6a80.template", 1, nil, []byte{0xA1}, []byte{0xA1, 0}, append([]byte{0xA4}, good[1:]...), good[2:],
		good[:len(good)-1], append(good[:len(good):len(good)], 0),
		template(0x80, m.public()), append([]byte{0xA1, 0x7F}, good[2:]...),
		[]byte{0xA1, 0x81, 0xFF, 0x81, 0x20}, template(0x83, m.private()))
	refused("load.6a80.chain-first", 2, template(0x82, m.chain, 0x81, m.private()),
		template(0x82, m.chain, 0x80, m.public(), 0x81, m.private()))
	refused("load.6a80.private-length", 1, template(0x81, []byte{}), template(0x81, m.private()[:31]),
		template(0x81, append([]byte{0}, m.private()...)))
	refused("load.6a80.private-range", 1, template(0x81, make([]byte, 32)), template(0x81, groupOrder),
		template(0x81, beyond))
	refused("load.6a80.seed-length", 3, nil, theSeed[:63], counting(65), theSeed[:16])
	refused("load.6a86.p1", 0, good)
	refused("load.6a86.p1", 4, good, theSeed)
	refused("load.6a86.p1", 0xFF, good, theSeed)
}

func TestRefusedKeyLeavesTheOldOne(t *testing.T) {
	each(t, "load.effect.failure-keeps", func(k *kit) {
		m := master(theSeed)
		k.ready().derive(4)
		k.answers(k.send(0xD0, 1, 0, template(0x81, make([]byte, 32))...), iso7816.WrongData)
		k.answers(k.send(0xD0, 3, 0, 1, 2, 3), iso7816.WrongData)
		k.pathIs(4)
		r := k.is(k.send(0xC0, 0, 0, theHash...))
		k.signedBy(r, m.at(4))
		k.equal("SELECT's key UID", k.sel().keyUID, m.uid())
	})
}

func TestTagOrderThatDropsTheChainCode(t *testing.T) {
	m := master(theSeed)
	swapped := template(0x81, m.private(), 0x80, m.public(), 0x82, m.chain)
	each(t, "load.6a80.order", func(k *kit) { k.is(k.verified().send(0xD0, 2, 0, swapped...)) })
	each(t, "load.quirk.order-drops-chain", func(k *kit) {
		k.is(k.verified().send(0xD0, 2, 0, swapped...))
		k.answers(k.send(0xD1, 0, 0, path(1)...), iso7816.ConditionsNotSatisfied)
		k.signedBy(k.send(0xC0, 0, 0, theHash...), m)
	})
}

func TestPublicKeyThatIsAnothers(t *testing.T) {
	m, foreign := master(theSeed), master(otherSeed).public()
	mixed := template(0x80, foreign, 0x81, m.private())
	uid := sha256.Sum256(foreign)
	each(t, "load.6a80.public-mismatch", func(k *kit) {
		k.is(k.verified().send(0xD0, 1, 0, mixed...))
		k.is(k.send(0xD0, 2, 0, template(0x80, foreign, 0x81, m.private(), 0x82, m.chain)...))
		k.is(k.send(0xD0, 1, 0, template(0x80, foreign[:64], 0x81, m.private())...))
	})
	each(t, "load.quirk.public-unchecked", func(k *kit) {
		k.equal("the key UID", k.is(k.verified().send(0xD0, 1, 0, mixed...)).Data, uid[:])
	})
	each(t, "load.quirk.public-in-sign", func(k *kit) {
		k.ok(k.verified().send(0xD0, 1, 0, mixed...))
		s := parseSignature(k, k.is(k.send(0xC0, 0, 0, theHash...)).Data)
		k.equal("the named signer", s.pub, foreign)
		if !s.verify(k, theHash, m.public()) || s.verify(k, theHash, foreign) {
			k.Error("signed by another key than the private one")
		}
	})
	each(t, "load.quirk.public-not-in-sign", func(k *kit) {
		k.ok(k.verified().send(0xD0, 1, 0, mixed...))
		k.signedBy(k.is(k.send(0xC0, 0, 0, theHash...)), m)
	})
}

func TestLoadKeyRefuses(t *testing.T) {
	each(t, "load.6985.no-channel", func(k *kit) { k.is(k.paired().bare(0xD0, 3, 0, theSeed...)) })
	each(t, "load.6985.no-pin", func(k *kit) { k.is(k.opened().send(0xD0, 3, 0, theSeed...)) })
}
