package duplicate_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/secret"
)

// guest is an owner's client that is paired with no card: it pairs when it meets one, and only for a while.
type guest struct {
	owner
	pairings map[keycard.UID]keycard.Pairing
	freed    int
	fail     error // of freeing
}

func (g *guest) callback() duplicate.Callback {
	cb := g.owner.callback()
	cb.Pairing = func(_ context.Context, c *keycard.Card) (keycard.Pairing, bool, error) {
		if p, ok := g.pairings[c.UID()]; ok {
			return copyOf(p), true, nil
		}
		made := c.UID()
		for _, p := range g.owner {
			if p.uid != made {
				continue
			}
			fresh, err := c.Pair(ctx, secret.New(bytes.Repeat([]byte{p.name[len(p.name)-1] - '0'}, 32)))
			if err != nil {
				return keycard.Pairing{}, false, err
			}
			g.pairings[made] = fresh
			return copyOf(fresh), true, nil
		}
		return keycard.Pairing{}, false, errNotPaired
	}
	cb.Free = func(_ context.Context, s *keycard.Session) error {
		if g.fail != nil {
			return g.fail
		}
		g.freed++
		return s.Unpair(ctx, s.Slot())
	}
	return cb
}

func TestAFreshCardIsPairedInTheFlowAndItsSlotFreed(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	before := []int{all[0].tap(t).Info().FreeSlots, all[1].tap(t).Info().FreeSlots}
	g := &guest{owner: all, pairings: map[keycard.UID]keycard.Pairing{}}
	me, err := duplicate.NewTrusted(g.callback(), duplicate.Options{})
	must(t, err)
	start(t, me, all)
	if r, _ := me.Journal().Find(all[1].uid); !r.Temporary {
		t.Error("the journal does not know that the pairing is temporary")
	}
	add(t, friend(t), all)
	finish(t, me, all)
	for i, p := range all {
		if got := p.tap(t).Info().FreeSlots; got != before[i] {
			t.Errorf("%s has %d free slots, had %d", p.name, got, before[i])
		}
		if r, _ := me.Journal().Find(p.uid); r.Temporary {
			t.Error("the journal still has a temporary pairing")
		}
	}
	if g.freed != 2 {
		t.Errorf("%d slots freed", g.freed)
	}
	sameKey(t, generated, all)
}

func TestACopyIsGoodAlsoWhenItsSlotCannotBeFreed(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	g := &guest{owner: all, pairings: map[keycard.UID]keycard.Pairing{}, fail: errors.New("no")}
	me, err := duplicate.NewTrusted(g.callback(), duplicate.Options{})
	must(t, err)
	start(t, me, all)
	add(t, friend(t), all)
	e, err := me.ExportKey(ctx, all[0].tap(t))
	wants(t, err, duplicate.ErrSlotKept, g.fail)
	wants(t, me.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrSlotKept)
	sameKey(t, generated, all)
	if r, _ := me.Journal().Find(all[1].uid); !r.Temporary || r.Finish != duplicate.Done {
		t.Errorf("%+v", r)
	}
}

func TestWithoutAFreeFunctionTheSlotIsUnpaired(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	before := all[1].tap(t).Info().FreeSlots
	g := &guest{owner: all, pairings: map[keycard.UID]keycard.Pairing{}}
	cb := g.callback()
	cb.Free = nil
	me, err := duplicate.NewTrusted(cb, duplicate.Options{Clients: 1})
	must(t, err)
	start(t, me, all)
	finish(t, me, all)
	if got := all[1].tap(t).Info().FreeSlots; got != before {
		t.Errorf("%d free slots, had %d", got, before)
	}
}

func TestNoPairingNoAction(t *testing.T) {
	f := cards(t, "2.3")
	p := f.holding(generated)
	wants(t, owner{}.client(t, duplicate.Options{}).StartDuplication(ctx, p.tap(t), duplicate.Source), errNotPaired)
	still(t, p)
}
