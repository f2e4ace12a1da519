package duplicate_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func seed(b byte) secret.Bytes { return secret.New(bytes.Repeat([]byte{b}, 64)) }

func (o owner) restorer(t testing.TB, force bool) *duplicate.Restorer {
	t.Helper()
	r, err := duplicate.NewRestorer(o.callback(), seed(7), force)
	must(t, err)
	return r
}

func TestOneSeedIsRestoredOnCardsOfEveryVersion(t *testing.T) {
	var all []*plastic
	for i, profile := range []string{"2.0", "2.3", "3.1"} {
		all = append(all, (&factory{TB: t, profile: profile, made: byte(i)}).ready())
	}
	r := owner(all).restorer(t, false)
	for _, p := range all {
		must(t, r.Restore(ctx, p.tap(t)))
		if n := p.ch.APDUs(); n != 6 {
			t.Errorf("%s: %d commands", p.name, n)
		}
		wants(t, r.Restore(ctx, p.tap(t)), duplicate.ErrSameCard)
		still(t, p)
	}
	sameKey(t, loaded, all)
	if uid := r.KeyUID(); all[0].keyUID(t) != string(uid[:]) {
		t.Error("the cards hold another key than the seed's")
	}
}

func TestRestoreReplacesAKeyOnlyByForceAndNeverTheSameOne(t *testing.T) {
	f := cards(t, "3.1")
	p := f.holding(generated)
	wants(t, owner{p}.restorer(t, false).Restore(ctx, p.tap(t)), duplicate.ErrHoldsKey)
	still(t, p)
	must(t, owner{p}.restorer(t, true).Restore(ctx, p.tap(t)))
	s := p.open(t)
	must(t, s.SetPinlessPath(ctx, []uint32{1, 2}))
	must(t, s.Derive(ctx, wire.FromMaster, []uint32{5}))
	before := p.snapshot(t)
	must(t, owner{p}.restorer(t, false).Restore(ctx, p.tap(t))) // it proves the key, and keeps its paths
	if p.snapshot(t) != before {
		t.Error("a card that was right has changed")
	}
	wants(t, owner{p}.restorer(t, false).Restore(ctx, f.blank().tap(t)), duplicate.ErrEmpty)
}

// A card that says it holds the key already, and holds another, is not believed.
func TestACardThatLiesAboutItsKeyIsNotRestored(t *testing.T) {
	f := cards(t, "2.3")
	good, bad := f.ready(), f.holding(generated)
	all := owner{good, bad}
	r := all.restorer(t, false)
	must(t, r.Restore(ctx, good.tap(t)))
	uid := r.KeyUID()
	bad.link = renamed{bad.link, []byte(bad.keyUID(t)), uid[:]}
	wants(t, r.Restore(ctx, bad.tap(t)), duplicate.ErrHoldsKey)
}

// renamed changes a key UID in the answer to SELECT.
type renamed struct {
	card.Link
	from, to []byte
}

func (r renamed) Transmit(ctx context.Context, raw []byte) ([]byte, error) {
	answer, err := r.Link.Transmit(ctx, raw)
	return bytes.ReplaceAll(answer, r.from, r.to), err
}

func TestALostAnswerToRestoreIsMended(t *testing.T) {
	for _, what := range []fate{neverSeen, answerLost} {
		for k := 2; k <= 6; k++ {
			f := cards(t, "3.1")
			p := f.ready()
			r := owner{p}.restorer(t, false)
			carrier := &field{fates: func(n int) fate {
				if n == k {
					return what
				}
				return arrives
			}}
			p.link = carried{p.link, carrier}
			if err := r.Restore(ctx, p.tap(t)); err == nil {
				t.Fatalf("command %d is not missed", k)
			}
			must(t, r.Restore(ctx, p.tap(t)))
			uid := r.KeyUID()
			if p.keyUID(t) != string(uid[:]) {
				t.Error("another key")
			}
		}
	}
}

func TestCodesAreMadeTheSame(t *testing.T) {
	f := cards(t, "2.3")
	p := f.holding(loaded)
	store, err := keycard.OpenStore(filepath.Join(t.TempDir(), "home", "pairings.json"))
	must(t, err)
	codes := duplicate.Codes{PIN: digits("555555"), PUK: digits("666666666666"),
		PairingSecret: secret.New(bytes.Repeat([]byte{9}, 32))}
	must(t, codes.Apply(ctx, p.open(t), store))
	p.pin = "555555"
	must(t, duplicate.Codes{}.Apply(ctx, p.open(t), store))
	p.open(t)
	if s, known, err := store.PairingSecret(p.uid); err != nil || !known || !s.Equal(codes.PairingSecret) {
		t.Errorf("the store does not know the new pairing secret: %v", err)
	}
	_, err = p.tap(t).Pair(ctx, codes.PairingSecret)
	must(t, err)
	codes.Destroy()
	if codes.PIN.Len()+codes.PUK.Len()+codes.PairingSecret.Len() != 0 {
		t.Error("codes are left")
	}
}
