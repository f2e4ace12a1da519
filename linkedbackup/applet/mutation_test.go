package applet_test

import (
	"bytes"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// hostile is a message on its way through a hostile phone: to whom, and how the receiver is put where it waits for it.
type hostile struct {
	name    string
	command func(w *world) (*soft, iso7816.Command)
}

func joining(w *world) (*soft, iso7816.Command) {
	s, a := w.active("S"), w.empty("A")
	offer := s.begin(3)[0]
	return a.tap(), wire.JoinCommand(offer)
}

func committing(w *world) (*soft, iso7816.Command) {
	s, a, b := w.active("S"), w.empty("A"), w.empty("B")
	offers := s.begin(3)
	return s.tap().login(theCode), wire.CommitCommand([]wire.Join{a.join(offers[0]), b.join(offers[1])})
}

func importing(w *world) (*soft, iso7816.Command) {
	s, a, b := w.active("S"), w.empty("A"), w.empty("B")
	offers := s.begin(3)
	bundles := s.commit(a.join(offers[0]), b.join(offers[1]))
	return a.tap(), wire.ImportCommand(bundles[0])
}

func personalizing(w *world) (*soft, iso7816.Command) {
	c := w.blank("C")
	return c, wire.PersonalizeCommand(c.certificate(w.maker, wire.FlagSoftware))
}

var hostiles = []hostile{
	{"JOIN", joining}, {"COMMIT", committing}, {"IMPORT", importing}, {"PERSONALIZE", personalizing},
}

// Every byte of every message is changed once, in a way that depends on its place; in short tests, every third.
func TestEveryChangedByteIsRefusedBeforeAnythingChanges(t *testing.T) {
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			c, cmd := h.command(newWorld(t, 2))
			before := c.memory()
			seen := map[iso7816.Status]int{}
			step := 1
			if testing.Short() {
				step = 3
			}
			for i := 0; i < len(cmd.Data); i += step {
				bad := cmd
				bad.Data = bytes.Clone(cmd.Data)
				bad.Data[i] ^= 1 << (i % 8)
				sw := c.send(bad).SW
				if refusal := wire.FromStatus(sw); refusal == nil || sw == iso7816.Internal {
					t.Errorf("invariant 8: byte %d was changed: %v", i, sw)
				}
				seen[sw]++
				if c.memory() != before {
					t.Fatalf("invariant 8: the message with byte %d changed has changed the card", i)
				}
			}
			t.Log(seen)
			c.ok(cmd) // and the right one still works
		})
	}
}

func TestEveryOtherLengthIsRefused(t *testing.T) {
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			c, cmd := h.command(newWorld(t, 3))
			before := c.memory()
			for _, n := range []int{0, 1, len(cmd.Data) / 2, len(cmd.Data) - 1} {
				bad := cmd
				bad.Data = cmd.Data[:n]
				if r := c.send(bad); r.SW == iso7816.OK {
					t.Errorf("%d bytes were accepted", n)
				}
			}
			bad := cmd
			bad.Data = append(bytes.Clone(cmd.Data), 0)
			if r := c.send(bad); r.SW == iso7816.OK {
				t.Error("a byte too many was accepted")
			}
			if c.memory() != before {
				t.Error("the card's memory changed")
			}
			c.ok(cmd)
		})
	}
}

func TestWrongCardsAndCountsAreRefusedByName(t *testing.T) {
	w := newWorld(t, 4)
	s, a, b, c := w.active("S"), w.empty("A"), w.empty("B"), w.empty("C")
	foreign := w.certified("foreign", w.pair())
	offers := s.begin(3)
	foreign.refused(wire.ErrMaker, wire.JoinCommand(offers[0]))
	s.tap().refused(wire.ErrLinked, wire.JoinCommand(offers[0]))

	joinA, joinB := a.join(offers[0]), b.join(offers[1])
	twice := c.join(offers[0])
	s.tap().login(theCode)
	for name, bad := range map[string]struct {
		want  *wire.Refusal
		joins []wire.Join
	}{
		"one card too few":    {wire.ErrCount, []wire.Join{joinA}},
		"a fourth card":       {wire.ErrCount, []wire.Join{joinA, joinB, twice}},
		"none":                {wire.ErrCount, nil},
		"the wrong order":     {wire.ErrOrder, []wire.Join{joinB, joinA}},
		"one slot twice":      {wire.ErrOrder, []wire.Join{joinA, twice}},
		"the same card twice": {wire.ErrTwice, []wire.Join{joinA, sameCard(joinA, joinB)}},
		"the source itself":   {wire.ErrSelf, []wire.Join{joinA, itself(s, joinB)}},
		"a link key off the curve": {wire.ErrPoint, []wire.Join{joinA, func() wire.Join {
			j := joinB
			j.Link = wire.Key{2, 1: 5, 32: 5}
			return j
		}()}},
		"a real card": {wire.ErrMixed, []wire.Join{joinA, func() wire.Join {
			j := joinB
			j.Flags = 0
			return j
		}()}},
	} {
		t.Run(name, func(t *testing.T) { s.refused(bad.want, wire.CommitCommand(bad.joins)) })
	}
	s.ok(wire.CommitCommand([]wire.Join{joinA, joinB}))
}

// sameCard puts the card of one join into another.
func sameCard(from, into wire.Join) wire.Join {
	into.Card, into.Cert = from.Card, from.Cert
	return into
}

func itself(s *soft, j wire.Join) wire.Join {
	in := s.certificate(s.maker, wire.FlagSoftware)
	j.Card, j.Cert = s.info.Card, in.Cert
	return j
}

func TestACardCannotJoinItself(t *testing.T) {
	w := newWorld(t, 5)
	a := w.empty("A")
	// Only a card that has leaked its own key could meet an offer of its own; so the test makes one.
	own, err := wire.KeyPairOf(a.inside().CardPrivate)
	must(t, err)
	o := wire.Offer{Size: 2, Slot: 1, Link: w.pair().Public, Wallet: w.pair().Public}
	id := a.certificate(w.maker, wire.FlagSoftware)
	id.Card = own.Public
	o.Sign(id, own)
	a.refused(wire.ErrSelf, wire.JoinCommand(o))
}

func TestABundleOpensOnNoOtherCardAndNotAfterAReset(t *testing.T) {
	w := newWorld(t, 6)
	s, a, b := w.active("S"), w.empty("A"), w.empty("B")
	offers := s.begin(3)
	joins := []wire.Join{a.join(offers[0]), b.join(offers[1])}
	bundles := s.commit(joins...)
	b.tap().refused(wire.ErrOtherCard, wire.ImportCommand(bundles[0]))
	w.empty("C").refused(wire.ErrNoRun, wire.ImportCommand(bundles[0]))
	s.tap().refused(wire.ErrLinked, wire.ImportCommand(bundles[0]))

	forged := bundles[0] // for B by name, but made for A
	forged.Card = bundles[1].Card
	b.refused(wire.ErrStale, wire.ImportCommand(forged))
	forged.Pair = bundles[1].Pair
	b.refused(wire.ErrOrder, wire.ImportCommand(forged))
	forged.Slot = bundles[1].Slot
	b.refused(wire.ErrSignature, wire.ImportCommand(forged))
	forged.Sig = bundles[1].Sig
	b.refused(wire.ErrBundle, wire.ImportCommand(forged))

	a.take(bundles[0])
	a.tap().open().ok(wire.ResetCommand(code(theCode)))
	a.tap().refused(wire.ErrNoRun, wire.ImportCommand(bundles[0]))
	source := w.active("another source")
	a.join(source.begin(2)[0])
	a.refused(wire.ErrStale, wire.ImportCommand(bundles[0]))
	b.take(bundles[1])
}

func TestAnAbortedRunIsOver(t *testing.T) {
	w := newWorld(t, 7)
	s, a := w.active("S"), w.empty("A")
	old := s.begin(2)[0]
	stale := a.join(old)
	s.tap().refused(wire.ErrAuth, wire.AbortCommand())
	s.login(theCode).ok(wire.AbortCommand())
	a.tap().ok(wire.AbortCommand())
	fresh := s.begin(2)[0]
	if fresh.Link == old.Link {
		t.Fatal("the link key is not fresh")
	}
	s.tap().login(theCode).refused(wire.ErrSignature, wire.CommitCommand([]wire.Join{stale}))
	join := a.join(fresh)
	a.take(s.commit(join)[0])
	for _, c := range []*soft{s, a} {
		if c.attest().Size != 2 {
			t.Errorf("card %s has no set", c.name)
		}
	}
}

func TestAChangedMessageInTheChannelBreaksIt(t *testing.T) {
	w := newWorld(t, 8)
	s := w.active("S")
	for i, change := range []func(*iso7816.Command){
		func(c *iso7816.Command) { c.INS = wire.InsReset },
		func(c *iso7816.Command) { c.P1 = 1 },
		func(c *iso7816.Command) { c.Data[0] ^= 1 },
		func(c *iso7816.Command) { c.Data[len(c.Data)-1] ^= 1 },
		func(c *iso7816.Command) { c.Data = c.Data[1:] },
		func(c *iso7816.Command) { c.Data = nil },
	} {
		s.tap().open()
		before := s.memory()
		cmd, err := s.ch.WrapCommand(wire.VerifyCommand(code(theCode)))
		must(t, err)
		change(&cmd)
		r, err := s.transmit(cmd)
		must(t, err)
		if r.SW != iso7816.SecurityNotSatisfied || len(r.Data) != 0 || s.memory() != before {
			t.Errorf("change %d: %v", i, r.SW)
		}
		r, err = s.transmit(cmd)
		must(t, err)
		if r.SW != iso7816.SecurityNotSatisfied {
			t.Errorf("change %d: the channel is still open", i)
		}
	}
}

func TestARepeatedMessageInTheChannelBreaksIt(t *testing.T) {
	s := newWorld(t, 9).active("S").tap().open()
	cmd, err := s.ch.WrapCommand(wire.VerifyCommand(code(wrongCode)))
	must(t, err)
	s.transmit(cmd)
	before := s.inside().Failures
	if r, _ := s.transmit(cmd); r.SW != iso7816.SecurityNotSatisfied || s.inside().Failures != before {
		t.Errorf("the same message again: %v", r.SW)
	}
}

func TestASourceOfZerosIsRefused(t *testing.T) {
	w := newWorld(t, 10)
	s, a := w.active("S"), w.empty("A")
	zeros := func(c *soft, cmd iso7816.Command) {
		t.Helper()
		c.rand = zeroReader{}
		c.refused(wire.ErrRandom, cmd)
		c.rand = nil
	}
	e := w.empty("E").open()
	zeros(e, wire.ActivateCommand(wire.Generated, code(theCode), code("")))
	zeros(s, wire.BeginCommand(2))
	offer := s.begin(2)[0]
	zeros(a, wire.JoinCommand(offer))
	join := a.join(offer)
	s.tap().login(theCode)
	zeros(s, wire.CommitCommand([]wire.Join{join}))
	a.ok(wire.AbortCommand())
	a.refused(wire.ErrNonce, wire.AttestCommand([32]byte{}))
	s.refused(wire.ErrNonce, wire.DeriveCommand([32]byte{}, nil))
	o, err := wire.NewOpening(w.rand)
	must(t, err)
	a.ch = nil
	zeros(a, o.Command())
	if _, err := wire.NewOpening(zeroReader{}); err == nil {
		t.Error("a host opens a channel with a zero key")
	}
}

type zeroReader struct{}

func (zeroReader) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestTheGoodSeedOfAWorldIsRepeated(t *testing.T) {
	if a, b := newWorld(t, 1).active("S").memory(), newWorld(t, 1).active("S").memory(); a != b {
		t.Error("two worlds of one seed differ")
	}
}
