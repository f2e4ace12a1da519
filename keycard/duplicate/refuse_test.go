package duplicate_test

import (
	"context"
	"errors"
	"testing"

	"tapcard.example/card"
	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// still says that a refused tap has sent nothing but its SELECT.
func still(t testing.TB, p *plastic) {
	t.Helper()
	if n := p.ch.APDUs(); n != 1 {
		t.Errorf("%s: %d commands were sent", p.name, n)
	}
}

func TestTheSameCardTwiceIsRefusedAtEveryStep(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready(), f.ready()}
	me, you := owner(all).client(t, duplicate.Options{}), friend(t)
	start(t, me, all)
	wants(t, me.StartDuplication(ctx, all[1].tap(t), duplicate.Target), duplicate.ErrSameCard, card.ErrCardMismatch)
	still(t, all[1])
	add(t, you, all)
	wants(t, you.AddEntropy(ctx, all[0].tap(t)), duplicate.ErrSameCard)
	still(t, all[0])
	e, err := me.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	_, err = me.ExportKey(ctx, all[0].tap(t))
	wants(t, err, duplicate.ErrSameCard)
	still(t, all[0])
	must(t, me.ImportKey(ctx, all[1].tap(t), e))
	wants(t, me.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrSameCard)
	still(t, all[1])
	must(t, me.ImportKey(ctx, all[2].tap(t), e))
	sameKey(t, generated, all)
}

func TestRolesAreKept(t *testing.T) {
	f := cards(t, "2.3")
	source, target, other := f.holding(generated), f.ready(), f.holding(loaded)
	me := owner{source, target, other}.client(t, duplicate.Options{Force: true})
	start(t, me, []*plastic{source, target})
	wants(t, me.StartDuplication(ctx, other.tap(t), duplicate.Source), duplicate.ErrWrongRole)
	wants(t, me.StartDuplication(ctx, other.tap(t), "referee"), duplicate.ErrWrongRole)
	must(t, me.StartDuplication(ctx, other.tap(t), duplicate.Target))
	add(t, friend(t), []*plastic{source, target, other})
	_, err := me.ExportKey(ctx, other.tap(t))
	wants(t, err, duplicate.ErrWrongRole)
	e, err := me.ExportKey(ctx, source.tap(t))
	must(t, err)
	wants(t, me.ImportKey(ctx, source.tap(t), e), duplicate.ErrWrongRole)
	still(t, source)
	must(t, me.ImportKey(ctx, other.tap(t), e))
}

func TestATargetThatHoldsAKeyIsRefusedUnlessForced(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.holding(loaded)}
	me := owner(all).client(t, duplicate.Options{})
	must(t, me.StartDuplication(ctx, all[0].tap(t), duplicate.Source))
	wants(t, me.StartDuplication(ctx, all[1].tap(t), duplicate.Target), duplicate.ErrHoldsKey)
	still(t, all[1])
	forced := owner(all).client(t, duplicate.Options{Force: true})
	start(t, forced, all)
	add(t, friend(t), all)
	unforced := owner(all).client(t, duplicate.Options{})
	e, err := unforced.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	wants(t, unforced.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrHoldsKey)
	must(t, forced.ImportKey(ctx, all[1].tap(t), e)) // its own journal knows the role; the export is as good
	sameKey(t, generated, all)
	again := owner(all).client(t, duplicate.Options{Force: true})
	must(t, again.StartDuplication(ctx, all[0].tap(t), duplicate.Source))
	wants(t, again.StartDuplication(ctx, all[1].tap(t), duplicate.Target), duplicate.ErrAlreadyCopy)
}

// Force at the start is for the key that was seen then. Whoever finishes need not say it again, and takes no other.
func TestOnlyTheKeyThatWasGivenUpIsReplaced(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.holding(loaded), f.holding(loaded)}
	starter := owner(all).client(t, duplicate.Options{Force: true})
	start(t, starter, all)
	add(t, friend(t), all)
	_, err := all[2].open(t).GenerateKey(ctx)
	must(t, err)
	j := starter.Journal()
	finisher := owner(all).client(t, duplicate.Options{Journal: &j})
	e, err := finisher.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	must(t, finisher.ImportKey(ctx, all[1].tap(t), e))
	wants(t, finisher.ImportKey(ctx, all[2].tap(t), e), duplicate.ErrHoldsKey)
	sameKey(t, generated, all[:2])
}

func TestCardsThatCannotTakePartAreRefusedBeforeAnybodyIsAsked(t *testing.T) {
	modern, f := cards(t, "3.1"), cards(t, "2.3")
	empty, keyless, sold := f.blank(), f.ready(), modern.holding(loaded)
	asked := errors.New("asked")
	me, err := duplicate.NewTrusted(duplicate.Callback{
		Pairing: func(context.Context, *keycard.Card) (keycard.Pairing, bool, error) {
			return keycard.Pairing{}, false, asked
		},
		PIN: func(context.Context, *keycard.Card, int) (secret.PIN, error) { return secret.PIN{}, asked },
	}, duplicate.Options{})
	must(t, err)
	for p, want := range map[*plastic]error{empty: duplicate.ErrEmpty, keyless: duplicate.ErrNoKey,
		sold: duplicate.ErrNoDuplicate} {
		wants(t, me.StartDuplication(ctx, p.tap(t), duplicate.Source), want)
		_, err := me.ExportKey(ctx, p.tap(t))
		wants(t, err, want)
	}
	for p, want := range map[*plastic]error{empty: duplicate.ErrEmpty, sold: duplicate.ErrNoDuplicate} {
		wants(t, friend(t).AddEntropy(ctx, p.tap(t)), want)
		still(t, p)
	}
	wants(t, friend(t).AddEntropy(ctx, sold.tap(t)), card.ErrUnsupported)
	wants(t, me.StartDuplication(ctx, f.holding(loaded).tap(t), duplicate.Source), asked)
}

func TestAnActionCountsOnlyOnceTheCardHasSaidYes(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me, you := owner(all).client(t, duplicate.Options{}), friend(t)
	wants(t, you.AddEntropy(ctx, all[0].tap(t)), duplicate.ErrPiecesMissing, card.ErrConditions) // not started yet
	good := all[0].pin
	all[0].pin = "999999"
	wants(t, me.StartDuplication(ctx, all[0].tap(t), duplicate.Source), card.ErrLastTry) // two wrong PINs, no third
	all[0].pin = good
	s, err := keycard.Options{SpendLastTry: true}.Select(ctx, card.NewChannel(all[0].link))
	must(t, err)
	must(t, me.StartDuplication(ctx, s, duplicate.Source))
	must(t, me.StartDuplication(ctx, all[1].tap(t), duplicate.Target))
	_, err = me.ExportKey(ctx, all[0].tap(t))
	wants(t, err, duplicate.ErrPiecesMissing)
	add(t, you, all[:1])
	e, err := me.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	wants(t, me.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrPiecesMissing)
	add(t, you, all[1:])
	must(t, me.ImportKey(ctx, all[1].tap(t), e))
	sameKey(t, generated, all)
}

func TestACancelledTapLeavesTheCardItsTurn(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me, you := owner(all).client(t, duplicate.Options{}), friend(t)
	start(t, me, all)
	gone, cancel := context.WithCancel(ctx)
	c := all[0].tap(t)
	cancel()
	wants(t, you.AddEntropy(gone, c), context.Canceled)
	if err := you.Spoilt(); err != nil {
		t.Errorf("nothing was sent: %v", err)
	}
	add(t, you, all)
	finish(t, me, all)
}

func TestAClientThatStartedCannotAddItsPieceAgain(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me := owner(all).client(t, duplicate.Options{})
	start(t, me, all)
	wants(t, me.AddEntropy(ctx, all[0].tap(t)), duplicate.ErrOwnEntropy)
	still(t, all[0])
}

func TestAnUntrustedClientIsAskedForNothingElse(t *testing.T) {
	f := cards(t, "2.3")
	p := f.holding(generated)
	you := friend(t)
	_, err := you.ExportKey(ctx, p.tap(t))
	wants(t, err, duplicate.ErrUntrusted, card.ErrAuthRequired)
	wants(t, you.StartDuplication(ctx, p.tap(t), duplicate.Source), duplicate.ErrUntrusted)
	wants(t, you.ImportKey(ctx, p.tap(t), &duplicate.Export{}), duplicate.ErrUntrusted)
	if _, err := duplicate.NewTrusted(duplicate.Callback{}, duplicate.Options{}); err == nil {
		t.Error("a trusted client without a callback")
	}
}

func TestAClosedClientHasNoPieceToGive(t *testing.T) {
	f := cards(t, "2.3")
	p := f.holding(generated)
	you, me := friend(t), owner{p}.client(t, duplicate.Options{})
	you.Close()
	me.Close()
	wants(t, you.AddEntropy(ctx, p.tap(t)), duplicate.ErrClosed)
	wants(t, me.StartDuplication(ctx, p.tap(t), duplicate.Source), duplicate.ErrClosed)
}

func TestASourceWithAnotherKeyThanAtTheStartIsRefused(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me := owner(all).client(t, duplicate.Options{})
	start(t, me, all)
	add(t, friend(t), all)
	_, err := all[0].open(t).GenerateKey(ctx)
	must(t, err)
	_, err = me.ExportKey(ctx, all[0].tap(t))
	wants(t, err, duplicate.ErrSourceChanged)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestEntropyOfNothingButZerosIsRefused(t *testing.T) {
	f := cards(t, "2.3")
	p := f.holding(generated)
	d, err := duplicate.NewUntrusted(duplicate.Options{Rand: zeros{}})
	must(t, err)
	wants(t, d.AddEntropy(ctx, p.tap(t)), wire.ErrRandom)
	still(t, p)
}
