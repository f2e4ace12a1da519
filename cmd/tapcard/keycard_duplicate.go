package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard/duplicate"
)

const duplicateLong = `Copy the key of one Keycard (the source) to others (the targets), card to card. It is meant for a key that
exists nowhere else, because the card made it itself. It takes cards of the versions 2.0 to 2.3; the cards sold
today do not have it, and for them "keycard restore" puts one mnemonic on any number of cards.

  tapcard keycard duplicate start          # your computer: every card, with its PIN
  tapcard keycard duplicate add-entropy    # another computer: every card, no PIN, nothing stays there
  tapcard keycard duplicate finish         # yours, or any other that is paired with the cards: source, then targets

Each of them is one program that stays until it has seen all cards, and says which one it wants next. On a
reader, put one after the other; with several readers they may lie there together.

What it protects: the key travels encrypted, under a key mixed from one piece of entropy per computer. Whoever listens,
and a computer that only adds entropy, cannot read it without the pieces of all the others, and sees no PIN. Two
computers (the default) are good, three are better, more are hardly worth the walk. With one, see "duplicate local".

What it does not protect:
- The computer you enter a PIN on can use that card while it lies there. A hostile one can even start a session of one
  piece with the source, and read the key. More computers help against one that is spied upon, not one that acts.
- The pieces are mixed by exclusive or, and nothing shows where one came from. Two programs on one computer are one
  computer. Whoever has a card in hand for a moment can add a piece of his own.
- The encrypted key carries no checksum of its own. That a copy is right shows in its key UID, which is compared; a
  card that got a wrong key loses it again.
- So anyone who holds a card can spoil a duplication, and then it starts again. The source keeps its key throughout.
- Until a copy is finished and compared, a key that was generated on the card has no backup at all.

PIN, PUK, pairings and idents of the targets stay what they are, unless --same-codes makes them the same.
With --trace FILE, the second card is recorded in FILE.2, and so on.`

// defaultTargets is how many targets there are unless the user says otherwise.
const defaultTargets = 1

func newDuplicate(a *app, k *keycardFlags) *cobra.Command {
	c := &cobra.Command{Use: "duplicate", Short: "Copy a key from card to card (2.0 to 2.3)", Long: duplicateLong}
	c.AddCommand(newDuplicateStart(a, k), newDuplicateEntropy(a, k), newDuplicateFinish(a, k), newDuplicateStatus(a),
		newDuplicateLocal(a, k))
	return c
}

// duplication is the file with the journals of duplications, and what it says.
func (a *app) duplication() (duplicate.File, duplicate.Journals, error) {
	dir, err := a.dir()
	if err != nil {
		return duplicate.File{}, duplicate.Journals{}, err
	}
	f := duplicate.OpenFile(filepath.Join(dir, "duplication.json"))
	all, err := f.Read()
	return f, all, err
}

// targetFlags say which card is copied to how many.
type targetFlags struct {
	source  string
	targets int
	force   bool
}

func (f *targetFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.source, "source", "", "the card to copy: its label, or the beginning of its ident")
	c.Flags().IntVar(&f.targets, "targets", 0, "number of cards to copy to (default: 1, or as many as --tap names)")
	c.Flags().BoolVar(&f.force, "force", false,
		"let the key replace one that a target holds, which is gone then; needs --source")
}

// check completes the flags from the number of cards that --tap names.
func (f *targetFlags) check(taps int) error {
	if f.force && f.source == "" {
		return cli.UsageError{Err: errors.New("--force needs --source: which of the cards holds the key that must not be lost?")}
	}
	if f.targets == 0 {
		f.targets = max(defaultTargets, taps-1)
	}
	if f.targets < 1 {
		return cli.UsageError{Err: fmt.Errorf("a key is copied to 1 card or more, not %d", f.targets)}
	}
	return nil
}

// stepDone is what happened to one card; with --json one line each.
type stepDone struct {
	Step string `json:"step"` // started, entropy added, exported, copied, restored, codes set
	Role string `json:"role,omitempty"`
	Card string `json:"card"` // its label or ident
	UID  string `json:"instance_uid"`
	Key  string `json:"key_uid,omitempty"`
}

// Text prints it for people.
func (s stepDone) Text(w io.Writer) {
	what := s.Step
	if s.Role != "" {
		what = s.Role + " " + what
	}
	if s.Key != "" {
		what += ", key UID " + s.Key
	}
	fmt.Fprintf(w, "%s\t%s\n", cli.Printable(s.Card), what)
}

// printStep prints what happened to a card.
func (a *app) printStep(t *keycardTap, step string, role duplicate.Role, key string) error {
	return a.Print(stepDone{Step: step, Role: string(role), Card: a.cardName(t.card), UID: hexUID(t.card), Key: key})
}

// wrongSource refuses a card that is not the one --source names.
func (a *app) wrongSource(t *keycardTap, f *targetFlags) error {
	if f.source == "" || a.isCalled(hexUID(t.card), f.source) {
		return nil
	}
	return notThisCard{fmt.Errorf("this is %s, and not the source %q", a.cardName(t.card), f.source)}
}

// replacing asks before a key on a target goes.
func (a *app) replacing(ctx context.Context, t *keycardTap, f *targetFlags) error {
	uid := t.card.Info().KeyUID
	if !f.force || len(uid) == 0 {
		return nil
	}
	question := fmt.Sprintf("%s holds the key %x…, which will be gone. Replace it?", a.cardName(t.card), uid[:4])
	return a.confirm(ctx, question)
}

// slotKept turns a pairing slot that could not be freed into a word: all else is well.
func (a *app) slotKept(err error) error {
	if errors.Is(err, duplicate.ErrSlotKept) {
		a.Say("note: %v", oneLine(err))
		return nil
	}
	return err
}
