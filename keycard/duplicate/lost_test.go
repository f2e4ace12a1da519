package duplicate_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// fate is what happens to one command on its way.
type fate int

const (
	arrives    fate = iota
	neverSeen       // the card leaves the field before the command is there
	answerLost      // the card acts, and nobody hears of it
)

// field carries commands to all cards and counts them.
type field struct {
	n     int
	kinds []string // what each command was
	fates func(n int) fate
}

type carried struct {
	card.Link
	f *field
}

func (c carried) Transmit(ctx context.Context, raw []byte) ([]byte, error) {
	c.f.n++
	c.f.kinds = append(c.f.kinds, nameOf(raw))
	what := arrives
	if c.f.fates != nil {
		what = c.f.fates(c.f.n)
	}
	if what == neverSeen {
		return nil, card.ErrRemoved
	}
	answer, err := c.Link.Transmit(ctx, raw)
	if what == answerLost {
		return nil, card.ErrRemoved
	}
	return answer, err
}

// nameOf reads a command's header, which no channel hides.
func nameOf(raw []byte) string {
	cmd, err := iso7816.ParseCommand(raw)
	if err != nil {
		return err.Error()
	}
	if cmd.INS == wire.InsDuplicate {
		return fmt.Sprintf("DUPLICATE %d", cmd.P1)
	}
	return fmt.Sprintf("%02X", cmd.INS)
}

// run is a whole duplication of one key to one target by two clients, in which the user presents a card once more when
// something went wrong.
type run struct {
	testing.TB
	all     []*plastic
	me, you *duplicate.CardDuplicator
	retried int
	worst   error // the last error of an action that was tried twice
}

func newRun(t testing.TB, f *factory, carrier *field) *run {
	r := &run{TB: t, all: []*plastic{f.holding(generated), f.ready()}}
	for _, p := range r.all {
		p.link = carried{p.link, carrier}
	}
	carrier.n, carrier.kinds = 0, nil
	r.me, r.you = owner(r.all).client(t, duplicate.Options{}), friend(t)
	return r
}

// do presents a card, and once more if need be, unless the session is known to be spoilt.
func (r *run) do(action func() error) bool {
	err := action()
	if err == nil {
		return true
	}
	if r.retried++; errors.Is(err, duplicate.ErrSpoilt) {
		r.worst = err
		return false
	}
	if err = action(); err == nil {
		return true
	}
	r.worst = err
	return false
}

// everything goes all the way, as far as it goes, and says whether it got there.
func (r *run) everything() bool {
	var e *duplicate.Export
	for i, p := range r.all {
		if !r.do(func() error { return with(p, func() error { return r.me.StartDuplication(ctx, p.card, roleOf(i)) }) }) {
			return false
		}
	}
	for _, p := range r.all {
		if !r.do(func() error { return with(p, func() error { return r.you.AddEntropy(ctx, p.card) }) }) {
			return false
		}
	}
	source, target := r.all[0], r.all[1]
	if !r.do(func() error {
		return with(source, func() (err error) { e, err = r.me.ExportKey(ctx, source.card); return err })
	}) {
		return false
	}
	return r.do(func() error { return with(target, func() error { return r.me.ImportKey(ctx, target.card, e) }) })
}

// with taps a card and goes on unless it is lost at once.
func with(p *plastic, f func() error) (err error) {
	if p.card, err = p.try(); err != nil {
		return err
	}
	return f()
}

// Every command of a whole duplication is lost in turn, before and after the card has acted. One more tap mends it, but
// for two commands: after ADD ENTROPY and EXPORT the session is spoilt, and known to be.
func TestAnyLostCommandIsMendedOrKnownToSpoilTheSession(t *testing.T) {
	for _, profile := range []string{"2.0", "2.3"} {
		clean := &field{}
		if whole := newRun(t, cards(t, profile), clean); !whole.everything() {
			t.Fatal(whole.worst)
		}
		for k := 1; k <= clean.n; k++ {
			for _, what := range []fate{neverSeen, answerLost} {
				carrier := &field{}
				r := newRun(t, cards(t, profile), carrier)
				carrier.fates = func(n int) fate {
					if n == k {
						return what
					}
					return arrives
				}
				before := []string{r.all[0].rest(t), r.all[1].rest(t)}
				good := r.everything()
				name := fmt.Sprintf("%s: command %d (%s), fate %d", profile, k, carrier.kinds[k-1], what)
				mended := carrier.kinds[k-1] != "DUPLICATE 1" && carrier.kinds[k-1] != "DUPLICATE 2"
				switch {
				case r.retried != 1:
					t.Fatalf("%s: %d retries", name, r.retried)
				case good != mended:
					t.Errorf("%s: %v", name, r.worst)
				case !good:
					wants(t, r.worst, duplicate.ErrSpoilt)
				}
				carrier.fates = nil
				r.honest(name, good, before)
			}
		}
	}
}

// honest checks that a target holds the source's key or none, and that nothing else has changed.
func (r *run) honest(name string, good bool, before []string) {
	r.Helper()
	source, target := r.all[0].keyUID(r), r.all[1].keyUID(r)
	if good && source != target || !good && target != "" && target != source {
		r.Errorf("%s: target holds %x, the source %x", name, target, source)
	}
	for i, p := range r.all {
		if p.rest(r) != before[i] {
			r.Errorf("%s: %s has changed", name, p.name)
		}
	}
	journal := r.me.Journal()
	if good != journal.Complete() {
		r.Errorf("%s: good is %v, the journal says %+v", name, good, journal)
	}
}

// Power is cut at every commit of both cards, before and after it.
func TestPowerCutsAreMendedOrKnownToSpoilTheSession(t *testing.T) {
	for which := range 2 {
		for _, fault := range []softcard.Fault{softcard.CutBefore, softcard.CutAfter} {
			for k, hit := 1, true; hit; k++ {
				r := newRun(t, cards(t, "2.3"), &field{})
				before := []string{r.all[0].rest(t), r.all[1].rest(t)}
				hit = false
				why := ""
				r.all[which].soft.Store().Inject(func(n int, what string) softcard.Fault {
					if n != k {
						return softcard.NoFault
					}
					hit, why = true, what
					return fault
				})
				good := r.everything()
				r.all[which].soft.Store().Inject(nil)
				name := fmt.Sprintf("card %d, commit %d (%s), fault %d", which+1, k, why, fault)
				if !good && !errors.Is(r.worst, duplicate.ErrSpoilt) {
					t.Errorf("%s: %v", name, r.worst)
				}
				r.honest(name, good, before)
			}
		}
	}
}
