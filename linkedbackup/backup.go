package linkedbackup

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// Backup walks through the taps of one backup. It is used by one goroutine at a time.
type Backup struct {
	path    string
	size    int
	source  wire.Key
	wallet  wire.Key
	offers  []wire.Offer
	joins   []wire.Join // by slot; of size 0 where none is yet
	bundles []wire.Bundle
	done    []bool
	proven  bool
}

// Step says which card is tapped next, and what happens to it.
type Step struct {
	Action Action
	Ident  string // of the card to tap; empty when any empty card will do, or the source is not known yet
	Slot   int    // 0 for the source
}

// Action is what a tap does.
type Action string

// The actions, in their order.
const (
	BeginSource  Action = "begin"  // the card with the key makes its offers
	JoinCard     Action = "join"   // an empty card joins
	CommitSource Action = "commit" // the card with the key gives it
	ImportCard   Action = "import" // a card that has joined takes it
	Finished     Action = "done"
)

// String is a sentence for the user.
func (s Step) String() string {
	switch s.Action {
	case BeginSource:
		return "tap the card that has the key"
	case JoinCard:
		return fmt.Sprintf("tap an empty card, it will be backup %d", s.Slot)
	case CommitSource:
		return fmt.Sprintf("tap the card with the key again: %s", s.Ident)
	case ImportCard:
		return fmt.Sprintf("tap backup %d again: %s", s.Slot, s.Ident)
	}
	return "done; now attest the cards on a second device and compare the idents"
}

// Next is the tap that comes next.
func (b *Backup) Next() Step {
	switch {
	case len(b.offers) == 0 && len(b.bundles) == 0:
		return Step{Action: BeginSource}
	case len(b.bundles) == 0 && b.free() >= 0:
		return Step{Action: JoinCard, Slot: b.free() + 1}
	case len(b.bundles) == 0 || !b.proven:
		return Step{Action: CommitSource, Ident: b.source.Ident()}
	}
	if i := slices.Index(b.done, false); i >= 0 {
		return Step{Action: ImportCard, Ident: b.bundles[i].Card.Ident(), Slot: i + 1}
	}
	return Step{Action: Finished}
}

// free is the index of the first slot without a join, or -1.
func (b *Backup) free() int {
	return slices.IndexFunc(b.joins, func(j wire.Join) bool { return j.Size == 0 })
}

// Done says whether every card has attested the whole set.
func (b *Backup) Done() bool { return b.Next().Action == Finished }

// Member is a card of the set, as far as the host has seen.
type Member struct {
	Ident string `json:"ident"`
	Slot  int    `json:"slot"` // 0 for the source
	Done  bool   `json:"done"` // it has attested the whole set
}

// Members are the cards of the set, the source first. They are what this host was told: another device should ask, too.
func (b *Backup) Members() []Member {
	var all []Member
	if b.source != (wire.Key{}) {
		all = append(all, Member{Ident: b.source.Ident(), Done: b.proven})
	}
	for i := range b.size - 1 {
		switch {
		case i < len(b.bundles):
			all = append(all, Member{b.bundles[i].Card.Ident(), i + 1, b.done[i]})
		case b.joins[i].Size != 0:
			all = append(all, Member{b.joins[i].Card.Ident(), i + 1, false})
		}
	}
	return all
}

// AskCode asks the user for the access code.
type AskCode func() (secret.Bytes, error)

// Tap does with the card that was tapped what Next says, and saves the journal. It may be called again with the same
// card after any error. A card that is not the next one gives card.ErrCardMismatch, and nothing is sent to it. After
// the source has committed, the backup cards may come in any order.
func (b *Backup) Tap(ctx context.Context, c *Card, ask AskCode) error {
	if _, err := c.Authority(); err != nil {
		return err
	}
	switch step := b.Next(); {
	case step.Action == Finished:
		return nil
	case step.Action == BeginSource:
		return b.begin(ctx, c, ask)
	case step.Action == JoinCard:
		return b.join(ctx, c, step)
	case step.Action == CommitSource:
		return b.commit(ctx, c, ask, step)
	default:
		return b.take(ctx, c, step)
	}
}

// mismatch refuses a card that is not the next one.
func mismatch(c *Card, step Step, why string) error {
	return failure(map[Action]byte{BeginSource: wire.InsBegin, JoinCard: wire.InsJoin, CommitSource: wire.InsCommit,
		ImportCard: wire.InsImport}[step.Action], card.ErrCardMismatch,
		fmt.Errorf("this is %s, %s; %v", c.Ident(), why, step))
}

// begin takes the card with the key. One that has committed already, in a backup whose journal is lost, only has to
// give its bundles again.
func (b *Backup) begin(ctx context.Context, c *Card, ask AskCode) error {
	switch state := c.info.State; {
	case !state.HasKey():
		return mismatch(c, b.Next(), "which has no key")
	case state == wire.Backup:
		return mismatch(c, b.Next(), "a backup itself, which gives its key to no other")
	case state == wire.Source:
		return b.rejoin(ctx, c)
	case state == wire.Offering && int(c.info.Size) != b.size:
		return failure(wire.InsBegin, card.ErrConditions,
			fmt.Errorf("%w: it is for a set of %d", wire.ErrRunOpen, c.info.Size))
	}
	s, err := b.open(ctx, c, ask)
	if err != nil {
		return err
	}
	offers, err := s.Begin(ctx, b.size)
	if err != nil {
		return err
	}
	b.source, b.wallet, b.offers = c.info.Card, s.Wallet(), offers
	return b.save()
}

// rejoin reads the bundles of a source that has committed.
func (b *Backup) rejoin(ctx context.Context, c *Card) error {
	if int(c.info.Size) != b.size {
		return failure(wire.InsBundle, card.ErrConditions, fmt.Errorf("%w: its set has %d cards", wire.ErrCount, c.info.Size))
	}
	var bundles []wire.Bundle
	for slot := 1; slot < b.size; slot++ {
		bundle, err := c.Bundle(ctx, slot)
		if err != nil {
			return err
		}
		bundles = append(bundles, bundle)
	}
	b.source = c.info.Card
	return b.prove(ctx, c, bundles)
}

// open opens a session and shows the code.
func (b *Backup) open(ctx context.Context, c *Card, ask AskCode) (*Session, error) {
	code, err := ask()
	if err != nil {
		return nil, err
	}
	defer code.Destroy()
	s, err := c.Open(ctx)
	if err != nil {
		return nil, err
	}
	return s, s.Verify(ctx, code)
}

func (b *Backup) join(ctx context.Context, c *Card, step Step) error {
	joined := func(j wire.Join) bool { return j.Card == c.info.Card }
	switch state := c.info.State; {
	case c.info.Card == b.source:
		return mismatch(c, step, "the card with the key")
	case slices.ContainsFunc(b.joins, joined):
		return mismatch(c, step, "which has joined already")
	case state != wire.Empty && state != wire.Joined:
		return mismatch(c, step, "which is "+state.String())
	}
	err := error(nil)
	for i := step.Slot - 1; i < len(b.joins); i++ {
		if b.joins[i].Size != 0 {
			continue
		}
		if b.joins[i], err = c.Join(ctx, b.offers[i]); err == nil {
			return b.save()
		}
		if !errors.Is(err, wire.ErrRunOpen) {
			return err
		}
		// It may have joined for the next slot, before a journal was lost: then it answers that offer again.
	}
	return err
}

func (b *Backup) commit(ctx context.Context, c *Card, ask AskCode, step Step) error {
	if c.info.Card != b.source {
		return mismatch(c, step, "another card")
	}
	if len(b.bundles) > 0 {
		return b.prove(ctx, c, b.bundles)
	}
	s, err := b.open(ctx, c, ask)
	if err != nil {
		return err
	}
	bundles, err := s.Commit(ctx, b.joins)
	if err != nil {
		return err
	}
	for i, bundle := range bundles {
		if bundle.Card != b.joins[i].Card {
			return bad(wire.InsCommit, errors.New("a bundle is for another card than the one that joined"))
		}
	}
	return b.prove(ctx, c, bundles)
}

// prove keeps the bundles and has the source attest the set that they are for.
func (b *Backup) prove(ctx context.Context, c *Card, bundles []wire.Bundle) error {
	b.bundles = bundles
	if err := b.save(); err != nil {
		return err
	}
	a, err := c.Attest(ctx)
	if err != nil {
		return err
	}
	if b.wallet == (wire.Key{}) {
		b.wallet = a.Wallet
	}
	if err := b.expect(a, 0); err != nil {
		return err
	}
	b.proven = true
	return b.save()
}

// expect compares what a card attests with what it should be: an alarm when it differs.
func (b *Backup) expect(a Attestation, slot int) error {
	cards := []wire.Key{b.source}
	for _, bundle := range b.bundles {
		cards = append(cards, bundle.Card)
	}
	if !a.State.Linked() || int(a.Slot) != slot || int(a.Size) != b.size || a.Wallet != b.wallet ||
		!wire.SetHas(a.Set, cards...) {
		return failure(wire.InsAttest, card.ErrCardMismatch, fmt.Errorf(
			"the card %s attests another set than this backup made: size %d, slot %d, cards %v", a.Card.Ident(), a.Size, a.Slot,
			a.Idents()))
	}
	return nil
}

func (b *Backup) take(ctx context.Context, c *Card, step Step) error {
	i := slices.IndexFunc(b.bundles, func(bundle wire.Bundle) bool { return bundle.Card == c.info.Card })
	if i < 0 {
		return mismatch(c, step, "which has no place in this set")
	}
	if err := c.Import(ctx, b.bundles[i]); err != nil {
		return err
	}
	a, err := c.Attest(ctx)
	if err != nil {
		return err
	}
	if err := b.expect(a, i+1); err != nil {
		return err
	}
	b.done[i] = true
	return b.save()
}
