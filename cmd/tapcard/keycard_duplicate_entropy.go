package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard/duplicate"
)

const duplicateEntropyLong = `Add this computer's piece of entropy to every card of a duplication that was started on another one. It needs no
PIN and no pairing, and learns nothing that must be kept: it is what a friend's computer can do.

All cards have to come while the command runs, in any order, each once. The piece is gone when it ends: cards that
did not come are out. If a card's answer is lost nobody knows whether the piece counts, and the duplication has to
be started again.

"duplicate start" prints the --cards of this command; without it, say how many there are (--count). With --page
there is a page in the browser of this computer with one button, instead of the terminal.`

// entropyFlags are the flags of "keycard duplicate add-entropy".
type entropyFlags struct {
	tap   []string
	cards []string
	count int
	page  bool
}

func newDuplicateEntropy(a *app, k *keycardFlags) *cobra.Command {
	var f entropyFlags
	c := &cobra.Command{
		Use:   "add-entropy",
		Short: "Help on another computer: every card once, no PIN",
		Long:  duplicateEntropyLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.addEntropy(c.Context(), k, &f) },
	}
	c.Flags().StringArrayVar(&f.tap, "tap", nil, "use the software card in `FILE` next (repeat for each card)")
	c.Flags().StringSliceVar(&f.cards, "cards", nil,
		"the cards that take part: labels or idents, `LIST` separated by commas")
	c.Flags().IntVar(&f.count, "count", 0,
		"number of cards, where --cards is not given (default: 2, or as many as --tap names)")
	c.Flags().BoolVar(&f.page, "page", false, "show a page with one button in this computer's browser")
	return c
}

// helper is a client that only adds entropy, at the terminal or behind the page.
type helper struct {
	*duplicate.CardDuplicator
	*app
	cards []string // those that take part; empty for any
	want  int
	taps  *keycardTaps
}

func (a *app) addEntropy(ctx context.Context, k *keycardFlags, f *entropyFlags) error {
	h := &helper{app: a, cards: f.cards, taps: a.keycardTaps(k, f.tap)}
	switch h.want = cmpOr(len(f.cards), f.count, len(h.taps.files), 1+defaultTargets); {
	case h.want < 1:
		return cli.UsageError{Err: fmt.Errorf("%d cards are too few", h.want)}
	case f.count != 0 && f.count != h.want:
		return cli.UsageError{Err: errors.New("--cards or --count, not both")}
	}
	file, _, err := a.duplication()
	if err != nil {
		return err
	}
	if h.CardDuplicator, err = duplicate.NewUntrusted(duplicate.Options{Save: file.SaveHelped}); err != nil {
		return err
	}
	defer h.Close()
	if f.page {
		return h.servePage(ctx)
	}
	if err := h.taps.each(ctx, h.want, h.ask, func(t *keycardTap) error { return h.add(ctx, t) }); err != nil {
		return h.incomplete(err)
	}
	return h.thanks()
}

// thanks says that it is done.
func (h *helper) thanks() error {
	cards := plural(h.want, "card")
	return h.Print(cli.Done{Done: fmt.Sprintf("this computer's entropy is in %s, and nowhere else any more", cards)})
}

// cmpOr is the first number that is not 0.
func cmpOr(numbers ...int) int {
	i := slices.IndexFunc(numbers, func(n int) bool { return n != 0 })
	return numbers[i]
}

// ask says which cards are still to come.
func (h *helper) ask() string {
	had := h.Journal().Cards
	if len(h.cards) == 0 {
		return fmt.Sprintf("put a card of the duplication on the reader (%d of %d)", len(had)+1, h.want)
	}
	missing := slices.DeleteFunc(slices.Clone(h.cards), func(name string) bool {
		return slices.ContainsFunc(had, func(r duplicate.CardRecord) bool {
			return r.Entropy == duplicate.Done && h.isCalled(r.UID, name)
		})
	})
	return "put one of these cards on the reader: " + strings.Join(missing, ", ")
}

// add adds the piece to a card, if it takes part.
func (h *helper) add(ctx context.Context, t *keycardTap) error {
	uid := hexUID(t.card)
	called := func(name string) bool { return h.isCalled(uid, name) }
	if len(h.cards) > 0 && !slices.ContainsFunc(h.cards, called) {
		return notThisCard{fmt.Errorf("%s has no part in this duplication", h.cardName(t.card))}
	}
	h.warn(t)
	if err := h.AddEntropy(ctx, t.card); err != nil {
		return err
	}
	return h.printStep(t, "entropy added", "", "")
}

// warn says when the same computer has contributed already: that is no help.
func (h *helper) warn(t *keycardTap) {
	_, journals, err := h.duplication()
	if err != nil || journals.Own == nil || journals.Own.Complete() {
		return
	}
	if r, ok := journals.Own.Find(t.card.UID()); ok && r.Start == duplicate.Done {
		h.Say("warning: this computer has started the duplication of %s: adding to it as well makes nothing safer",
			h.cardName(t.card))
	}
}

// incomplete says what it means that not all cards came.
func (h *helper) incomplete(err error) error {
	has := func(r duplicate.CardRecord) bool { return r.Entropy == duplicate.Done }
	if slices.ContainsFunc(h.Journal().Cards, has) && !errors.Is(err, duplicate.ErrSpoilt) {
		return cli.Hint(err, "this computer's entropy is gone now, and only some cards have it: start the duplication again")
	}
	return err
}

// notThisCard is an error about a card that is not the one that is wanted now.
type notThisCard struct{ error }

// Unwrap is the error itself, and card.ErrCardMismatch for the exit code.
func (n notThisCard) Unwrap() []error { return []error{n.error, card.ErrCardMismatch} }
