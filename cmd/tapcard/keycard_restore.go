package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard/duplicate"
)

const restoreLong = `Load one BIP-39 mnemonic onto any number of cards, of any version, and compare their key UIDs: a lost card is
replaced, or several cards hold the same key. It is the way to copies for the cards sold today, which cannot
duplicate ("keycard duplicate").

The mnemonic is asked for once and gone when the command ends. While it runs, this computer knows the key: only use
one that you trust with it. A card that has got another key than the mnemonic's loses it at once.

A software card takes the well-known test mnemonics only.`

// restoreFlags are the flags of "keycard restore".
type restoreFlags struct {
	ownerFlags
	count                        int
	force                        bool
	mnemonicFile, passphraseFile string
}

func newRestore(a *app, k *keycardFlags) *cobra.Command {
	var f restoreFlags
	c := &cobra.Command{
		Use:   "restore",
		Short: "Load one mnemonic onto any number of cards and compare their keys",
		Long:  restoreLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.restore(c.Context(), k, &f) },
	}
	f.ownerFlags.register(c)
	c.Flags().IntVar(&f.count, "count", 0, "number of cards (default: 1, or as many as --tap names)")
	c.Flags().BoolVar(&f.force, "force", false, "replace keys that are on the cards; they are gone then")
	c.Flags().StringVar(&f.mnemonicFile, "mnemonic-file", "",
		"read the mnemonic from `FILE` (\"-\": standard input) instead of asking")
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "",
		"read the mnemonic's passphrase from `FILE`; none without this flag")
	return c
}

func (a *app) restore(ctx context.Context, k *keycardFlags, f *restoreFlags) error {
	t := a.keycardTaps(k, f.tap)
	want := cmpOr(f.count, len(t.files), 1)
	if want < 1 {
		return cli.UsageError{Err: fmt.Errorf("%d cards are too few", want)}
	}
	o, err := a.owner(k, &f.ownerFlags)
	if err != nil {
		return err
	}
	seed, public, err := a.askAnySeed(ctx, f.mnemonicFile, f.passphraseFile)
	if err != nil {
		return err
	}
	r, err := duplicate.NewRestorer(o.callback(), seed, f.force)
	if err != nil {
		return err
	}
	defer r.Close()
	uid := r.KeyUID()
	n := 0
	ask := func() string { return fmt.Sprintf("put card %d of %d on the reader", n+1, want) }
	err = t.each(ctx, want, ask, func(t *keycardTap) error {
		if t.card.Software() && !public {
			return cli.UsageError{Err: errRealKey}
		}
		replace := &targetFlags{force: f.force && string(t.card.Info().KeyUID) != string(uid[:])}
		if err := a.replacing(ctx, t, replace); err != nil {
			return err
		}
		o.tapped(t.card)
		if err := a.slotKept(r.Restore(ctx, t.card)); err != nil {
			return err
		}
		n++
		return a.printStep(t, "restored", "", hex.EncodeToString(uid[:]))
	})
	if err != nil {
		return err
	}
	return a.Print(restoreResult{hex.EncodeToString(uid[:]), want})
}

// restoreResult is the result of "keycard restore".
type restoreResult struct {
	KeyUID string `json:"key_uid"`
	Cards  int    `json:"cards"`
}

// Text prints it for people.
func (r restoreResult) Text(w io.Writer) {
	fmt.Fprintf(w, "%s: key UID %s\n", plural(r.Cards, "card"), r.KeyUID)
}
