package applet_test

import (
	"testing"

	"tapcard.example/keycard/wire"
)

func TestCashSignsWithItsOwnKeyForEverybody(t *testing.T) {
	each(t, "cash.9000.select", func(k *kit) {
		k.ready()
		short := k.is(k.selectAID(wire.CashAID())).Data
		version := map[string][]byte{"2.3": {2, 3}, "3.1": {3, 1}}[k.profile]
		if len(short) != 75 || short[0] != 0xA4 || short[1] != 73 || short[2] != 0x80 || short[3] != 65 {
			k.Fatalf("SELECT answers %X", short)
		}
		k.equal("version and data", short[69:], []byte{2, 2, version[0], version[1], 0x82, 0})
		k.card.Reset()
		k.equal("SELECT after a reset", k.is(k.selectAID(wire.CashAID())).Data, short)
	})
	each(t, "cash.effect.bad-length", func(k *kit) {
		data := counting(127)
		k.ok(k.ready().send(0xE2, wire.DataCash, 0, data...))
		info := k.is(k.selectAID(wire.CashAID())).Data
		if len(info) != 202 || info[1] != 0xC8 {
			k.Fatalf("SELECT answers %X", info)
		}
		k.equal("the data", info[len(info)-127:], data)
	})
	each(t, "cash.9000.sign", func(k *kit) {
		info := k.ok(k.ready().selectAID(wire.CashAID())).Data
		s := parseSignature(k, k.is(k.bare(wire.InsSign, 0, 0, theHash...)).Data)
		k.equal("the signer's public key", s.pub, info[4:69])
		if !s.verify(k, theHash, info[4:69]) {
			k.Error("the signature does not verify")
		}
		k.is(k.bare(wire.InsSign, 0, 0, theHash[1:]...))
	})
	each(t, "cash.6f00.ins", func(k *kit) {
		k.ok(k.ready().selectAID(wire.CashAID()))
		k.is(k.bare(wire.InsVerifyPIN, 0, 0, thePIN...))
		k.is(k.bare(0xC2, 0, 0))
	})
}

func TestThereIsNoCashBefore23(t *testing.T) {
	each(t, "cash.6a82.before-2.3", func(k *kit) { k.is(k.selectAID(wire.CashAID())) })
}
