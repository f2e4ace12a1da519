package main

import (
	"context"
	"encoding/hex"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/cktap"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

func newTapsignerBackup(a *app, f *tapFlags) *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "backup",
		Short: "Save the encrypted backup, with the descriptor beside it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.tapsigner(c.Context(), f, func(t *cktap.Tapsigner, cvc secret.Bytes) error {
				x, err := a.provenAccount(c.Context(), t, cvc)
				if err != nil {
					return err
				}
				file, err := t.Backup(c.Context(), cvc)
				if err != nil {
					return err
				}
				name, err := saveBackup(dir, cktap.SavedBackup{Ident: t.Ident(), File: file, Account: x})
				if err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "saved " + name + `; "tapcard tapsigner verify-backup" tries it`})
			})
		},
	}
	c.Flags().StringVar(&dir, "backup-dir", ".", "save it in `DIR`")
	return c
}

func newTapsignerVerifyBackup(a *app, f *tapFlags) *cobra.Command {
	var keyFile string
	c := &cobra.Command{
		Use:   "verify-backup FILE",
		Short: "Open a backup with the printed key, and compare it with the card",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			file, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			key, err := a.askBackupKey(c.Context(), keyFile, false)
			if err != nil {
				return err
			}
			defer key.Destroy()
			return a.withTapAccount(c.Context(), f, func(x cktap.Account) error {
				if err := cktap.VerifyBackup(key, file, x); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "the backup opens, and leads to the card's account"})
			})
		},
	}
	c.Flags().StringVar(&keyFile, "backup-key-file", "", "read the backup key from `FILE` instead of asking")
	return c
}

const recoverLong = `Open a backup with the key that was printed on the card, when the card is lost or broken. The key is then in this
computer's memory: use a computer that you trust, and move the coins.

  tapcard tapsigner recover BACKUP                         # shows the account
  tapcard tapsigner recover BACKUP --sign-psbt FILE        # signs, offline
  tapcard tapsigner recover BACKUP --to-keycard            # loads the key into a Keycard`

// recoverFlags are the flags of "tapsigner recover".
type recoverFlags struct {
	keyFile   string
	psbt      string
	toKeycard bool
	force     bool
	keycard   keycardFlags
	psbtFlags psbtFlags
}

func newTapsignerRecover(a *app) *cobra.Command {
	f := &recoverFlags{psbtFlags: psbtFlags{btcFlags: &btcFlags{}}, keycard: keycardFlags{instance: 1}}
	c := &cobra.Command{
		Use:   "recover BACKUP",
		Short: "Use a backup in place of a lost card: sign a PSBT offline, or load it into a Keycard",
		Long:  recoverLong,
		Args:  cobra.ExactArgs(1),
		RunE:  func(c *cobra.Command, args []string) error { return a.recover(c.Context(), f, args[0]) },
	}
	c.Flags().StringVar(&f.keyFile, "backup-key-file", "", "read the backup key from `FILE` instead of asking")
	c.Flags().StringVar(&f.psbt, "sign-psbt", "", "sign this PSBT `FILE`")
	c.Flags().BoolVar(&f.toKeycard, "to-keycard", false, "load the key into the Keycard in the reader")
	c.Flags().BoolVar(&f.force, "force", false, "with --to-keycard: replace the key that is on it")
	c.Flags().StringVar(&f.keycard.pinFile, "pin-file", "", "with --to-keycard: read its PIN from `FILE`")
	c.Flags().StringVar(&f.psbtFlags.network, "network", "", "for test cards: testnet, signet or regtest")
	f.psbtFlags.register(c)
	return c
}

func (a *app) recover(ctx context.Context, f *recoverFlags, name string) error {
	file, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	key, err := a.askBackupKey(ctx, f.keyFile, false)
	if err != nil {
		return err
	}
	defer key.Destroy()
	r, err := cktap.Recover(key, file)
	if err != nil {
		return err
	}
	defer r.Destroy()
	switch {
	case f.psbt != "" && f.toKeycard:
		return cli.UsageError{Err: errors.New("--sign-psbt or --to-keycard, not both")}
	case f.psbt != "":
		return a.recoverPSBT(ctx, f, r)
	case f.toKeycard:
		return a.recoverToKeycard(ctx, f, r)
	}
	x, err := r.Account()
	if err != nil {
		return err
	}
	return a.Print(xpubResult{x.String(), hex.EncodeToString(x.Fingerprint[:]), x.Path.String(), false})
}

func (a *app) recoverPSBT(ctx context.Context, f *recoverFlags, r *cktap.Recovered) error {
	x, err := r.Account()
	if err != nil {
		return err
	}
	n, err := networkOf(x.Testnet, f.psbtFlags.network)
	if err != nil {
		return err
	}
	f.psbtFlags.network = n.String()
	options, descriptors, err := f.psbtFlags.options()
	if err != nil {
		return err
	}
	p, err := a.readPSBT(ctx, f.psbt)
	if err != nil {
		return err
	}
	keys, err := a.knownKeys()
	if err != nil {
		return err
	}
	account, _, _ := btcAccount(x)
	s := &signer.Signer{Card: r, Keys: keys, Approve: a.approve, Confirm: a.confirmKey}
	result, err := p.Sign(ctx, s, btc.Wallet{Accounts: []btc.Account{account}, Descriptors: descriptors}, options)
	if err != nil {
		return err
	}
	return a.printPSBT(p, result, &f.psbtFlags)
}

// recoverToKeycard loads a backup's key into a Keycard; never into one of software, whose file is in the clear.
func (a *app) recoverToKeycard(ctx context.Context, f *recoverFlags, r *cktap.Recovered) error {
	s, err := a.unlockedForNewKey(ctx, &f.keycard, f.force)
	if err != nil {
		return err
	}
	if s.Card().Software() {
		return cli.UsageError{Err: errRealKey}
	}
	uid, err := s.LoadExtended(ctx, r.Master())
	if err == nil {
		a.Say("loaded; its accounts begin at m, the TAPSIGNER's was at %v", r.Path())
	}
	return a.printKey(keycard.KeyUID(uid), err)
}
