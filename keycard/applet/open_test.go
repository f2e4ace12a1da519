package applet_test

import (
	"bytes"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

func TestOpenSecureChannel(t *testing.T) {
	each(t, "open.9000", func(k *kit) {
		if r := k.is(k.paired().openBare()); len(r.Data) != 48 {
			k.Errorf("%d bytes", len(r.Data))
		}
	})
	each(t, "open.effect.keys", func(k *kit) {
		k.paired()
		pub, x := k.agree()
		r := k.ok(k.bare(0x10, 0, 0, pub[:]...))
		k.ch = wire.NewChannel(wire.SessionKeys(x[:], k.key, r.Data[:32]), [16]byte(r.Data[32:]))
		k.is(k.send(0x11, 0, 0, k.random(32)...))
	})
	each(t, "open.effect.fresh", func(k *kit) {
		k.paired()
		pub, _ := k.agree()
		a, b := k.is(k.bare(0x10, 0, 0, pub[:]...)), k.is(k.bare(0x10, 0, 0, pub[:]...))
		if bytes.Equal(a.Data[:32], b.Data[:32]) || bytes.Equal(a.Data[32:], b.Data[32:]) {
			k.Error("salt or IV came twice")
		}
	})
	each(t, "open.effect.replaces", func(k *kit) {
		k.opened()
		old := *k.ch
		k.open()
		k.is(k.send(0xF2, 0, 0))
		k.ch = &old
		k.answers(k.send(0xF2, 0, 0), iso7816.SecurityNotSatisfied)
	})
}

func TestOpenRefusesSlots(t *testing.T) {
	at := func(id string, slots ...byte) {
		each(t, id, func(k *kit) {
			k.paired()
			pub, _ := k.agree()
			for _, slot := range slots {
				k.is(k.bare(0x10, slot, 0, pub[:]...))
			}
		})
	}
	at("open.6a86.free", 1, 4)
	at("open.6a86.range", 100, 101, 0x7F)
	at("open.6f00.signed", 0x80, 0xFF)
}

func TestOpenRefusesWhatIsNoKey(t *testing.T) {
	each(t, "open.6a80.not-a-key", func(k *kit) {
		k.paired()
		pub, _ := k.agree()
		key, err := secp256k1.ParsePubKey(pub[:])
		if err != nil {
			k.Fatal(err)
		}
		hybrid := bytes.Clone(pub[:])
		hybrid[0] = 6 | pub[64]&1
		for _, bad := range [][]byte{{}, {4}, pub[:64], append(pub[:], 0), key.SerializeCompressed(), hybrid,
			make([]byte, 65), bytes.Repeat([]byte{4}, 65)} {
			k.is(k.bare(0x10, 0, 0, bad...))
		}
	})
	each(t, "open.6a80.off-curve", func(k *kit) {
		k.paired()
		pub, _ := k.agree()
		pub[64] ^= 1
		k.is(k.bare(0x10, 0, 0, pub[:]...))
	})
}

func TestNothingButMutualAuthenticationFollowsOpen(t *testing.T) {
	each(t, "open.6985.no-mutual", func(k *kit) {
		k.paired()
		for _, ins := range []byte{0x13, 0xF2, 0x20, 0x21, 0x22, 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xC0, 0xC1, 0xC2} {
			k.ok(k.openBare())
			k.is(k.send(ins, 0, 0))
		}
	})
}

func TestSecondClientAndThePINOfTheFirst(t *testing.T) {
	second := func(k *kit) {
		k.paired()
		slot, key := k.slot, k.key
		k.paired2().open().verify() // the first client, in slot 1
		k.slot, k.key = slot, key
		k.open()
		k.is(k.send(0xD4, 0, 0))
	}
	each(t, "open.effect.ends-authentication", second)
	each(t, "open.quirk.inherits-pin", second)
}

func TestMutualAuthentication(t *testing.T) {
	each(t, "mutual.9000", func(k *kit) {
		var last []byte
		for range 2 {
			k.sel()
			if last == nil {
				k.paired()
			}
			k.ok(k.openBare())
			mine := k.random(32)
			r := k.is(k.send(0x11, 0, 0, mine...))
			if len(r.Data) != 32 || bytes.Equal(r.Data, mine) || bytes.Equal(r.Data, last) {
				k.Errorf("answered %X", r.Data)
			}
			last = r.Data
		}
	})
	each(t, "mutual.6985.no-open", func(k *kit) {
		k.is(k.paired().bare(0x11, 0, 0, k.random(32)...))
		k.is(k.bare(0x11, 0, 0, k.random(64)...))
	})
	each(t, "mutual.9000.not-next", func(k *kit) {
		k.ok(k.paired().openBare())
		k.answers(k.bare(0xF2, 0, 0), iso7816.ConditionsNotSatisfied)
		k.is(k.send(0x11, 0, 0, k.random(32)...))
	})
	each(t, "mutual.6985.twice", func(k *kit) {
		k.is(k.opened().send(0x11, 0, 0, k.random(32)...))
		k.ok(k.send(0xF2, 0, 0))
	})
}

func TestMutualAuthenticationFails(t *testing.T) {
	foreign := func(k *kit) iso7816.Response {
		k.key = k.random(32)
		k.ok(k.openBare())
		return k.send(0x11, 0, 0, k.random(32)...)
	}
	each(t, "mutual.6982.mac", func(k *kit) { k.isBare(foreign(k.paired())) })
	each(t, "mutual.6982.length", func(k *kit) {
		k.paired()
		for _, n := range []int{0, 31, 33, 64} {
			k.ok(k.openBare())
			k.isBare(k.send(0x11, 0, 0, make([]byte, n)...))
		}
	})
	each(t, "mutual.6985.after-failure", func(k *kit) {
		k.paired()
		key := k.key
		k.answers(foreign(k), iso7816.SecurityNotSatisfied)
		k.is(k.bare(0x11, 0, 0, k.random(64)...))
		k.key = key
		k.open()
	})
}
