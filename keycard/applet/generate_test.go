package applet_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/applet"
)

// checksum says whether words, 11 bits each, end in the first bits of the SHA-256 of what is before (BIP-39).
func checksum(words []byte, bits int) bool {
	var all []byte // one bit a byte
	for ; len(words) > 0; words = words[2:] {
		w := binary.BigEndian.Uint16(words)
		for shift := 10; shift >= 0; shift-- {
			all = append(all, byte(w>>shift)&1)
		}
	}
	entropy := make([]byte, (len(all)-bits)/8)
	for i, bit := range all[:len(all)-bits] {
		entropy[i/8] = entropy[i/8]<<1 | bit
	}
	sum := sha256.Sum256(entropy)
	for i, bit := range all[len(all)-bits:] {
		if sum[0]>>(7-i)&1 != bit {
			return false
		}
	}
	return true
}

func TestGenerateMnemonic(t *testing.T) {
	each(t, "mnemonic.9000", func(k *kit) {
		k.opened()
		for size := byte(4); size <= 8; size++ {
			r := k.is(k.send(0xD2, size, 0))
			if len(r.Data) != int(size)*3*2 {
				k.Fatalf("%d bytes for a checksum of %d bits", len(r.Data), size)
			}
			for i := 0; i < len(r.Data); i += 2 {
				if w := binary.BigEndian.Uint16(r.Data[i:]); w > 2047 {
					k.Errorf("word %d", w)
				}
			}
		}
	})
	each(t, "mnemonic.effect.checksum", func(k *kit) {
		k.opened()
		for i := range 50 {
			size := 4 + i%5
			if r := k.is(k.send(0xD2, byte(size), 0)); !checksum(r.Data, size) {
				k.Errorf("wrong checksum of %d bits: %X", size, r.Data)
			}
		}
	})
	each(t, "mnemonic.effect.random", func(k *kit) {
		k.opened()
		if bytes.Equal(k.is(k.send(0xD2, 4, 0)).Data, k.is(k.send(0xD2, 4, 0)).Data) {
			k.Error("the same words twice")
		}
	})
	each(t, "mnemonic.9000.no-pin", func(k *kit) { k.is(k.opened().send(0xD2, 8, 0)) })
	each(t, "mnemonic.6a86.p1", func(k *kit) {
		k.opened()
		for _, p1 := range []byte{0, 1, 3, 9, 0x80, 0xFF} {
			k.is(k.send(0xD2, p1, 0))
		}
	})
	each(t, "mnemonic.6985.no-channel", func(k *kit) { k.is(k.paired().bare(0xD2, 4, 0)) })
}

func TestGenerateKey(t *testing.T) {
	each(t, "generate.9000", func(k *kit) {
		uid := k.is(k.verified().send(0xD4, 0, 0)).Data
		k.equal("SELECT's key UID", k.sel().keyUID, uid)
	})
	each(t, "generate.effect.like-load", func(k *kit) {
		k.ready().derive(1, 2)
		uid := k.is(k.send(0xD4, 0, 0)).Data
		k.pathIs()
		s := parseSignature(k, k.ok(k.send(0xC0, 0, 0, theHash...)).Data)
		k.equal("the signer's UID", hash(s.pub), uid)
		k.derive(hard + 1)
		s2 := parseSignature(k, k.ok(k.send(0xC0, 0, 0, theHash...)).Data)
		if !s.verify(k, theHash, s.pub) || !s2.verify(k, theHash, s2.pub) || bytes.Equal(s.pub, s2.pub) {
			k.Error("the generated key does not sign as it should")
		}
	})
	each(t, "generate.effect.random", func(k *kit) {
		k.verified()
		if bytes.Equal(k.is(k.send(0xD4, 0, 0)).Data, k.is(k.send(0xD4, 0, 0)).Data) {
			k.Error("the same key twice")
		}
	})
	each(t, "generate.effect.clears-pinless", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(1)...))
		k.ok(k.send(0xD4, 0, 0))
		k.sel()
		k.is(k.bare(0xC0, 3, 0, theHash...))
	})
	each(t, "generate.6985.no-channel", func(k *kit) { k.is(k.paired().bare(0xD4, 0, 0)) })
	each(t, "generate.6985.no-pin", func(k *kit) { k.is(k.opened().send(0xD4, 0, 0)) })
}

// tap is a random source that keeps what it gave.
type tap struct {
	from io.Reader
	got  []byte
}

func (r *tap) Read(b []byte) (int, error) {
	n, err := r.from.Read(b)
	r.got = append(r.got, b[:n]...)
	return n, err
}

func TestGeneratedKeyIsTheMasterOfARandomSeed(t *testing.T) {
	var source *tap
	each(t, "generate.effect.bip32", func(k *kit) {
		k.verified()
		source.got = nil
		uid := k.is(k.send(0xD4, 0, 0)).Data
		if len(source.got) != 64 {
			k.Fatalf("%d random bytes were used", len(source.got))
		}
		k.equal("the key UID", uid, master(source.got).uid())
	}, func(o *applet.Options) {
		source = &tap{from: o.Env.Rand}
		o.Env.Rand = source
	})
}

func TestRemoveKey(t *testing.T) {
	each(t, "remove.9000", func(k *kit) {
		if r := k.is(k.ready().send(0xD3, 0, 0)); len(r.Data) != 0 {
			k.Errorf("answered %X", r.Data)
		}
		k.equal("SELECT's key UID", k.sel().keyUID, []byte{})
	})
	each(t, "remove.effect.no-sign", func(k *kit) {
		k.ok(k.ready().derive(1).send(0xD3, 0, 0))
		k.is(k.send(0xC0, 0, 0, theHash...))
		k.load()
		k.signs()
	})
	each(t, "remove.effect.path", func(k *kit) {
		k.ok(k.ready().derive(1, 2).send(0xD3, 0, 0))
		k.is(k.send(0xF2, 1, 0))
		k.pathIs()
	})
	each(t, "remove.effect.clears-pinless", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(1)...))
		k.ok(k.send(0xD3, 0, 0))
		k.sel()
		k.is(k.bare(0xC0, 3, 0, theHash...))
	})
	each(t, "remove.effect.clears-pinless-2.0", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(1)...))
		k.ok(k.send(0xD3, 0, 0))
		k.load().derive(1).reopen()
		k.is(k.send(0xC0, 0, 0, theHash...))
	})
	each(t, "remove.6985.no-channel", func(k *kit) {
		k.ready().sel()
		k.is(k.bare(0xD3, 0, 0))
	})
	each(t, "remove.6985.no-pin", func(k *kit) {
		k.is(k.ready().reopen().send(0xD3, 0, 0))
		if _, _, key := k.status(); !key {
			k.Error("the key is gone")
		}
	})
}

func TestRandomSourceThatFailsChangesNothing(t *testing.T) {
	for _, profile := range []string{"2.0", "2.3", "3.1"} {
		broken := false
		k := newKit(t, profile, false, func(o *applet.Options) {
			from := o.Env.Rand
			o.Env.Rand = readerFunc(func(b []byte) (int, error) {
				if broken {
					return 0, io.ErrUnexpectedEOF
				}
				return from.Read(b)
			})
		})
		k.ready().derive(1)
		before := k.snapshot()
		broken = true
		for _, c := range [][3]byte{{0xD4, 0, 0}, {0xD2, 4, 0}} {
			k.answers(k.send(c[0], c[1], c[2]), iso7816.Internal)
		}
		k.answers(k.send(0xC0, 0, 0, theHash...), iso7816.Internal)
		k.equal("the memory", k.snapshot(), before)
		broken = false
		k.signs(1)
	}
}

// readerFunc makes an io.Reader of a function.
type readerFunc func(b []byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// snapshot is all the card keeps.
func (k *kit) snapshot() []byte {
	k.Helper()
	b, err := k.store.Snapshot()
	if err != nil {
		k.Fatal(err)
	}
	return b
}
