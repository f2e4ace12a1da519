package applet_test

import (
	"bytes"
	"slices"
	"testing"

	"tapcard.example/iso7816/tlv"
)

// selected gives SELECT's answer to the row and takes it apart.
func (k *kit) selected() info {
	k.Helper()
	r := k.is(k.selectAID(keycardAID))
	i := parseInfo(k, r.Data)
	k.pub = i.pub
	return i
}

func TestSelectBeforeInit(t *testing.T) {
	each(t, "select.effect.pre-init-key-only", func(k *kit) {
		i := k.selected()
		if len(i.template) != 67 || i.template[0] != 0x80 || i.template[1] != 65 || i.pub[0] != 4 {
			k.Errorf("answered %X", i.template)
		}
	})
}

func TestSelectAnswersTheTemplate(t *testing.T) {
	each(t, "select.effect.template", func(k *kit) {
		i := k.init().selected()
		want := []tlv.Tag{0x8F, 0x80, 0x02, 0x02, 0x8E}
		if i.template[0] != 0xA4 || !slices.Equal(i.tags[:5], want) || len(i.uid) != 16 || len(i.pub) != 65 {
			k.Errorf("answered %X", i.template)
		}
	})
	each(t, "select.effect.version", func(k *kit) {
		want := map[string][]byte{"2.0": {2, 0}, "2.3": {2, 3}, "3.1": {3, 1}}[k.profile]
		k.equal("the version", k.init().selected().version, want)
	})
	each(t, "select.effect.no-capabilities", func(k *kit) {
		if i := k.init().selected(); len(i.tags) != 5 {
			k.Errorf("tags %v", i.tags)
		}
	})
	each(t, "select.effect.capabilities", func(k *kit) {
		want := map[string]byte{"2.3": 0x0F, "3.1": 0x1F}[k.profile]
		i := k.init().selected()
		k.equal("the capabilities", i.caps, []byte{want})
		if len(i.tags) != 6 || i.tags[5] != 0x8D {
			k.Errorf("tags %v", i.tags)
		}
	})
}

func TestSelectWritesItsLength(t *testing.T) {
	each(t, "select.effect.short-length", func(k *kit) {
		k.equal("the start", k.ready().selected().template[:2], []byte{0xA4, 0x7E})
	})
	each(t, "select.effect.long-length", func(k *kit) {
		k.equal("the start", k.ready().selected().template[:3], []byte{0xA4, 0x81, 0x81})
	})
}

func TestSelectNamesTheKey(t *testing.T) {
	each(t, "select.effect.keyuid-empty", func(k *kit) {
		k.equal("the key UID", k.init().selected().keyUID, []byte{})
	})
	each(t, "select.effect.keyuid", func(k *kit) {
		k.ready().derive(1, 2) // the master key names the card, whatever the path
		k.equal("the key UID", k.selected().keyUID, master(theSeed).uid())
	})
}

func TestSelectCountsFreeSlots(t *testing.T) {
	count := func(slots int) func(k *kit) {
		return func(k *kit) {
			if n := k.init().selected().slots; n != slots {
				k.Errorf("%d free slots of a new card, not %d", n, slots)
			}
			k.pair()
			if n := k.selected().slots; n != slots-1 {
				k.Errorf("%d free slots after PAIR", n)
			}
			k.open().verify()
			k.ok(k.send(0x13, k.slot, 0))
			if n := k.selected().slots; n != slots {
				k.Errorf("%d free slots after UNPAIR", n)
			}
		}
	}
	each(t, "select.effect.free-slots", count(5))
	each(t, "select.effect.free-slots-100", count(100))
}

func TestSelectKeepsTheUIDAndThePath(t *testing.T) {
	each(t, "select.effect.uid-constant", func(k *kit) {
		first := k.init().selected().uid
		k.paired2().open().verify().load()
		k.equal("the UID", k.selected().uid, first)
		k.card.Reset()
		k.equal("the UID after a reset", k.selected().uid, first)
	})
	each(t, "select.effect.path-survives", func(k *kit) {
		k.ready().derive(hard+44, 7)
		k.selected()
		k.open().pathIs(hard+44, 7)
		k.card.Reset()
		k.selected()
		k.open().pathIs(hard+44, 7)
		k.signedBy(k.verify().send(0xC0, 0, 0, theHash...), master(theSeed).at(hard+44, 7))
	})
}

// paired2 pairs a card that is initialised already.
func (k *kit) paired2() *kit {
	k.Helper()
	if r, ok := k.pair(); !ok {
		k.Fatalf("PAIR: %v", r.SW)
	}
	return k
}

func TestSelectEndsTheSession(t *testing.T) {
	each(t, "select.effect.ends-authentication", func(k *kit) {
		k.verified().sel()
		k.is(k.forgotten())
		k.open()
		k.is(k.send(0xD3, 0, 0))
	})
}

// changes is at which of n SELECTs, counted from 1, the channel key was another one than before.
func (k *kit) changes(n int) (at []int) {
	k.Helper()
	last := k.pub
	for i := 1; i <= n; i++ {
		if now := k.selected().pub; !bytes.Equal(now, last) {
			at, last = append(at, i), now
		}
	}
	return at
}

func TestChannelKeyRotation(t *testing.T) {
	each(t, "select.effect.rotates-key", func(k *kit) {
		k.paired()
		at := k.changes(350)
		if len(at) != 3 || at[0] > 101 || at[2]-at[1] != at[1]-at[0] || (at[1]-at[0] != 100 && at[1]-at[0] != 101) {
			k.Errorf("the key changed at the SELECTs %v", at)
		}
		k.open()
	})
	each(t, "select.effect.keeps-key", func(k *kit) {
		k.paired()
		if at := k.changes(350); at != nil {
			k.Errorf("the key changed at the SELECTs %v", at)
		}
		k.open()
	})
}
