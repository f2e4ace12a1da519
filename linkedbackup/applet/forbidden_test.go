package applet_test

import (
	"bytes"
	"fmt"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// scene is a script of things that a host may try and a card must not do. Whether a step is refused is not looked at:
// the witness says whether an invariant broke.
type scene struct {
	*witness
	w       *world
	offers  []wire.Offer
	joins   []wire.Join
	bundles []wire.Bundle
}

// try sends a command after the code, or bare for an empty one, and keeps what comes.
func (s *scene) try(c *soft, code_ string, cmd iso7816.Command) (iso7816.Response, bool) {
	s.Helper()
	c.tap()
	if code_ != "" && c.info.State.HasKey() {
		c.open()
		c.send(wire.VerifyCommand(code(code_)))
	}
	r := c.send(cmd)
	if r.SW != iso7816.OK {
		return r, false
	}
	switch cmd.INS {
	case wire.InsBegin:
		s.offers, _ = wire.ParseOffers(r.Data, len(r.Data)/wire.OfferSize)
	case wire.InsJoin:
		j, err := wire.ParseJoin(r.Data)
		must(s, err)
		s.joins = append(s.joins, j)
	case wire.InsCommit:
		s.bundles, _ = wire.ParseBundles(r.Data, len(cmd.Data)/wire.JoinSize+1)
	}
	return r, true
}

// give tries to give the source's key to cards.
func (s *scene) give(source *soft, to ...*soft) {
	s.Helper()
	s.offers, s.joins, s.bundles = nil, nil, nil
	s.try(source, theCode, wire.BeginCommand(byte(len(to)+1)))
	for i, c := range to {
		if i < len(s.offers) {
			s.try(c, "", wire.JoinCommand(s.offers[i]))
		}
	}
	s.try(source, theCode, wire.CommitCommand(s.joins))
	for i, b := range s.bundles {
		s.try(to[i], "", wire.ImportCommand(b))
	}
}

func newScene(t *testing.T, cards int) (*scene, []*soft) {
	w := newWorld(t, 70)
	all := []*soft{w.active("S")}
	for i := 1; i < cards; i++ {
		all = append(all, w.empty(fmt.Sprint("card ", i)))
	}
	return &scene{witness: watch(w, all...), w: w}, all
}

func TestAKeyIsNotGivenTwice(t *testing.T) {
	s, c := newScene(t, 6)
	s.give(c[0], c[1], c[2])
	s.give(c[0], c[3], c[4]) // by the source
	s.give(c[1], c[3], c[4]) // by a backup card
	s.try(c[0], theCode, wire.AbortCommand())
	s.try(c[1], theCode, wire.AbortCommand())
	s.give(c[0], c[3], c[4])
	s.give(c[1], c[5])
}

func TestAKeyIsNotGivenToAHost(t *testing.T) {
	s, c := newScene(t, 2)
	s.try(c[0], theCode, wire.BeginCommand(2))
	own, link := s.w.pair(), s.w.pair()
	id := wire.Identity{Flags: wire.FlagSoftware, Card: own.Public, Root: s.w.maker.Public,
		Cert: wire.Certify(own, own.Public, wire.FlagSoftware)}
	s.try(c[0], theCode, wire.CommitCommand([]wire.Join{wire.NewJoin(s.offers[0], id, own, link.Public)}))
	if len(s.bundles) > 0 {
		j := wire.NewJoin(s.offers[0], id, own, link.Public)
		content, err := s.bundles[0].Open(link, s.offers[0], j)
		t.Errorf("invariant 2: the host has a bundle, and opens it: %v, %v", content, err)
	}
}

func TestAnOldBundleOpensNowhere(t *testing.T) {
	s, c := newScene(t, 3)
	s.give(c[0], c[1])
	for _, other := range []*soft{c[2], c[0]} {
		if _, ok := s.try(other, "", wire.ImportCommand(s.bundles[0])); ok {
			t.Errorf("invariant 7: card %s opens another card's bundle", other.name)
		}
	}
	old := s.bundles[0]
	for _, card := range c[:2] {
		card.tap().open().ok(wire.ResetCommand(code(theCode)))
		if _, ok := s.try(card, "", wire.ImportCommand(old)); ok || card.inside().Wallet != nil {
			t.Errorf("invariant 7: card %s opens the bundle after its reset", card.name)
		}
		if bytes.Contains(allBytes(t, card.memory()), old.Enc[:]) {
			t.Errorf("invariant 6: card %s keeps a bundle after its reset", card.name)
		}
	}
}
