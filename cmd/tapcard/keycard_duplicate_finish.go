package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard/duplicate"
)

const duplicateFinishLong = `Finish a duplication when every other computer has added its entropy to every card: the source gives out its key,
encrypted, and each target takes it in. Each needs its PIN. The key UIDs are compared; a card that has got another
key than the source's loses it at once.

The source does this once, and the encrypted key is never written down: all targets have to come while the command
runs. On the computer that started, the journal knows the cards. On another one, give --targets and --source.`

// finishFlags are the flags of "keycard duplicate finish".
type finishFlags struct {
	ownerFlags
	targetFlags
	sameCodes
	elsewhere bool
}

func newDuplicateFinish(a *app, k *keycardFlags) *cobra.Command {
	var f finishFlags
	c := &cobra.Command{
		Use:   "finish",
		Short: "Finish: the source, then the targets",
		Long:  duplicateFinishLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.finishDuplication(c.Context(), k, &f) },
	}
	f.ownerFlags.register(c)
	f.targetFlags.register(c)
	f.sameCodes.register(c)
	c.Flags().BoolVar(&f.elsewhere, "elsewhere", false,
		"the duplication was started on another computer: leave this one's journal out of it")
	return c
}

func (a *app) finishDuplication(ctx context.Context, k *keycardFlags, f *finishFlags) error {
	t := a.keycardTaps(k, f.tap)
	if err := f.targetFlags.check(len(t.files)); err != nil {
		return err
	}
	file, journals, err := a.duplication()
	if err != nil {
		return err
	}
	journal, err := a.journalToFinish(journals.Own, f)
	if err != nil {
		return err
	}
	o, err := a.owner(k, &f.ownerFlags)
	if err != nil {
		return err
	}
	o.keepLent = f.sameCodes.wanted
	d, err := duplicate.NewTrusted(o.callback(),
		duplicate.Options{Journal: journal, Force: f.force, Save: file.SaveOwn})
	if err != nil {
		return err
	}
	defer d.Close()
	r := &finisher{app: a, d: d, owner: o, f: &f.targetFlags, journal: journal}
	if err := r.run(ctx, t); err != nil {
		return err
	}
	return a.unifyCodes(ctx, o, &f.sameCodes, a.keycardTaps(k, f.tap), r.cards())
}

// journalToFinish is the journal of the duplication to finish, or nil when it was started elsewhere.
func (a *app) journalToFinish(j *duplicate.Journal, f *finishFlags) (*duplicate.Journal, error) {
	if f.elsewhere || j == nil {
		return nil, nil
	}
	source, ok := j.Source()
	switch {
	case j.Complete():
		return nil, cli.Hint(errors.New("the duplication that this computer knows of is finished"), startAgain)
	case source.Finish != duplicate.NotYet:
		err := errors.New("the source has given out its key to a program that has ended; it does so once")
		return nil, cli.Hint(err, startAgain)
	case j.Clients == 0: // this computer has tried to finish one that was started elsewhere
		return nil, nil
	case !ok || source.Start != duplicate.Done || count(*j, duplicate.Target) == 0:
		return nil, cli.Hint(errors.New("a duplication was begun here, but not with a source and a target"), startAgain)
	}
	f.targets = count(*j, duplicate.Target)
	return j, nil
}

const startAgain = `"tapcard keycard duplicate start" with every card, or "finish --elsewhere" for one started on another computer`

// finisher takes the source's key to the targets.
type finisher struct {
	*app
	d       *duplicate.CardDuplicator
	owner   *owner
	f       *targetFlags
	journal *duplicate.Journal // nil when it was started elsewhere
	export  *duplicate.Export
	failed  int
}

func (r *finisher) run(ctx context.Context, t *keycardTaps) error {
	defer r.forget()
	err := t.each(ctx, 1, r.askSource, func(t *keycardTap) error { return r.exportFrom(ctx, t) })
	if err != nil {
		return err
	}
	if err := t.each(ctx, r.f.targets, r.askTarget, func(t *keycardTap) error { return r.importTo(ctx, t) }); err != nil {
		return r.incomplete(err)
	}
	return r.result()
}

// forget wipes the encrypted key.
func (r *finisher) forget() {
	if r.export != nil {
		r.export.Destroy()
	}
}

// result prints what came of it; a card without a copy is an error.
func (r *finisher) result() error {
	if r.failed > 0 {
		return cli.Hint(fmt.Errorf("%w: %s of %d", duplicate.ErrWrongPieces, plural(r.failed, "card"), r.f.targets),
			"start a duplication again for the cards that are without a copy; those that were copied are good")
	}
	return r.Print(finishResult{hex.EncodeToString(r.export.KeyUID[:]), r.f.targets})
}

func (r *finisher) askSource() string {
	if r.journal == nil {
		return "put the source, the card that is copied, on the reader"
	}
	source, _ := r.journal.Source()
	return "put the source on the reader: " + r.nameOf(source.UID)
}

func (r *finisher) askTarget() string {
	if r.journal == nil {
		return "put a card to copy to on the reader"
	}
	return "put a target on the reader: " + r.names(r.waiting())
}

// waiting is the targets that are still to come.
func (r *finisher) waiting() []duplicate.CardRecord {
	return slices.DeleteFunc(r.d.Journal().Cards, func(c duplicate.CardRecord) bool {
		return c.Role != duplicate.Target || c.Start != duplicate.Done || c.Finish == duplicate.Done ||
			c.Finish == duplicate.Failed
	})
}

func (r *finisher) exportFrom(ctx context.Context, t *keycardTap) error {
	if err := r.wrongSource(t, r.f); err != nil {
		return err
	}
	r.owner.tapped(t.card)
	e, err := r.d.ExportKey(ctx, t.card)
	if e != nil {
		r.export, err = e, r.slotKept(err)
	}
	if err != nil {
		return err
	}
	return r.printStep(t, "exported", duplicate.Source, "")
}

// importTo copies the key to a card. One that cannot decrypt it is out, and the others go on.
func (r *finisher) importTo(ctx context.Context, t *keycardTap) error {
	if err := r.replacing(ctx, t, r.f); err != nil {
		return err
	}
	r.owner.tapped(t.card)
	err := r.slotKept(r.d.ImportKey(ctx, t.card, r.export))
	if errors.Is(err, duplicate.ErrWrongPieces) {
		r.failed++
		r.Say("%s: %v", r.cardName(t.card), oneLine(err))
		return nil
	}
	if err != nil {
		return err
	}
	return r.printStep(t, "copied", duplicate.Target, hex.EncodeToString(r.export.KeyUID[:]))
}

// cards is the cards that hold the same key now, by instance UID in hex.
func (r *finisher) cards() (uids []string) {
	for _, c := range r.d.Journal().Cards {
		if c.Finish == duplicate.Done {
			uids = append(uids, c.UID)
		}
	}
	return uids
}

// incomplete says what it means that not all targets came.
func (r *finisher) incomplete(err error) error {
	if errors.Is(err, duplicate.ErrSpoilt) {
		return err
	}
	return cli.Hint(err, "the encrypted key is gone with this program, and the source gives it out once: copies that are "+
		"finished are good, for the other cards start again")
}

// finishResult is the result of "keycard duplicate finish".
type finishResult struct {
	KeyUID string `json:"key_uid"`
	Copies int    `json:"copies"`
}

// Text prints it for people.
func (r finishResult) Text(w io.Writer) {
	fmt.Fprintf(w, "%s and the source hold the key %s\n", copies(r.Copies), r.KeyUID)
	fmt.Fprintln(w, `compare an address before coins depend on it: "tapcard eth address" with each card`)
}

func copies(n int) string {
	if n == 1 {
		return "1 copy"
	}
	return fmt.Sprintf("%d copies", n)
}
