package applet_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"tapcard.example/iso7816"
)

// initWith selects and sends INIT with a payload of the caller's.
func (k *kit) initWith(payload ...[]byte) iso7816.Response {
	k.Helper()
	if k.pub == nil {
		k.sel()
	}
	return k.bare(0xFE, 0, 0, k.oneShot(initData(payload...))...)
}

// secretsHold proves PIN, PUK and pairing secret by using them.
func (k *kit) secretsHold(pin, puk, token []byte) {
	k.Helper()
	k.sel()
	k.token = token
	k.paired2().open()
	k.ok(k.send(0x20, 0, 0, pin...))
	for range 15 {
		if r := k.send(0x20, 0, 0, []byte("999999")...); r.SW == 0x63C0 {
			break
		}
	}
	k.ok(k.send(0x22, 0, 0, append(bytes.Clone(puk), pin...)...))
}

func TestInitSetsTheSecrets(t *testing.T) {
	each(t, "init.9000", func(k *kit) {
		if r := k.is(k.initWith(thePIN, thePUK, theToken)); len(r.Data) != 0 {
			k.Errorf("answered %X", r.Data)
		}
	})
	each(t, "init.effect.secrets", func(k *kit) {
		pin, puk, token := []byte("246801"), []byte("135791357913"), bytes.Repeat([]byte{7}, 32)
		k.is(k.initWith(pin, puk, token))
		k.secretsHold(pin, puk, token)
	})
	each(t, "init.effect.limits", func(k *kit) {
		k.is(k.initWith(thePIN, thePUK, theToken))
		k.sel()
		k.paired2().open().triesAre(3, 5)
	})
}

func TestInitIsRefusedTheSecondTime(t *testing.T) {
	each(t, "init.6d00.already", func(k *kit) {
		k.init()
		k.is(k.initWith([]byte("999999"), thePUK, theToken))
		k.paired2().open().verify()
	})
}

func TestInitRefusesAWrongPayload(t *testing.T) {
	for _, n := range []int{0, 1, 49, 51, 53, 57, 59} {
		each(t, "init.6a80.length", func(k *kit) { k.is(k.initWith(bytes.Repeat([]byte{'3'}, n))) })
	}
	each(t, "init.6a80.length-limits", func(k *kit) {
		k.is(k.initWith(thePIN, thePUK, theToken, []byte{5, 5}))
		k.is(k.initWith(thePIN, thePUK, theToken, []byte{5, 5}, []byte("111111")))
	})
	each(t, "init.6a80.pin-digits", func(k *kit) {
		for _, bad := range []string{"31415a", "3141 9", "31415/", "31415:", "\x00\x00\x00\x00\x00\x00"} {
			k.is(k.initWith([]byte(bad), thePUK, theToken))
			k.is(k.initWith(thePIN, []byte("271828"+bad), theToken))
		}
	})
	each(t, "init.6a80.no-key", func(k *kit) {
		k.sel()
		good := k.oneShot(initData(thePIN, thePUK, theToken))
		k.is(k.bare(0xFE, 0, 0))
		for _, at := range []int{0, 1, 40} { // length byte, form of the key, x coordinate
			bad := bytes.Clone(good)
			bad[at] ^= 1
			k.is(k.bare(0xFE, 0, 0, bad...))
		}
		k.is(k.bare(0xFE, 0, 0, good[:65]...))
	})
	each(t, "init.6f00.padding", func(k *kit) {
		k.sel()
		k.is(k.bare(0xFE, 0, 0, k.brokenShot(bytes.Repeat([]byte{'1'}, 64))...))
	})
}

func TestInitThatFailedCanBeRepeated(t *testing.T) {
	each(t, "init.effect.failure-keeps", func(k *kit) {
		k.answers(k.initWith(thePIN), iso7816.WrongData)
		if i := k.sel(); len(i.template) != 67 {
			k.Errorf("initialised by a refused INIT: %X", i.template)
		}
		k.is(k.initWith(thePIN, thePUK, theToken))
		k.secretsHold(thePIN, thePUK, theToken)
	})
}

func TestInitReplacesTheChannelKey(t *testing.T) {
	each(t, "init.effect.pair-at-once", func(k *kit) {
		k.is(k.initWith(thePIN, thePUK, theToken))
		k.paired2()
	})
	each(t, "init.effect.new-channel-key", func(k *kit) {
		before := k.sel().pub
		k.is(k.initWith(thePIN, thePUK, theToken))
		if bytes.Equal(k.sel().pub, before) {
			k.Error("the channel key is the one from before INIT")
		}
	})
	each(t, "init.6982.stale-key", func(k *kit) {
		k.ok(k.initWith(thePIN, thePUK, theToken))
		k.paired2()
		k.ok(k.openBare())
		k.isBare(k.send(0x11, 0, 0, k.random(32)...))
	})
}

func TestInitTakesLimits(t *testing.T) {
	each(t, "init.9000.limits", func(k *kit) {
		k.is(k.initWith(thePIN, thePUK, theToken, []byte{10, 12}))
		k.sel()
		k.paired2().open().triesAre(10, 12)
		k.answers(k.send(0x20, 0, 0, wrongPIN...), 0x63C9)
		k.ok(k.send(0x20, 0, 0, thePIN...))
		k.triesAre(10, 12)
	})
	each(t, "init.6a80.limits", func(k *kit) {
		for _, bad := range [][]byte{{1, 5}, {0, 5}, {11, 5}, {0xFF, 5}, {3, 2}, {3, 0}, {3, 13}, {3, 0x80}} {
			k.is(k.initWith(thePIN, thePUK, theToken, bad))
			k.is(k.initWith(thePIN, thePUK, theToken, bad, []byte("111111")))
		}
		k.ok(k.initWith(thePIN, thePUK, theToken, []byte{2, 3}))
	})
}

// xpub exports the extended public key at a path.
func (k *kit) xpub(components ...uint32) keyPair {
	k.Helper()
	return parseKeyPair(k, k.ok(k.send(0xC2, 1, 2, path(components...)...)).Data)
}

func TestDuressPIN(t *testing.T) {
	each(t, "init.9000.duress", func(k *kit) {
		k.is(k.initWith(thePIN, thePUK, theToken, []byte{3, 5}, []byte("ab\x00\xFF12")))
		k.init2()
		k.answers(k.send(0x20, 0, 0, thePUK[:6]...), 0x63C2) // not the default any more
	})
	each(t, "init.effect.duress-default", func(k *kit) {
		k.opened()
		k.is(k.send(0x20, 0, 0, thePUK[:6]...))
		k.ok(k.send(0xD4, 0, 0)) // a verified PIN like another
	})
	each(t, "init.effect.duress-chain", func(k *kit) {
		m := master(theSeed)
		k.ready()
		k.equal("the chain code", k.xpub().chain, m.chain)
		k.reopen()
		k.ok(k.send(0x20, 0, 0, thePUK[:6]...))
		sum := sha256.Sum256(m.chain)
		k.is(k.send(0xC2, 1, 2))
		got := k.xpub()
		k.equal("the public key", got.pub, m.public())
		k.equal("the chain code", got.chain, sum[:])
		m.chain = sum[:]
		k.signedBy(k.send(0xC0, 1, 0, append(bytes.Clone(theHash), path(hard+44, 1)...)...), m.at(hard+44, 1))
		k.equal("the key UID", k.sel().keyUID, m.uid())
	})
}

// init2 selects, pairs and opens the channel of a card that is initialised.
func (k *kit) init2() *kit {
	k.Helper()
	k.sel()
	return k.paired2().open()
}
