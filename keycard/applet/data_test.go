package applet_test

import (
	"bytes"
	"testing"
)

func TestStoreData(t *testing.T) {
	each(t, "data.9000.store", func(k *kit) {
		k.verified()
		for _, n := range []int{0, 1, 126, 127} {
			k.is(k.send(0xE2, 0, 0, counting(n)...))
			k.equal("the data", k.is(k.send(0xCA, 0, 0)).Data, counting(n))
		}
		k.card.Reset()
		k.sel()
		k.equal("the data after a reset", k.is(k.bare(0xCA, 0, 0)).Data, counting(127))
	})
	each(t, "data.9000.empty", func(k *kit) { k.equal("the data", k.is(k.init().bare(0xCA, 0, 0)).Data, []byte{}) })
	each(t, "data.9000.no-channel", func(k *kit) {
		k.ok(k.verified().send(0xE2, 0, 0, 'h', 'i'))
		k.equal("the data, without PIN", k.is(k.reopen().send(0xCA, 0, 0)).Data, []byte("hi"))
		k.sel()
		k.equal("the data, without channel", k.is(k.bare(0xCA, 0, 0)).Data, []byte("hi"))
	})
	each(t, "data.9000.ndef", func(k *kit) {
		k.is(k.verified().send(0xE2, 1, 0, someNDEF...))
		k.equal("the data", k.ok(k.send(0xCA, 1, 0)).Data, someNDEF)
		k.equal("the NDEF file", k.ndef(), someNDEF)
		long := append([]byte{0, 221}, counting(221)...)
		k.is(k.reopen().verify().send(0xE2, 1, 0, long...))
		k.equal("the long NDEF file", k.ndef(), long)
	})
	each(t, "data.9000.cash", func(k *kit) {
		k.is(k.verified().send(0xE2, 2, 0, counting(127)...))
		k.ok(k.send(0xE2, 0, 0, 'h', 'i'))
		k.equal("the data", k.is(k.send(0xCA, 2, 0)).Data, counting(127))
	})
	each(t, "data.6f00.too-long", func(k *kit) {
		k.verified()
		for _, n := range []int{222, 223} {
			k.ok(k.send(0xE2, 1, 0, counting(n)...))
			k.is(k.send(0xCA, 1, 0))
			k.ok(k.send(0xF2, 0, 0)) // the channel is not harmed
		}
		k.ok(k.send(0xE2, 1, 0, counting(221)...))
		k.equal("the longest that fits", k.ok(k.send(0xCA, 1, 0)).Data, counting(221))
	})
}

func TestStoreDataRefuses(t *testing.T) {
	each(t, "data.6a80.too-long", func(k *kit) {
		k.ok(k.verified().send(0xE2, 0, 0, 'h', 'i'))
		k.is(k.send(0xE2, 0, 0, make([]byte, 128)...))
		k.is(k.send(0xE2, 0, 0, make([]byte, 223)...))
		k.equal("the data", k.ok(k.send(0xCA, 0, 0)).Data, []byte("hi"))
	})
	each(t, "data.6a80.cash-too-long", func(k *kit) { k.is(k.verified().send(0xE2, 2, 0, make([]byte, 128)...)) })
	bad := map[string][]byte{"2.3": {1, 2, 3, 0xFF}, "3.1": {3, 4, 0x80, 0xFF}}
	each(t, "data.6a86.p1", func(k *kit) {
		k.verified()
		for _, p1 := range bad[k.profile] {
			k.is(k.send(0xE2, p1, 0, 1, 2, 3))
		}
	})
	each(t, "data.6a86.get-p1", func(k *kit) {
		k.verified()
		for _, p1 := range bad[k.profile] {
			k.is(k.send(0xCA, p1, 0))
		}
		k.sel()
		k.is(k.bare(0xCA, bad[k.profile][0], 0))
	})
	each(t, "data.6985.no-channel", func(k *kit) { k.is(k.paired().bare(0xE2, 0, 0, 1)) })
	each(t, "data.6985.no-pin", func(k *kit) {
		k.is(k.opened().send(0xE2, 0, 0, 1))
		if d := k.ok(k.send(0xCA, 0, 0)).Data; !bytes.Equal(d, nil) {
			k.Errorf("stored %X", d)
		}
	})
}
