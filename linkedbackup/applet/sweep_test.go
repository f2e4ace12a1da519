package applet_test

import (
	"errors"
	"fmt"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// honest is a host that keeps no notes: whatever happened, it looks at the cards and goes on. Each call is one attempt
// from wherever the cards are; its error is the interruption.
type honest struct {
	cards []*soft // the source first
	size  byte
}

func (h honest) attempt() error {
	source := h.cards[0]
	if source.tap().info.State == wire.Empty {
		if err := source.in("", wire.ActivateCommand(wire.Generated, code(theCode), secret.Bytes{}), nil); err != nil {
			return err
		}
		source.tap()
	}
	if source.info.State != wire.Source {
		if err := h.give(); err != nil {
			return err
		}
	}
	for slot := byte(1); slot < h.size; slot++ {
		var b wire.Bundle
		source.tap()
		err := source.in("", wire.BundleCommand(slot), func(data []byte) (err error) {
			b, err = wire.ParseBundle(data)
			return err
		})
		if err != nil {
			return err
		}
		if err := h.cards[slot].tap().in("", wire.ImportCommand(b), nil); err != nil {
			return err
		}
	}
	return nil
}

// give is everything up to COMMIT.
func (h honest) give() error {
	var offers []wire.Offer
	err := h.cards[0].in(theCode, wire.BeginCommand(h.size), func(data []byte) (err error) {
		offers, err = wire.ParseOffers(data, int(h.size)-1)
		return err
	})
	var joins []wire.Join
	for i, o := range offers {
		if err == nil {
			err = h.cards[i+1].tap().in("", wire.JoinCommand(o), func(data []byte) error {
				j, err := wire.ParseJoin(data)
				joins = append(joins, j)
				return err
			})
		}
	}
	if err != nil {
		return err
	}
	return h.cards[0].tap().in(theCode, wire.CommitCommand(joins), nil)
}

// in sends a command that must succeed unless it is interrupted: after a code in a channel, in a channel when it is an
// activation, else bare.
func (c *soft) in(s string, cmd iso7816.Command, use func([]byte) error) error {
	c.Helper()
	if s != "" || cmd.INS == wire.InsActivate {
		o, err := wire.NewOpening(c.world.rand)
		must(c, err)
		r, err := c.try(o.Command())
		if err != nil {
			return err
		}
		c.ch, err = o.Finish(c.info.Card, r.Data)
		must(c, err)
	}
	commands := []iso7816.Command{cmd}
	if s != "" {
		commands = []iso7816.Command{wire.VerifyCommand(code(s)), cmd}
	}
	for _, cmd := range commands {
		r, err := c.try(cmd)
		switch {
		case err != nil:
			return err
		case r.SW != iso7816.OK:
			c.Fatalf("invariant 5: card %s, INS %02X: %v", c.name, cmd.INS, wire.FromStatus(r.SW))
		case cmd.INS != wire.InsVerify && use != nil:
			return use(r.Data)
		}
	}
	return nil
}

func (w *world) honest(size int) honest {
	h := honest{size: byte(size)}
	for i := range size {
		h.cards = append(h.cards, w.empty(fmt.Sprint("card ", i)))
	}
	return h
}

// check wants a complete set whose cards sign alike.
func (h honest) check(t *testing.T) {
	t.Helper()
	first := h.cards[0].sign(theCode)
	for i, c := range h.cards {
		a := c.attest()
		if signed := c.sign(theCode); signed.Key != first.Key || signed.Signatures[0] != first.Signatures[0] {
			t.Errorf("card %d signs with another key", i)
		}
		if a.Size != h.size || int(a.Slot) != i {
			t.Errorf("card %d attests %+v", i, a)
		}
	}
}

// interrupt runs a whole backup; disturb is called before it starts. At most three attempts are needed.
func interrupt(t *testing.T, size int, disturb func(h honest)) {
	t.Helper()
	w := newWorld(t, 20)
	h := w.honest(size)
	witness := watch(w, h.cards...)
	disturb(h)
	interruptions := 0
	for err := h.attempt(); err != nil; err = h.attempt() {
		if !errors.Is(err, softcard.ErrNoPower) && !errors.Is(err, errLost) {
			t.Fatal(err)
		}
		if interruptions++; interruptions > 2 {
			t.Fatal("it is interrupted again and again")
		}
	}
	if interruptions != 1 {
		t.Errorf("%d interruptions instead of one", interruptions)
	}
	h.check(t)
	witness.noTransportKeys()
}

// quiet counts the commits and commands of an undisturbed backup, by card.
func quiet(t *testing.T, size int) (commits, commands []int) {
	w := newWorld(t, 20)
	h := w.honest(size)
	for _, c := range h.cards {
		c.store.Inject(nil)
		c.lose = 0
	}
	must(t, h.attempt())
	for _, c := range h.cards {
		commits, commands = append(commits, c.store.Commits()), append(commands, -c.lose)
	}
	h.check(t)
	return commits, commands
}

func TestPowerIsCutAtEveryCommitOfEveryCard(t *testing.T) {
	for size := 2; size <= 3; size++ {
		commits, _ := quiet(t, size)
		for card, n := range commits {
			for k := 1; k <= n; k++ {
				for _, fault := range []softcard.Fault{softcard.CutBefore, softcard.CutAfter} {
					t.Run(fmt.Sprintf("size %d card %d commit %d fault %d", size, card, k, fault), func(t *testing.T) {
						interrupt(t, size, func(h honest) { h.cards[card].store.Inject(softcard.CutAt(k, fault)) })
					})
				}
			}
		}
	}
}

func TestEveryAnswerOfEveryCardIsLostOnce(t *testing.T) {
	for size := 2; size <= 3; size++ {
		_, commands := quiet(t, size)
		for card, n := range commands {
			for k := 1; k <= n; k++ {
				t.Run(fmt.Sprintf("size %d card %d command %d", size, card, k), func(t *testing.T) {
					interrupt(t, size, func(h honest) { h.cards[card].lose = k })
				})
			}
		}
	}
}

func TestEveryCommandCommitsAsOftenAsTheTableSays(t *testing.T) {
	w := newWorld(t, 21)
	s, a := w.active("S"), w.empty("A")
	want := map[byte]int{}
	for _, spec := range wire.Commands() {
		want[spec.INS] = spec.Commits
	}
	count := func(c *soft, cmd iso7816.Command) []byte {
		t.Helper()
		c.store.Inject(nil)
		data := c.ok(cmd)
		if n := c.store.Commits(); n != want[cmd.INS] {
			t.Errorf("INS %02X: %d commits instead of %d", cmd.INS, n, want[cmd.INS])
		}
		delete(want, cmd.INS)
		return data
	}
	fresh := w.blank("fresh")
	count(fresh, wire.PersonalizeCommand(fresh.certificate(w.maker, wire.FlagSoftware)))
	fresh.tap().open()
	count(fresh, wire.ActivateCommand(wire.Generated, code(theCode), secret.Bytes{}))
	s.tap().open()
	count(s, wire.VerifyCommand(code(theCode)))
	offers, err := wire.ParseOffers(count(s, wire.BeginCommand(2)), 1)
	must(t, err)
	join, err := wire.ParseJoin(count(a, wire.JoinCommand(offers[0])))
	must(t, err)
	bundles, err := wire.ParseBundles(count(s, wire.CommitCommand([]wire.Join{join})), 2)
	must(t, err)
	count(s, wire.BundleCommand(1))
	count(a, wire.ImportCommand(bundles[0]))
	count(s, wire.AttestCommand(w.random32()))
	count(s, wire.DeriveCommand(w.random32(), nil))
	count(s, wire.SignCommand(nil, make([][32]byte, 1)))
	count(s, wire.ChangeCommand(code(theCode), code(otherCode)))
	count(s, wire.ResetCommand(code(otherCode)))
	b := w.empty("B")
	b.join(w.active("other").begin(2)[0])
	count(b, wire.AbortCommand())
	delete(want, wire.InsWait) // see TestTheDelay
	delete(want, wire.InsOpen)
	if len(want) != 0 {
		t.Errorf("not counted: %v", want)
	}
}
