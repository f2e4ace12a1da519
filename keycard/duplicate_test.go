package keycard_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"tapcard.example/card"
	"tapcard.example/keycard/applet"
)

func TestAKeyIsDuplicatedWithEntropyOfTwo(t *testing.T) {
	for _, profile := range []string{"2.0", "2.3"} {
		t.Run(profile, func(t *testing.T) {
			source := newKit(t, profile)
			target := newKit(t, profile, func(o *applet.Options) { o.Env.Rand = rand.NewChaCha8([32]byte{9}) })
			from, to := source.loaded(), target.verified()
			must(t, from.DuplicateStart(source.ctx, 2, token(1)))
			must(t, to.DuplicateStart(target.ctx, 2, token(1)))
			if _, err := from.DuplicateExport(source.ctx); !errors.Is(err, card.ErrConditions) {
				t.Errorf("exported before all pieces were there: %v", err)
			}
			for _, k := range []*kit{source, target} {
				c := k.tap()
				must(t, c.DuplicateAddEntropy(k.ctx, token(2)))
				if n := k.ch.APDUs(); n != 2 {
					t.Errorf("ADD ENTROPY takes %d commands", n)
				}
			}
			from, to = source.again(), target.again()
			must(t, from.VerifyPIN(source.ctx, pin(thePIN)))
			must(t, to.VerifyPIN(target.ctx, pin(thePIN)))
			blob, err := from.DuplicateExport(source.ctx)
			must(t, err)
			uid, err := to.DuplicateImport(target.ctx, blob)
			must(t, err)
			if string(uid[:]) != string(from.Card().Info().KeyUID) {
				t.Error("another key")
			}
			if _, err := to.DuplicateImport(target.ctx, blob); !errors.Is(err, card.ErrConditions) {
				t.Errorf("imported twice: %v", err)
			}
		})
	}
}

func TestMalformedDuplicationIsRefusedBeforeItIsSent(t *testing.T) {
	k := newKit(t, "2.3")
	s := k.loaded()
	before := k.ch.APDUs()
	_, imported := s.DuplicateImport(k.ctx, make([]byte, 95))
	for _, err := range []error{imported, s.DuplicateStart(k.ctx, 0, token(1)), s.DuplicateStart(k.ctx, 128, token(1)),
		s.DuplicateStart(k.ctx, 2, pin("1").Bytes), s.Card().DuplicateAddEntropy(k.ctx, pin("1").Bytes)} {
		if !errors.Is(err, card.ErrWrongData) {
			t.Error(err)
		}
	}
	if k.ch.APDUs() != before {
		t.Error("something was sent")
	}
}

func TestAddingEntropyEndsTheSessionAndTheNextOneWorks(t *testing.T) {
	k := newKit(t, "2.3")
	s := k.loaded()
	must(t, s.DuplicateStart(k.ctx, 2, token(1)))
	c := s.Card()
	must(t, c.DuplicateAddEntropy(k.ctx, token(2)))
	if !s.Closed() {
		t.Error("the session goes on with a key that the card has replaced")
	}
	s, err := k.store.Open(k.ctx, c)
	must(t, err)
	must(t, s.VerifyPIN(k.ctx, pin(thePIN)))
}
