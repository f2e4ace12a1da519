package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard/duplicate"
)

const duplicateStartLong = `Begin a duplication: first the card to copy, then the cards to copy to, each with its PIN. Every card is given
this computer's piece of entropy, which is gone when the command ends; so all cards have to come now.

A card that this computer is not paired with can be paired for the occasion: it takes one of the card's pairing
slots, which is freed when the card is finished.`

// startFlags are the flags of "keycard duplicate start".
type startFlags struct {
	ownerFlags
	targetFlags
	clients int
}

func newDuplicateStart(a *app, k *keycardFlags) *cobra.Command {
	var f startFlags
	c := &cobra.Command{
		Use:   "start",
		Short: "Begin: the card to copy, then the cards to copy to",
		Long:  duplicateStartLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.startDuplication(c.Context(), k, &f) },
	}
	f.ownerFlags.register(c)
	f.targetFlags.register(c)
	c.Flags().IntVar(&f.clients, "clients", duplicate.DefaultClients,
		"number of computers that take part, this one included: 1 to 127")
	return c
}

func (a *app) startDuplication(ctx context.Context, k *keycardFlags, f *startFlags) error {
	t := a.keycardTaps(k, f.tap)
	if err := f.targetFlags.check(len(t.files)); err != nil {
		return err
	}
	d, err := a.starter(k, &f.ownerFlags, f.clients, f.force)
	if err != nil {
		return err
	}
	defer d.Close()
	if advice := duplicate.Advice(f.clients); advice != "" {
		a.Say("warning: %s", advice)
	}
	err = t.each(ctx, 1+f.targets, d.askStart(f), func(t *keycardTap) error { return d.start(ctx, t, &f.targetFlags) })
	if err != nil {
		return d.incomplete(err)
	}
	return a.Print(started(a, d.Journal()))
}

// starter is the client of a duplication's owner, at the terminal.
type starter struct {
	*duplicate.CardDuplicator
	*app
	owner *owner
}

// starter begins a journal, in the place of that of an earlier duplication.
func (a *app) starter(k *keycardFlags, f *ownerFlags, clients int, force bool) (*starter, error) {
	if clients == 0 {
		clients = -1 // the package's default is not what somebody means who says 0
	}
	o, err := a.owner(k, f)
	if err != nil {
		return nil, err
	}
	file, before, err := a.duplication()
	if err != nil {
		return nil, err
	}
	d, err := duplicate.NewTrusted(o.callback(), duplicate.Options{Clients: clients, Force: force, Save: file.SaveOwn})
	if err != nil {
		return nil, cli.UsageError{Err: err}
	}
	if j := before.Own; j != nil && !j.Complete() && j.Spoilt == "" {
		a.Say("the duplication that was started on %s is given up", j.Began.Local().Format("2 January 2006, 15:04"))
	}
	return &starter{d, a, o}, nil
}

// askStart says which card is to come next.
func (d *starter) askStart(f *startFlags) func() string {
	return func() string {
		j := d.Journal()
		if _, ok := j.Source(); !ok {
			if f.source != "" {
				return fmt.Sprintf("put the card to copy on the reader: %s", f.source)
			}
			return "put the card to copy (the source) on the reader"
		}
		return fmt.Sprintf("put a card to copy to (target %d of %d) on the reader", count(j, duplicate.Target)+1, f.targets)
	}
}

// count is the number of cards in a role that were started.
func count(j duplicate.Journal, role duplicate.Role) (n int) {
	for _, r := range j.Cards {
		if r.Role == role && r.Start == duplicate.Done {
			n++
		}
	}
	return n
}

// start starts the session on a card: the first one that is good for it is the source.
func (d *starter) start(ctx context.Context, t *keycardTap, f *targetFlags) error {
	role := duplicate.Target
	if source, ok := d.Journal().Source(); !ok || source.UID == hexUID(t.card) && source.Start != duplicate.Done {
		role = duplicate.Source
		if err := d.wrongSource(t, f); err != nil {
			return err
		}
	} else if err := d.replacing(ctx, t, f); err != nil {
		return err
	}
	d.owner.tapped(t.card)
	if err := d.StartDuplication(ctx, t.card, role); err != nil {
		return err
	}
	if role == duplicate.Target && duplicate.Doubtful(t.card.Info().Version) {
		d.Say("warning: %s is a %v: the original cards of this version take part in everything, and cannot import in the end",
			d.cardName(t.card), t.card.Info().Version)
	}
	return d.printStep(t, "started", role, "")
}

// incomplete says what becomes of the cards that were started when not all were.
func (d *starter) incomplete(err error) error {
	j := d.Journal()
	if count(j, duplicate.Source) == 1 && count(j, duplicate.Target) > 0 && !errors.Is(err, duplicate.ErrSpoilt) {
		return cli.Hint(err, "go on with the cards that were started, or start again with all of them")
	}
	return err
}

// startResult is the result of "keycard duplicate start": what is to be done now.
type startResult struct {
	Began   string   `json:"began"`
	KeyUID  string   `json:"key_uid"`
	Cards   []string `json:"cards"`   // idents for "add-entropy --cards"
	Missing int      `json:"missing"` // computers that have to add entropy
	Names   string   `json:"-"`
}

func started(a *app, j duplicate.Journal) startResult {
	r := startResult{Began: j.Began.Format("2006-01-02T15:04:05Z07:00"), KeyUID: j.KeyUID, Missing: j.Clients - 1,
		Names: a.names(j.Cards)}
	for _, c := range j.Cards {
		r.Cards = append(r.Cards, c.UID[:8])
	}
	return r
}

// Text prints it for people.
func (r startResult) Text(w io.Writer) {
	if r.Missing > 0 {
		others := plural(r.Missing, "other computer")
		fmt.Fprintf(w, "next, on %s, with all cards (%s), in any order:\n", others, cli.Printable(r.Names))
		fmt.Fprintf(w, "  tapcard keycard duplicate add-entropy --cards %s\n", strings.Join(r.Cards, ","))
		fmt.Fprintln(w, "  (with --page for somebody who would rather press a button)")
	}
	fmt.Fprintln(w, "then, here or on another computer that is paired with the cards:")
	fmt.Fprintln(w, "  tapcard keycard duplicate finish")
}
