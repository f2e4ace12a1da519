package main

import (
	"context"

	"github.com/spf13/cobra"

	"tapcard.example/keycard/duplicate"
)

const duplicateLocalLong = `Duplicate with this computer alone: first the source, then the targets, one tap each.

This takes trust: the only piece of entropy is this computer's, so whoever controls it while the command runs can
read the key, now and for good. The cards' own protection is gone for that moment. It is as good as typing a
mnemonic into this computer, and no better. With a second computer nobody can: "tapcard keycard duplicate".`

// localFlags are the flags of "keycard duplicate local".
type localFlags struct {
	ownerFlags
	targetFlags
	sameCodes
}

func newDuplicateLocal(a *app, k *keycardFlags) *cobra.Command {
	var f localFlags
	c := &cobra.Command{
		Use:   "local",
		Short: "Do all of it on this computer, which must be trusted with the key",
		Long:  duplicateLocalLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.duplicateLocally(c.Context(), k, &f) },
	}
	f.ownerFlags.register(c)
	f.targetFlags.register(c)
	f.sameCodes.register(c)
	return c
}

func (a *app) duplicateLocally(ctx context.Context, k *keycardFlags, f *localFlags) error {
	t := a.keycardTaps(k, f.tap)
	if err := f.targetFlags.check(len(t.files)); err != nil {
		return err
	}
	question := "Whoever controls this computer now can read the key that is copied. Copy it with this computer alone?"
	if err := a.confirm(ctx, question); err != nil {
		return err
	}
	d, err := a.starter(k, &f.ownerFlags, 1, f.force)
	if err != nil {
		return err
	}
	defer d.Close()
	d.owner.keepLent = f.sameCodes.wanted
	fin := &finisher{app: a, d: d.CardDuplicator, owner: d.owner, f: &f.targetFlags}
	if err := d.copyLocally(ctx, t, fin); err != nil {
		return err
	}
	return a.unifyCodes(ctx, d.owner, &f.sameCodes, a.keycardTaps(k, f.tap), fin.cards())
}

// copyLocally starts and finishes each card in one tap.
func (d *starter) copyLocally(ctx context.Context, t *keycardTaps, fin *finisher) error {
	start := &startFlags{targetFlags: *fin.f}
	both := func(finish func(context.Context, *keycardTap) error) func(*keycardTap) error {
		return func(t *keycardTap) error {
			if r, _ := d.Journal().Find(t.card.UID()); r.Start != duplicate.Done {
				if err := d.start(ctx, t, fin.f); err != nil {
					return err
				}
			}
			return finish(ctx, t)
		}
	}
	defer fin.forget()
	if err := t.each(ctx, 1, d.askStart(start), both(fin.exportFrom)); err != nil {
		return err
	}
	if err := t.each(ctx, fin.f.targets, d.askStart(start), both(fin.importTo)); err != nil {
		return fin.incomplete(err)
	}
	return fin.result()
}
