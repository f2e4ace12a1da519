package applet_test

import (
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

func TestCashSignsWithItsOwnKeyForEverybody(t *testing.T) {
	k := newKit(t, "3.1", false).ready()
	data := counting(127)
	k.ok(k.send(0xE2, wire.DataCash, 0, data...))
	info := k.ok(k.selectAID(wire.CashAID())).Data
	if len(info) != 202 || info[1] != 0xC8 || info[2] != 0x80 || info[3] != 65 {
		t.Fatalf("SELECT answers %X", info)
	}
	k.equal("the data", info[len(info)-127:], data)
	s := parseSignature(k, k.ok(k.bare(wire.InsSign, 0, 0, theHash...)).Data)
	k.equal("the signer's public key", s.pub, info[4:69])
	if !s.verify(k, theHash, info[4:69]) {
		t.Error("the signature does not verify")
	}
	k.ok(k.bare(wire.InsSign, 0, 0, theHash[1:]...)) // the length is not looked at
	k.answers(k.bare(wire.InsVerifyPIN, 0, 0, thePIN...), iso7816.Internal)
}

func TestThereIsNoCashBefore23(t *testing.T) {
	k := newKit(t, "2.0", false)
	k.answers(k.selectAID(wire.CashAID()), iso7816.FileNotFound)
}
