package applet_test

import (
	"bytes"
	"testing"

	"tapcard.example/iso7816"
)

// Pieces of entropy of the duplications below.
var (
	pieceA = bytes.Repeat([]byte{0xA0}, 32)
	pieceB = bytes.Repeat([]byte{0x0B}, 32)
)

// xor mixes pieces into the key of a duplication.
func xor(pieces ...[]byte) []byte {
	key := make([]byte, 32)
	for _, p := range pieces {
		for i := range key {
			key[i] ^= p[i]
		}
	}
	return key
}

// dupStart starts a session of n pieces with pieceA.
func (k *kit) dupStart(n byte) *kit {
	k.Helper()
	k.ok(k.send(0xD5, 0, n, pieceA...))
	return k
}

// dupAdd selects, as a client has to, and adds a piece without a channel.
func (k *kit) dupAdd(piece []byte) iso7816.Response {
	k.Helper()
	k.sel()
	return k.bare(0xD5, 1, 0, k.oneShot(piece)...)
}

func (k *kit) dupExport() iso7816.Response {
	k.Helper()
	return k.send(0xD5, 2, 0)
}

func (k *kit) dupImport(blob []byte) iso7816.Response {
	k.Helper()
	return k.send(0xD5, 3, 0, blob...)
}

// keyTemplate is what a duplicate holds: the private key, and the chain code when there is one.
func keyTemplate(key hdKey) []byte {
	if key.chain == nil {
		return template(0x81, key.private())
	}
	return template(0x81, key.private(), 0x82, key.chain)
}

// seal encrypts a duplicate of a key as another card would, with junk after the template.
func (k *kit) seal(dupKey []byte, key hdKey, junk int) []byte {
	k.Helper()
	plain := append(keyTemplate(key), bytes.Repeat([]byte{0xEE}, junk)...)
	plain = append(plain, 0x80)
	for len(plain)%16 != 0 {
		plain = append(plain, 0)
	}
	iv := k.random(16)
	return append(iv, cbcEncrypt(k, dupKey, iv, plain)...)
}

// unseal decrypts what EXPORT answered.
func (k *kit) unseal(dupKey, blob []byte) []byte {
	k.Helper()
	if len(blob) < 32 || len(blob)%16 != 0 {
		k.Fatalf("a duplicate of %d bytes", len(blob))
	}
	return cbcDecrypt(k, dupKey, blob[:16], blob[16:])
}

func TestDuplicateStart(t *testing.T) {
	each(t, "duplicate.6a86.p1", func(k *kit) {
		k.ready()
		for _, p1 := range []byte{4, 5, 0x80, 0xFF} {
			k.is(k.send(0xD5, p1, 0, pieceA...))
		}
	})
	each(t, "dupstart.9000", func(k *kit) {
		if r := k.is(k.ready().send(0xD5, 0, 3, pieceA...)); len(r.Data) != 0 {
			k.Errorf("answered %X", r.Data)
		}
	})
	each(t, "dupstart.effect.restart", func(k *kit) {
		k.ready().dupStart(3)
		k.ok(k.dupAdd(pieceB))
		k.open().verify()
		k.is(k.send(0xD5, 0, 2, pieceB...))
		k.answers(k.dupExport(), iso7816.ConditionsNotSatisfied)
		k.ok(k.dupAdd(pieceA))
		k.open().verify()
		k.ok(k.dupExport())
	})
	each(t, "dupstart.6a80.length", func(k *kit) {
		k.ready()
		for _, n := range []int{0, 31, 33} {
			k.is(k.send(0xD5, 0, 1, make([]byte, n)...))
		}
		k.answers(k.dupExport(), iso7816.ConditionsNotSatisfied)
	})
	each(t, "dupstart.effect.never-complete", func(k *kit) {
		for i, n := range []byte{0, 0x81, 0xFF} {
			if i == 0 {
				k.ready()
			}
			k.is(k.dupStart(n).dupExport())
			k.answers(k.dupAdd(pieceB), iso7816.ConditionsNotSatisfied)
			k.open().verify()
			k.is(k.dupExport())
		}
	})
	each(t, "dupstart.6985.no-channel", func(k *kit) { k.is(k.paired().bare(0xD5, 0, 1, pieceA...)) })
	each(t, "dupstart.6985.no-pin", func(k *kit) { k.is(k.opened().send(0xD5, 0, 1, pieceA...)) })
}

func TestDuplicateAddEntropy(t *testing.T) {
	each(t, "dupadd.9000", func(k *kit) {
		k.ready().dupStart(2)
		if r := k.is(k.dupAdd(pieceB)); len(r.Data) != 0 {
			k.Errorf("answered %X", r.Data)
		}
	})
	each(t, "dupadd.effect.xor", func(k *kit) {
		k.ready().dupStart(3)
		third := k.random(32)
		k.is(k.dupAdd(pieceB))
		k.is(k.dupAdd(third))
		blob := k.ok(k.open().verify().dupExport()).Data
		k.equal("the duplicate", k.unseal(xor(pieceA, pieceB, third), blob), keyTemplate(master(theSeed)))
	})
	each(t, "dupadd.effect.twice", func(k *kit) {
		k.ready().dupStart(3)
		k.is(k.dupAdd(pieceB))
		k.is(k.dupAdd(pieceB))
		blob := k.ok(k.open().verify().dupExport()).Data
		k.equal("the duplicate", k.unseal(pieceA, blob), keyTemplate(master(theSeed)))
	})
	each(t, "dupadd.effect.survives", func(k *kit) {
		k.ready().dupStart(3)
		k.is(k.dupAdd(pieceB))
		k.card.Reset()
		k.reopen().verify().load()
		k.ok(k.send(0xD3, 0, 0))
		k.ok(k.send(0xD4, 0, 0))
		k.load()
		k.card.Reset()
		k.is(k.dupAdd(pieceA))
		k.ok(k.open().verify().dupExport())
	})
}

func TestDuplicateAddEntropyRefuses(t *testing.T) {
	each(t, "dupadd.6985.no-session", func(k *kit) { k.is(k.ready().dupAdd(pieceB)) })
	each(t, "dupadd.6985.complete", func(k *kit) {
		k.ready().dupStart(2)
		k.ok(k.dupAdd(pieceB))
		k.is(k.dupAdd(pieceB))
		k.ok(k.open().verify().dupExport())
		k.is(k.dupAdd(pieceB))
	})
	each(t, "dupadd.6a80.length", func(k *kit) {
		k.ready().dupStart(2)
		for _, n := range []int{0, 31, 33, 48} {
			k.is(k.dupAdd(make([]byte, n)))
		}
		k.ok(k.dupAdd(pieceB))
	})
	each(t, "dupadd.6f05.padding", func(k *kit) {
		k.ready().dupStart(2).sel()
		k.is(k.bare(0xD5, 1, 0, k.brokenShot(bytes.Repeat([]byte{0x11}, 48))...))
		k.ok(k.dupAdd(pieceB))
		k.ok(k.open().verify().dupExport())
	})
}

func TestAddEntropyInAnOpenChannel(t *testing.T) {
	each(t, "dupadd.effect.channel-kept", func(k *kit) {
		k.ready().dupStart(2)
		k.is(k.receiveAny(k.bare(0xD5, 1, 0, k.oneShot(pieceB)...)))
		k.ok(k.dupExport())
	})
	each(t, "dupadd.quirk.replaces-key", func(k *kit) {
		k.ready().dupStart(2)
		for _, next := range []byte{0xF2, 0x15} { // also an instruction that is refused unread
			open := *k.ch
			r := k.ok(k.bare(0xD5, 1, 0, k.oneShot(pieceB)...))
			if plain, err := k.ch.UnwrapResponse(r); err == nil {
				k.Errorf("the answer opens with the channel's key: %v", plain.SW)
			}
			k.ch = &open
			k.is(k.transmit(k.wrap(command(next, 0, 0, nil))))
			k.reopen().verify().ok(k.send(0xD5, 0, 2, pieceA...))
		}
	})
}

// receiveAny takes an answer that may be in the channel or bare.
func (k *kit) receiveAny(r iso7816.Response) iso7816.Response {
	k.Helper()
	if len(r.Data) == 0 {
		return r
	}
	return k.receive(r)
}

func TestDuplicateExport(t *testing.T) {
	sizes := func(extended, plain int) func(k *kit) {
		return func(k *kit) {
			k.ready().dupStart(1)
			if r := k.is(k.dupExport()); len(r.Data) != extended {
				k.Errorf("%d bytes for an extended key", len(r.Data))
			}
			k.loadPlain().dupStart(1)
			if r := k.is(k.dupExport()); len(r.Data) != plain {
				k.Errorf("%d bytes for a key without chain code", len(r.Data))
			}
		}
	}
	each(t, "dupexport.9000", sizes(96, 64))
	each(t, "dupexport.9000.2.0", sizes(96, 64))
	each(t, "dupexport.quirk.stale-bytes", sizes(160, 128))
	each(t, "dupexport.effect.template", func(k *kit) {
		k.ready().derive(1, 2).dupStart(1) // the master key is duplicated, whatever the path
		plain := k.unseal(pieceA, k.is(k.dupExport()).Data)
		want := keyTemplate(master(theSeed))
		if len(plain) < len(want) || len(plain) > len(want) && !(k.quirks && k.profile == "2.0") {
			k.Fatalf("the duplicate holds %d bytes", len(plain))
		}
		k.equal("the duplicate", plain[:len(want)], want)
		k.loadPlain().dupStart(1)
		plain = k.unseal(pieceA, k.is(k.dupExport()).Data)
		want = keyTemplate(hdKey{d: master(theSeed).d})
		k.equal("the duplicate", plain[:len(want)], want)
	})
	each(t, "dupexport.effect.ends-session", func(k *kit) {
		k.ready().dupStart(1)
		k.ok(k.dupExport())
		k.is(k.dupExport())
		k.is(k.dupImport(k.seal(pieceA, master(otherSeed), 0)))
		k.is(k.dupAdd(pieceB))
	})
}

func TestDuplicateExportRefuses(t *testing.T) {
	each(t, "dupexport.6985.no-session", func(k *kit) { k.is(k.ready().dupExport()) })
	each(t, "dupexport.6985.incomplete", func(k *kit) {
		k.is(k.ready().dupStart(3).dupExport())
		k.ok(k.dupAdd(pieceB))
		k.is(k.open().verify().dupExport())
	})
	each(t, "dupexport.6985.no-channel", func(k *kit) {
		k.ready().dupStart(1).sel()
		k.is(k.dupExport())
	})
	each(t, "dupexport.6985.no-pin", func(k *kit) {
		k.is(k.ready().dupStart(1).reopen().dupExport())
		k.ok(k.verify().dupExport())
	})
	each(t, "dupexport.6f02.no-key", func(k *kit) {
		k.is(k.verified().dupStart(1).dupExport())
		k.load()
		k.answers(k.dupExport(), iso7816.ConditionsNotSatisfied)
	})
}

func TestDuplicateImport(t *testing.T) {
	each(t, "dupimport.9000", func(k *kit) {
		k.ready().derive(1).dupStart(2)
		k.ok(k.dupAdd(pieceB))
		other := master(otherSeed)
		blob := k.seal(xor(pieceA, pieceB), other, 0)
		k.equal("the key UID", k.is(k.open().verify().dupImport(blob)).Data, other.uid())
		k.pathIs()
		k.derive(4)
		k.signedBy(k.send(0xC0, 0, 0, theHash...), other.at(4))
		k.dupStart(1)
		k.ok(k.dupImport(k.seal(pieceA, hdKey{d: other.d}, 0)))
		k.answers(k.send(0xD1, 0, 0, path(1)...), iso7816.ConditionsNotSatisfied)
	})
	own := func(k *kit) {
		blob := k.ok(k.ready().dupStart(1).dupExport()).Data
		k.ok(k.send(0xD0, 3, 0, otherSeed...))
		r := k.is(k.dupStart(1).dupImport(blob))
		if r.SW == iso7816.OK {
			k.equal("the key UID", r.Data, master(theSeed).uid())
		}
	}
	each(t, "dupimport.9000.2.0", own)
	each(t, "dupimport.quirk.broken", own)
	trailing := func(k *kit) {
		k.verified()
		for _, junk := range []int{1, 9, 10, 69, 120} {
			k.dupStart(1)
			k.equal("the key UID", k.is(k.dupImport(k.seal(pieceA, master(theSeed), junk))).Data, master(theSeed).uid())
		}
	}
	each(t, "dupimport.effect.trailing", trailing)
	each(t, "dupimport.effect.trailing-2.0", trailing)
	each(t, "dupimport.effect.clears-pinless", func(k *kit) {
		k.ok(k.ready().send(0xC1, 0, 0, path(1)...))
		k.dupStart(1)
		k.ok(k.dupImport(k.seal(pieceA, master(otherSeed), 0)))
		k.sel()
		k.is(k.bare(0xC0, 3, 0, theHash...))
	})
}

func TestDuplicateImportRefuses(t *testing.T) {
	blob := func(k *kit) []byte { return k.seal(pieceA, master(otherSeed), 0) }
	each(t, "dupimport.6985.no-session", func(k *kit) { k.is(k.ready().dupImport(blob(k))) })
	each(t, "dupimport.6985.incomplete", func(k *kit) { k.is(k.ready().dupStart(2).dupImport(blob(k))) })
	each(t, "dupimport.6985.no-channel", func(k *kit) {
		k.ready().dupStart(1).sel()
		k.is(k.dupImport(blob(k)))
	})
	each(t, "dupimport.6985.no-pin", func(k *kit) { k.is(k.ready().dupStart(1).reopen().dupImport(blob(k))) })
	each(t, "dupimport.effect.failure-consumes", func(k *kit) {
		k.ready().derive(1)
		whole := blob(k)
		for _, bad := range [][]byte{nil, whole[:16], whole[:40], k.seal(pieceB, master(otherSeed), 0),
			k.seal(pieceA, hdKey{}, 0)} {
			if r := k.dupStart(1).dupImport(bad); r.SW == iso7816.OK {
				k.Errorf("imported %X", bad)
			}
			k.is(k.dupImport(whole))
			k.signs(1)
		}
	})
}
