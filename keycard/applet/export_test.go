package applet_test

import (
	"testing"

	"tapcard.example/iso7816/tlv"
)

// keyPair is the answer of EXPORT KEY, taken apart; what was not answered is nil.
type keyPair struct {
	pub, private, chain []byte
	tags                []tlv.Tag
}

func parseKeyPair(tb testing.TB, b []byte) (p keyPair) {
	tb.Helper()
	outer, err := tlv.Parse(b, tlv.Strict)
	if err != nil || len(outer) != 1 || outer[0].Tag != 0xA1 {
		tb.Fatalf("no key template: %d bytes, %v", len(b), err)
	}
	inner, err := tlv.Parse(outer[0].Value, tlv.Strict)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range inner {
		p.tags = append(p.tags, e.Tag)
	}
	p.pub, _ = tlv.Find(inner, 0x80)
	p.private, _ = tlv.Find(inner, 0x81)
	p.chain, _ = tlv.Find(inner, 0x82)
	return p
}

// eip1581 is a path in the subtree whose private keys may be exported.
func eip1581(more ...uint32) []uint32 {
	return append([]uint32{hard + 43, hard + 60, hard + 1581}, more...)
}

// exportsPublic checks that an answer is the public key at a path and nothing else.
func (k *kit) exportsPublic(p1 byte, data []byte, key hdKey) {
	k.Helper()
	p := parseKeyPair(k, k.is(k.send(0xC2, p1, 1, data...)).Data)
	k.equal("the public key", p.pub, key.public())
	if len(p.tags) != 1 {
		k.Errorf("tags %v", p.tags)
	}
}

func TestExportPublicKey(t *testing.T) {
	m := master(theSeed)
	each(t, "export.9000.current", func(k *kit) {
		k.ready().exportsPublic(0, nil, m)
		k.derive(1, 2).exportsPublic(0, nil, m.at(1, 2))
	})
	each(t, "export.9000.derive", func(k *kit) {
		k.ready().derive(1, 2).exportsPublic(1, path(hard+44, 3), m.at(hard+44, 3))
		k.signs(1, 2)
	})
	each(t, "export.9000.make-current", func(k *kit) {
		k.ready().derive(1, 2).exportsPublic(2, path(hard+44, 3), m.at(hard+44, 3))
		k.signs(hard+44, 3)
	})
	each(t, "export.9000.sources", func(k *kit) {
		k.ready().derive(1, 2).exportsPublic(0x41, path(3), m.at(1, 3))
		k.exportsPublic(0x81, path(4, 5), m.at(1, 2, 4, 5))
		k.signs(1, 2)
		k.exportsPublic(0x82, path(6), m.at(1, 2, 6))
		k.signs(1, 2, 6)
		k.exportsPublic(0x42, path(7), m.at(1, 2, 7))
		k.signs(1, 2, 7)
	})
}

func TestExportPrivateKey(t *testing.T) {
	m := master(theSeed)
	each(t, "export.9000.private", func(k *kit) {
		p := parseKeyPair(k, k.is(k.ready().send(0xC2, 1, 0, path(eip1581(0, 0)...)...)).Data)
		k.equal("the private key", p.private, m.at(eip1581(0, 0)...).private())
		if len(p.tags) != 1 {
			k.Errorf("tags %v", p.tags)
		}
	})
	each(t, "export.9000.private-depth", func(k *kit) {
		k.ready()
		for _, more := range [][]uint32{{0, 0}, {hard, hard + 7}, {1, 2, 3}, {0xFFFFFFFF, 0, 0, 0, 0, 0, 0}} {
			p := parseKeyPair(k, k.is(k.send(0xC2, 1, 0, path(eip1581(more...)...)...)).Data)
			k.equal("the private key", p.private, m.at(eip1581(more...)...).private())
		}
	})
	both := func(k *kit, check func(p keyPair)) {
		key := m.at(eip1581(0, 1)...)
		for _, data := range [][]byte{path(eip1581(0, 1)...), nil} { // make current, then the current one
			p1 := byte(0)
			if data != nil {
				p1 = 2
			}
			p := parseKeyPair(k, k.is(k.send(0xC2, p1, 0, data...)).Data)
			k.equal("the private key", p.private, key.private())
			check(p)
		}
		k.pathIs(eip1581(0, 1)...)
	}
	each(t, "export.effect.private-with-public", func(k *kit) {
		both(k.ready(), func(p keyPair) {
			k.equal("the public key", p.pub, m.at(eip1581(0, 1)...).public())
			if len(p.tags) != 2 || p.tags[0] != 0x80 {
				k.Errorf("tags %v", p.tags)
			}
		})
	})
	each(t, "export.effect.private-alone", func(k *kit) {
		both(k.ready(), func(p keyPair) {
			if len(p.tags) != 1 {
				k.Errorf("tags %v", p.tags)
			}
		})
	})
}

func TestExportPrivateKeyIsRefused(t *testing.T) {
	each(t, "export.6985.private", func(k *kit) {
		k.ready()
		for _, p := range [][]uint32{{}, {1}, {hard + 44, hard + 60, hard, 0, 0}, {hard + 43, hard + 60, hard + 1582, 0, 0},
			{43, hard + 60, hard + 1581, 0, 0}, {hard + 43, 60, hard + 1581, 0, 0}, {hard + 43, hard + 60, 1581, 0, 0},
			{0, hard + 43, hard + 60, hard + 1581, 0, 0}} {
			k.is(k.send(0xC2, 2, 0, path(p...)...))
		}
		k.signs()
	})
	each(t, "export.6985.private-short", func(k *kit) {
		k.ready()
		for _, more := range [][]uint32{{}, {0}} {
			k.is(k.send(0xC2, 1, 0, path(eip1581(more...)...)...))
			k.is(k.send(0xC2, 2, 0, path(eip1581(more...)...)...))
		}
		k.is(k.send(0xC2, 1, 0, path(hard+43, hard+60)...))
		k.signs()
	})
	each(t, "export.6985.private-current", func(k *kit) {
		k.is(k.ready().send(0xC2, 0, 0))
		k.is(k.derive(hard+44, 1, 2, 3, 4).send(0xC2, 0, 0))
		k.is(k.derive(eip1581(0)...).send(0xC2, 0, 0))
	})
	each(t, "export.effect.refused-keeps", func(k *kit) {
		k.ready().derive(1, 2)
		k.answers(k.send(0xC2, 2, 0, path(3, 4)...), 0x6985)
		k.is(k.send(0xF2, 1, 0))
		k.signs(1, 2)
	})
}

func TestExportRuleLooksAtTheResult(t *testing.T) {
	m := master(theSeed)
	result := func(k *kit) {
		k.ready().derive(eip1581()...)
		p := parseKeyPair(k, k.is(k.send(0xC2, 0x81, 0, path(0, 5)...)).Data)
		k.equal("the private key", p.private, m.at(eip1581(0, 5)...).private())
		k.derive(eip1581(0)...)
		p = parseKeyPair(k, k.is(k.send(0xC2, 0x41, 0, path(1, 6)...)).Data)
		k.equal("the private key", p.private, m.at(eip1581(1, 6)...).private())
		k.derive(hard + 43)
		k.answers(k.send(0xC2, 0x81, 0, path(hard+60, hard+1580, 0, 0)...), 0x6985)
	}
	each(t, "export.9000.rule-on-result", result)
	each(t, "export.9000.rule-on-result-3.1", result)
	each(t, "export.quirk.rule-on-current", func(k *kit) {
		k.ready().derive(eip1581()...)
		k.is(k.send(0xC2, 0x81, 0, path(0, 5)...))
		k.derive(eip1581(0, 5)...)
		k.ok(k.send(0xC2, 0x81, 0, path(1)...))
	})
}

func TestExportOfAnEmptyPath(t *testing.T) {
	m := master(theSeed)
	right := func(k *kit) {
		k.ready().derive(1, 2).exportsPublic(1, nil, m)
		k.signs(1, 2)
		k.exportsPublic(2, nil, m)
		k.signs()
	}
	each(t, "export.9000.empty-derive", right)
	each(t, "export.9000.empty-derive-3.1", right)
	each(t, "export.quirk.empty-derive", func(k *kit) {
		k.ready().derive(1, 2).exportsPublic(1, nil, m.at(1, 2))
		k.pathIs()
	})
}

func TestExportExtendedPublicKey(t *testing.T) {
	m := master(theSeed)
	each(t, "export.9000.xpub", func(k *kit) {
		k.ready()
		for _, at := range [][]uint32{{}, {hard + 44, hard + 60, hard}, {hard + 43}} {
			p := parseKeyPair(k, k.is(k.send(0xC2, 1, 2, path(at...)...)).Data)
			k.equal("the public key", p.pub, m.at(at...).public())
			k.equal("the chain code", p.chain, m.at(at...).chain)
			if len(p.tags) != 2 || p.tags[0] != 0x80 {
				k.Errorf("tags %v", p.tags)
			}
		}
	})
	each(t, "export.6985.xpub-eip1581", func(k *kit) {
		k.is(k.ready().send(0xC2, 1, 2, path(eip1581(0, 0)...)...))
		k.derive(eip1581(0, 0)...)
		k.is(k.send(0xC2, 0, 2))
		k.is(k.send(0xC2, 0x81, 2, path(1)...))
	})
	each(t, "export.6a86.xpub-2.x", func(k *kit) { k.is(k.ready().send(0xC2, 0, 2)) })
}

func TestExportRefuses(t *testing.T) {
	each(t, "export.6a86.p1", func(k *kit) {
		k.ready()
		for _, p1 := range []byte{3, 4, 0x3F, 0x43, 0x83} {
			k.is(k.send(0xC2, p1, 1, path(1)...))
		}
		k.signs()
	})
	each(t, "export.6a86.p2", func(k *kit) {
		k.ready()
		for _, p2 := range []byte{3, 4, 0x80, 0xFF} {
			k.is(k.send(0xC2, 0, p2))
			k.is(k.send(0xC2, 2, p2, path(1)...))
		}
		k.signs()
	})
	each(t, "export.6a80.path", func(k *kit) {
		k.ready().derive(1)
		for _, n := range []int{1, 3, 5, 44} {
			k.is(k.send(0xC2, 1, 1, make([]byte, n)...))
			k.is(k.send(0xC2, 2, 1, make([]byte, n)...))
		}
		k.is(k.send(0xC2, 0x82, 1, make([]byte, 40)...))
		k.signs(1)
	})
	each(t, "export.6984.derive", func(k *kit) {
		k.ready().derive(1)
		k.is(k.send(0xC2, 1, 1, path(2, badIndex)...))
		k.is(k.send(0xC2, 2, 1, path(2, badIndex)...))
		k.signs(1)
	}, invalidChild)
	each(t, "export.6985.no-key", func(k *kit) {
		k.is(k.verified().send(0xC2, 0, 1))
		k.is(k.send(0xC2, 3, 1))
		k.is(k.send(0xC2, 0, 9))
	})
	each(t, "export.6985.no-channel", func(k *kit) {
		k.ready().sel()
		k.is(k.bare(0xC2, 0, 1))
	})
	each(t, "export.6985.no-pin", func(k *kit) { k.is(k.ready().reopen().send(0xC2, 0, 1)) })
}
