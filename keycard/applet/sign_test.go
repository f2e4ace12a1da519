package applet_test

import (
	"bytes"
	"testing"

	"tapcard.example/iso7816"
)

// hashAt is the data of SIGN with a path.
func hashAt(components ...uint32) []byte { return append(bytes.Clone(theHash), path(components...)...) }

func TestSign(t *testing.T) {
	each(t, "sign.9000", func(k *kit) {
		k.signedBy(k.is(k.ready().send(0xC0, 0, 0, theHash...)), master(theSeed))
		for _, h := range [][]byte{make([]byte, 32), beyond} { // also hashes that are zero, or above the order
			s := parseSignature(k, k.is(k.send(0xC0, 0, 0, h...)).Data)
			if !s.verify(k, h, s.pub) {
				k.Errorf("the signature of %X does not verify", h)
			}
		}
	})
	each(t, "sign.effect.pubkey-returned", func(k *kit) {
		k.ready().derive(hard+44, 3)
		s := parseSignature(k, k.is(k.send(0xC0, 0, 0, theHash...)).Data)
		k.equal("the public key", s.pub, master(theSeed).at(hard+44, 3).public())
		if s.recovery(k, theHash, s.pub) < 0 {
			k.Error("no recovery id leads to the public key")
		}
	})
	each(t, "sign.effect.long-length", func(k *kit) {
		r := k.is(k.ready().send(0xC0, 0, 0, theHash...))
		if r.Data[0] != 0xA0 || r.Data[1] != 0x81 || int(r.Data[2]) != len(r.Data)-3 {
			k.Errorf("begins with %X", r.Data[:3])
		}
	})
}

func TestFormOfRAndS(t *testing.T) {
	each(t, "sign.effect.low-s", func(k *kit) {
		k.ready()
		for range 40 {
			s := parseSignature(k, k.is(k.send(0xC0, 0, 0, theHash...)).Data)
			if n := scalar(k, s.s); n.IsOverHalfOrder() {
				k.Errorf("s is %X", s.s)
			}
		}
	})
	each(t, "sign.effect.non-minimal-s", func(k *kit) {
		k.ready()
		minimal := func(b []byte) bool { return len(b) == 1 || b[0] != 0 || b[1] >= 0x80 }
		for range 20000 {
			s := parseSignature(k, k.is(k.send(0xC0, 0, 0, theHash...)).Data)
			if !minimal(s.r) || len(s.s) > 32 || s.s[0] >= 0x80 {
				k.Fatalf("r is %X and s is %X", s.r, s.s)
			}
			if !minimal(s.s) {
				if len(s.s) != 32 || !s.verify(k, theHash, s.pub) {
					k.Errorf("s is %X", s.s)
				}
				return
			}
		}
		k.Error("no s with a leading zero byte in 20000 signatures; 1 in 512 has one")
	})
}

func TestSignRefuses(t *testing.T) {
	each(t, "sign.6a80.length", func(k *kit) {
		k.ready()
		for _, n := range []int{0, 1, 20, 31} {
			k.is(k.send(0xC0, 0, 0, make([]byte, n)...))
		}
	})
	each(t, "sign.6a80.too-long", func(k *kit) {
		k.ready()
		for _, n := range []int{33, 36, 64} {
			k.is(k.send(0xC0, 0, 0, make([]byte, n)...))
		}
	})
	each(t, "sign.6985.no-key", func(k *kit) { k.is(k.verified().send(0xC0, 0, 0, theHash...)) })
	each(t, "sign.6985.no-pin", func(k *kit) {
		k.is(k.ready().derive(1).reopen().send(0xC0, 0, 0, theHash...))
		k.verify()
		k.ok(k.send(0xC1, 0, 0, path(2)...))
		k.is(k.reopen().send(0xC0, 0, 0, theHash...))
	})
	each(t, "sign.6985.no-channel", func(k *kit) {
		k.ready().sel()
		k.is(k.bare(0xC0, 0, 0, theHash...))
	})
}

func TestSignIgnoresWhatTheVersionIgnores(t *testing.T) {
	each(t, "sign.9000.p1-ignored", func(k *kit) {
		k.ready().derive(1)
		for _, p := range [][2]byte{{1, 0x81}, {3, 0}, {0xFF, 0xFF}} {
			k.signedBy(k.is(k.send(0xC0, p[0], p[1], theHash...)), master(theSeed).at(1))
		}
	})
	each(t, "sign.9000.p2-ignored", func(k *kit) {
		k.ready().derive(1)
		for _, p2 := range []byte{1, 3, 0x81, 0xFF} {
			k.signedBy(k.is(k.send(0xC0, 0, p2, theHash...)), master(theSeed).at(1))
		}
	})
}

func TestSignWithAPath(t *testing.T) {
	m := master(theSeed)
	each(t, "sign.9000.derive", func(k *kit) {
		k.ready().derive(1, 2)
		k.signedBy(k.is(k.send(0xC0, 1, 0, hashAt(hard+44, 7)...)), m.at(hard+44, 7))
		k.signs(1, 2)
	})
	each(t, "sign.9000.derive-relative", func(k *kit) {
		k.ready().derive(1, 2)
		k.signedBy(k.is(k.send(0xC0, 0x41, 0, hashAt(3)...)), m.at(1, 3))
		k.signedBy(k.is(k.send(0xC0, 0x81, 0, hashAt(4, 5)...)), m.at(1, 2, 4, 5))
		k.signs(1, 2)
	})
	each(t, "sign.9000.make-current", func(k *kit) {
		k.ready().derive(1, 2)
		k.signedBy(k.is(k.send(0xC0, 2, 0, hashAt(3, 4)...)), m.at(3, 4))
		k.signs(3, 4)
		k.signedBy(k.is(k.send(0xC0, 0x82, 0, hashAt(5)...)), m.at(3, 4, 5))
		k.signs(3, 4, 5)
	})
	each(t, "sign.6a80.path-length", func(k *kit) {
		k.ready().derive(1)
		for _, n := range []int{33, 34, 35, 37} {
			k.is(k.send(0xC0, 1, 0, make([]byte, n)...))
			k.is(k.send(0xC0, 2, 0, make([]byte, n)...))
		}
		k.signs(1)
	})
	each(t, "sign.6a80.no-path", func(k *kit) {
		k.is(k.ready().send(0xC0, 1, 1, theHash...))
		k.is(k.send(0xC0, 1, 0x81, theHash...))
	})
	each(t, "sign.9000.no-path-master", func(k *kit) {
		k.signedBy(k.is(k.ready().derive(1).send(0xC0, 1, 0x81, theHash...)), m)
		k.signs(1)
	})
	each(t, "sign.9000.append", func(k *kit) {
		k.signedBy(k.is(k.ready().derive(1).send(0xC0, 0, 0, hashAt(2, 3)...)), m.at(1, 2, 3))
		k.signs(1)
	})
}

func TestSignWithAPathRefuses(t *testing.T) {
	each(t, "sign.6b00.p1", func(k *kit) {
		k.ready()
		for _, p1 := range []byte{4, 5, 0x3F, 0x44, 0x8F} {
			before := k.reply
			k.is(k.send(0xC0, p1, 0, theHash...))
			k.equal("the answer under the IV of the trap", k.under(before, k.raw), []byte{0x6B, 0x00})
		}
		k.signs()
	})
	each(t, "sign.6985.derive-no-pin", func(k *kit) {
		k.is(k.ready().reopen().send(0xC0, 1, 0, hashAt(1)...))
		k.is(k.send(0xC0, 2, 0, hashAt(1)...))
		k.pathIs()
	})
	each(t, "sign.6985.derive-not-extended", func(k *kit) {
		k.is(k.verified().loadPlain().send(0xC0, 1, 0, hashAt(1)...))
		k.is(k.send(0xC0, 2, 0, hashAt(1)...))
		k.signs()
	})
	each(t, "sign.6984.derive", func(k *kit) {
		k.is(k.ready().derive(1).send(0xC0, 1, 0, hashAt(2, badIndex)...))
		k.is(k.send(0xC0, 2, 0, hashAt(2, badIndex)...))
		k.signs(1)
	}, invalidChild)
}

func TestSignWithThePinlessPath(t *testing.T) {
	key := master(theSeed).at(hard+44, 9)
	set := func(k *kit) *kit {
		k.ok(k.ready().send(0xC1, 0, 0, path(hard+44, 9)...))
		return k
	}
	each(t, "sign.9000.pinless-active", func(k *kit) {
		set(k).derive(hard+44, 9).reopen()
		k.signedBy(k.is(k.send(0xC0, 0, 0, theHash...)), key)
	})
	each(t, "sign.6985.pinless-other-key", func(k *kit) {
		set(k).derive(hard+44, 9).reopen()
		for p1, data := range map[byte][]byte{0: hashAt(1), 1: theHash, 2: hashAt(1), 0x41: hashAt(1), 0x81: theHash} {
			k.is(k.send(0xC0, p1, 0, data...))
		}
		k.pathIs(hard+44, 9)
	})
	each(t, "sign.9000.pinless", func(k *kit) {
		set(k).derive(1)
		k.card.Reset()
		k.sel()
		k.signedBy(k.is(k.bare(0xC0, 3, 0, theHash...)), key)
		k.open().verify().signs(1)
	})
	each(t, "sign.9000.pinless-wrapped", func(k *kit) {
		set(k).reopen()
		k.signedBy(k.is(k.send(0xC0, 3, 0, theHash...)), key)
	})
	each(t, "sign.6982.pinless-bare", func(k *kit) {
		set(k)
		k.is(k.bare(0xC0, 3, 0, theHash...))
		k.answers(k.forgotten(), iso7816.ConditionsNotSatisfied)
	})
	each(t, "sign.6a88.pinless-unset", func(k *kit) {
		k.is(k.ready().send(0xC0, 3, 0, theHash...))
		k.sel()
		k.is(k.bare(0xC0, 3, 0, theHash...))
	})
	each(t, "sign.6985.pinless-2.0", func(k *kit) {
		set(k).sel()
		k.is(k.bare(0xC0, 3, 0, theHash...))
	})
}
