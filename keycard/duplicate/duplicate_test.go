package duplicate_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tapcard.example/card"
	"tapcard.example/keycard/duplicate"
)

func TestEveryKindOfKeyIsCopied(t *testing.T) {
	for _, profile := range []string{"2.0", "2.3"} {
		for _, kind := range kinds {
			t.Run(profile+" "+kind, func(t *testing.T) {
				f := cards(t, profile)
				all := []*plastic{f.holding(kind), f.ready()}
				me := owner(all).client(t, duplicate.Options{})
				start(t, me, all)
				add(t, friend(t), all)
				finish(t, me, all)
				sameKey(t, kind, all)
			})
		}
	}
}

// The done-when of the seed: any number of clients and cards, in any order, finished by whom you like.
func TestClientsAndCardsComeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := cards(t, rapid.SampledFrom([]string{"2.0", "2.3"}).Draw(r, "profile"))
		kind := rapid.SampledFrom(kinds).Draw(r, "kind")
		clients := rapid.IntRange(1, 5).Draw(r, "clients")
		all := []*plastic{f.holding(kind)}
		for range rapid.IntRange(1, 3).Draw(r, "targets") {
			all = append(all, f.ready())
		}
		me := owner(all).client(t, duplicate.Options{Clients: clients})
		friends := make([]*duplicate.CardDuplicator, clients-1)
		for i := range friends {
			friends[i] = friend(t)
		}
		// Each card is started before anybody adds to it; besides, everything may come before or after everything.
		waiting := make([][]*duplicate.CardDuplicator, len(all))
		for open := true; open; {
			var choices []int
			for i := range all {
				if waiting[i] == nil || len(waiting[i]) > 0 {
					choices = append(choices, i)
				}
			}
			if open = len(choices) > 0; !open {
				break
			}
			i := rapid.SampledFrom(choices).Draw(r, "card")
			if waiting[i] == nil {
				must(t, me.StartDuplication(ctx, all[i].tap(t), roleOf(i)))
				waiting[i] = append(make([]*duplicate.CardDuplicator, 0, clients), friends...)
				continue
			}
			k := rapid.IntRange(0, len(waiting[i])-1).Draw(r, "client")
			must(t, waiting[i][k].AddEntropy(ctx, all[i].tap(t)))
			waiting[i] = append(waiting[i][:k], waiting[i][k+1:]...)
		}
		last := me
		if rapid.Bool().Draw(r, "another client finishes") {
			last = owner(all).client(t, duplicate.Options{})
		}
		finish(t, last, all)
		sameKey(t, kind, all)
	})
}

func TestAHundredAndTwentySevenClients(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me := owner(all).client(t, duplicate.Options{Clients: duplicate.MaxClients})
	start(t, me, all)
	for range duplicate.MaxClients - 1 {
		add(t, friend(t), all)
	}
	wants(t, friend(t).AddEntropy(ctx, all[0].tap(t)), duplicate.ErrPiecesMissing, card.ErrConditions)
	finish(t, me, all)
	sameKey(t, generated, all)
}

func TestNumbersOfClientsThatNoCardCanCountAreRefused(t *testing.T) {
	for _, n := range []int{-1, 128, 1000} {
		if _, err := duplicate.NewUntrusted(duplicate.Options{Clients: n}); err == nil {
			t.Errorf("%d clients", n)
		}
	}
	for n, want := range map[int]string{1: "could read the key", 2: "", 3: "", 4: "hardly safer", 127: "hardly safer"} {
		if got := duplicate.Advice(n); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%d clients: %q", n, got)
		}
	}
}

func TestTheKeyLeavesEverythingElseOnTheTargetAlone(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready(), f.ready()}
	var before []string
	for _, p := range all {
		before = append(before, p.rest(t))
	}
	me := owner(all).client(t, duplicate.Options{Clients: 3})
	start(t, me, all)
	add(t, friend(t), all)
	add(t, friend(t), all)
	finish(t, me, all)
	for i, p := range all {
		if got := p.rest(t); got != before[i] {
			t.Errorf("%s has changed:\n%s\n%s", p.name, before[i], got)
		}
	}
}

// Numbers of the specification: six commands for a trusted action, two for an untrusted one.
func TestTapsTakeSixCommandsAndTwo(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(loaded), f.ready()}
	me, you := owner(all).client(t, duplicate.Options{}), friend(t)
	var counts []int
	count := func(p *plastic, err error) {
		t.Helper()
		must(t, err)
		counts = append(counts, p.ch.APDUs())
	}
	for i, p := range all {
		count(p, me.StartDuplication(ctx, p.tap(t), roleOf(i)))
	}
	for _, p := range all {
		count(p, you.AddEntropy(ctx, p.tap(t)))
	}
	e, err := me.ExportKey(ctx, all[0].tap(t))
	count(all[0], err)
	count(all[1], me.ImportKey(ctx, all[1].tap(t), e))
	if got, want := fmt.Sprint(counts), fmt.Sprint([]int{6, 6, 2, 2, 6, 6}); got != want {
		t.Errorf("%v commands, want %v", got, want)
	}
}
