package applet_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"tapcard.example/iso7816"
)

func hash(parts ...[]byte) []byte {
	sum := sha256.Sum256(bytes.Join(parts, nil))
	return sum[:]
}

func TestPairingProvesBothSides(t *testing.T) {
	each(t, "pair.9000.first", func(k *kit) {
		challenge := k.init().random(32)
		r := k.is(k.bare(0x12, 0, 0, challenge...))
		if len(r.Data) != 64 {
			k.Fatalf("%d bytes", len(r.Data))
		}
		k.equal("the card's cryptogram", r.Data[:32], hash(theToken, challenge))
		again := k.bare(0x12, 0, 0, challenge...)
		if bytes.Equal(again.Data[32:], r.Data[32:]) {
			k.Error("the card's challenge is always the same")
		}
	})
	each(t, "pair.9000.second", func(k *kit) {
		r, _ := k.init().pair()
		k.is(r)
		if len(r.Data) != 33 || r.Data[0] != 0 {
			k.Errorf("answered %X", r.Data)
		}
		k.open()
	})
	each(t, "pair.effect.first-free-slot", func(k *kit) {
		for i := range byte(3) {
			if k.sel(); i == 0 {
				k.init()
			}
			r, _ := k.pair()
			if k.is(r); r.Data[0] != i {
				k.Errorf("slot %d instead of %d", r.Data[0], i)
			}
		}
		k.open().verify()
		k.ok(k.send(0x13, 1, 0))
		k.sel()
		if k.paired2(); k.slot != 1 {
			k.Errorf("slot %d instead of the freed one, 1", k.slot)
		}
		k.open()
	})
}

func TestPairRefusesWrongData(t *testing.T) {
	each(t, "pair.6a80.length", func(k *kit) {
		k.init()
		for _, n := range []int{0, 1, 31, 33, 64} {
			k.is(k.bare(0x12, 0, 0, make([]byte, n)...))
		}
	})
	each(t, "pair.6a80.length-second", func(k *kit) {
		k.init()
		for _, n := range []int{0, 31, 33} {
			k.ok(k.bare(0x12, 0, 0, k.random(32)...))
			k.is(k.bare(0x12, 1, 0, make([]byte, n)...))
		}
	})
	each(t, "pair.6a86.p1", func(k *kit) {
		k.init()
		for _, p1 := range []byte{2, 3, 0x7F, 0x80, 0xFF} {
			k.is(k.bare(0x12, p1, 0, k.random(32)...))
		}
	})
}

// fail makes both steps with a cryptogram that is wrong.
func (k *kit) failToPair() iso7816.Response {
	k.Helper()
	k.ok(k.bare(0x12, 0, 0, k.random(32)...))
	return k.bare(0x12, 1, 0, k.random(32)...)
}

func TestPairStepsBelongTogether(t *testing.T) {
	second := func(k *kit) iso7816.Response { return k.bare(0x12, 1, 0, k.random(32)...) }
	each(t, "pair.6a86.no-first", func(k *kit) { k.is(second(k.init())) })
	each(t, "pair.6982.cryptogram", func(k *kit) {
		k.is(k.init().failToPair())
		if n := k.sel().slots; n != 5 && n != 100 {
			k.Errorf("%d free slots after a failed pairing", n)
		}
	})
	each(t, "pair.6a86.after-failure", func(k *kit) {
		k.answers(k.init().failToPair(), iso7816.SecurityNotSatisfied)
		k.is(second(k))
		k.paired2()
	})
	each(t, "pair.6a86.after-open", func(k *kit) {
		k.paired()
		first := k.ok(k.bare(0x12, 0, 0, k.random(32)...))
		k.ok(k.openBare())
		k.ch = nil
		k.is(k.bare(0x12, 1, 0, hash(theToken, first.Data[32:])...))
	})
	each(t, "pair.6a86.after-reset", func(k *kit) {
		k.init()
		first := k.ok(k.bare(0x12, 0, 0, k.random(32)...))
		k.card.Reset()
		k.sel()
		k.is(k.bare(0x12, 1, 0, hash(theToken, first.Data[32:])...))
	})
}

func TestPairRunsOutOfSlots(t *testing.T) {
	each(t, "pair.6a84.full", func(k *kit) {
		for n := k.init().sel().slots; n > 0; n-- {
			k.paired2()
		}
		if n := k.sel().slots; n != 0 {
			k.Errorf("%d free slots of a full card", n)
		}
		r, _ := k.pair()
		k.is(r)
		k.open() // the last pairing is not harmed
	})
}

func TestPairIsRefusedInAChannel(t *testing.T) {
	each(t, "pair.6985.channel-open", func(k *kit) {
		k.opened()
		for _, send := range []func(byte, byte, byte, ...byte) iso7816.Response{
			k.send, // wrapped, and as it is: the card looks at neither
			func(ins, p1, p2 byte, data ...byte) iso7816.Response { return k.receive(k.bare(ins, p1, p2, data...)) },
		} {
			before := k.reply
			k.is(send(0x12, 0, 0, k.random(32)...))
			k.equal("the answer under the IV of the trap", k.under(before, k.raw), []byte{0x69, 0x85})
			k.ok(k.send(0xF2, 0, 0))
		}
	})
}
