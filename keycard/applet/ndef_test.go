package applet_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// someNDEF is a file with a link in it: length, then one record.
var someNDEF = append([]byte{0, 16, 0xD1, 1, 12, 'U', 4}, "example.com"...)

// ndefFile selects the NDEF applet and a file in it.
func (k *kit) ndefFile(id ...byte) iso7816.Response {
	k.Helper()
	k.ok(k.selectAID(wire.NDEFAID()))
	return k.transmit(iso7816.Command{INS: 0xA4, P2: 0x0C, Data: id})
}

// read is READ BINARY of the NDEF applet.
func (k *kit) read(offset, n int) iso7816.Response {
	k.Helper()
	return k.transmit(iso7816.Command{INS: 0xB0, P1: byte(offset >> 8), P2: byte(offset), Ne: n})
}

// ndef reads what a phone would: the length, then as much of the record.
func (k *kit) ndef() []byte {
	k.Helper()
	k.ok(k.ndefFile(0xE1, 0x04))
	head := k.ok(k.read(0, 2)).Data
	n := int(head[0])<<8 | int(head[1])
	if n == 0 {
		return head
	}
	return append(bytes.Clone(head), k.ok(k.read(2, n)).Data...)
}

func TestSetNDEF(t *testing.T) {
	each(t, "ndef.9000", func(k *kit) {
		k.is(k.verified().send(0xF3, 0, 0, someNDEF...))
		k.is(k.send(0xF3, 0, 0, 0, 0))
		k.equal("the NDEF file", k.ndef(), []byte{0, 0})
	})
	each(t, "ndef.effect.readable", func(k *kit) {
		k.is(k.verified().send(0xF3, 0, 0, someNDEF...))
		k.equal("the NDEF file", k.ndef(), someNDEF)
		k.card.Reset()
		k.equal("the NDEF file after a reset", k.ndef(), someNDEF)
	})
	each(t, "ndef.6a80.length", func(k *kit) {
		k.ok(k.verified().send(0xF3, 0, 0, someNDEF...))
		for _, bad := range [][]byte{someNDEF[2:], someNDEF[:10], append(bytes.Clone(someNDEF), 0), {0, 1}, {1, 0}} {
			k.is(k.send(0xF3, 0, 0, bad...))
		}
		k.equal("the NDEF file", k.ndef(), someNDEF)
	})
	each(t, "ndef.6a80.short", func(k *kit) {
		k.is(k.verified().send(0xF3, 0, 0))
		k.is(k.send(0xF3, 0, 0, 0))
	})
	each(t, "ndef.effect.prefixed", func(k *kit) {
		k.is(k.verified().send(0xF3, 0, 0, someNDEF[2:]...))
		k.equal("the NDEF file", k.ndef(), someNDEF)
	})
	each(t, "ndef.6985.no-channel", func(k *kit) { k.is(k.paired().bare(0xF3, 0, 0, someNDEF...)) })
	each(t, "ndef.6985.no-pin", func(k *kit) { k.is(k.opened().send(0xF3, 0, 0, someNDEF...)) })
}

func TestNDEFApplet(t *testing.T) {
	each(t, "ndefapp.9000.container", func(k *kit) {
		want, err := hex.DecodeString("000F2000FF00010406E104040000FF")
		if err != nil {
			k.Fatal(err)
		}
		k.is(k.ndefFile(0xE1, 0x03))
		r := k.is(k.read(0, 15))
		k.equal("the capability container", r.Data, want)
		k.equal("its length field", k.is(k.read(0, 2)).Data, want[:2])
	})
	each(t, "ndefapp.9000.file", func(k *kit) {
		k.setNDEF(someNDEF)
		k.is(k.ndefFile(0xE1, 0x04))
		for offset := range someNDEF {
			k.equal("a byte of the file", k.is(k.read(offset, 1)).Data, someNDEF[offset:offset+1])
		}
	})
	each(t, "ndefapp.6a82.file", func(k *kit) {
		k.init()
		for _, id := range [][]byte{{0xE1, 0x05}, {0x00, 0x00}, {0xE1}, {0xE1, 0x03, 0x04}} {
			k.is(k.ndefFile(id...))
		}
	})
	each(t, "ndefapp.6a86.offset", func(k *kit) {
		k.setNDEF(someNDEF)
		k.ok(k.ndefFile(0xE1, 0x04))
		k.is(k.read(0x7FFF, 1))
		k.is(k.read(0xFFFF, 1))
		k.ok(k.ndefFile(0xE1, 0x03))
		k.is(k.read(15, 1))
		k.is(k.read(16, 1))
	})
	each(t, "ndefapp.6985.no-file", func(k *kit) {
		k.init()
		k.ok(k.selectAID(wire.NDEFAID()))
		k.is(k.read(0, 2))
	})
}

// setNDEF stores the NDEF file the way the profile has.
func (k *kit) setNDEF(file []byte) {
	k.Helper()
	if k.verified(); k.profile == "3.1" {
		k.ok(k.send(0xE2, 1, 0, file...))
		return
	}
	k.ok(k.send(0xF3, 0, 0, file...))
}
