package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/hd"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// errRealKey is the refusal to put somebody's money into a file in the clear.
var errRealKey = errors.New("this is a software card, for tests only: it takes the well-known test mnemonics and no other")

const keyLoadLong = `Load a key from a BIP-39 mnemonic. It is asked for on the terminal, or read with --mnemonic-file.

A software card takes the well-known test mnemonics only, such as
"test test test test test test test test test test test junk".`

func newKeyLoad(a *app, k *keycardFlags) *cobra.Command {
	var mnemonicFile, passphraseFile string
	var force bool
	c := &cobra.Command{
		Use:   "load",
		Short: "Load a key from a mnemonic",
		Long:  keyLoadLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.unlockedForNewKey(c.Context(), k, force)
			if err != nil {
				return err
			}
			seed, err := a.askSeed(c.Context(), mnemonicFile, passphraseFile, s.Card().Software())
			if err != nil {
				return err
			}
			defer seed.Destroy()
			uid, err := s.LoadSeed(c.Context(), seed)
			return a.printKey(uid, err)
		},
	}
	c.Flags().StringVar(&mnemonicFile, "mnemonic-file", "", "read the mnemonic from `FILE` (\"-\": standard input) instead of asking")
	c.Flags().StringVar(&passphraseFile, "passphrase-file", "", "read the mnemonic's passphrase from `FILE`; none without this flag")
	c.Flags().BoolVar(&force, "force", false, "replace the key that is on the card; it is gone then")
	return c
}

func newKeyGenerate(a *app, k *keycardFlags) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "generate",
		Short: "Have the card make its own key; it has no backup",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.unlockedForNewKey(c.Context(), k, force)
			if err != nil {
				return err
			}
			uid, err := s.GenerateKey(c.Context())
			return a.printKey(uid, err)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace the key that is on the card; it is gone then")
	return c
}

// unlockedForNewKey opens a session, and asks before a key that is on the card is replaced.
func (a *app) unlockedForNewKey(ctx context.Context, k *keycardFlags, force bool) (*keycard.Session, error) {
	s, err := a.session(ctx, k)
	if err != nil {
		return nil, err
	}
	if uid := s.Card().Info().KeyUID; len(uid) > 0 && !force {
		return nil, cli.Hint(fmt.Errorf("the card holds the key %x… already", uid[:4]), "--force replaces it; without another copy it is gone then")
	}
	return s, a.verifyPIN(ctx, s, k)
}

// askSeed asks for a mnemonic and turns it into a seed. For a software card only well-known ones will do.
func (a *app) askSeed(ctx context.Context, mnemonicFile, passphraseFile string, software bool) (secret.Bytes, error) {
	seed, public, err := a.askAnySeed(ctx, mnemonicFile, passphraseFile)
	if err == nil && software && !public {
		seed.Destroy()
		return secret.Bytes{}, cli.UsageError{Err: errRealKey}
	}
	return seed, err
}

// askAnySeed is askSeed for a card that is not known yet; public says that the mnemonic is a well-known one.
func (a *app) askAnySeed(ctx context.Context, mnemonicFile, passphraseFile string) (seed secret.Bytes, public bool, err error) {
	b, err := a.askSecret(ctx, mnemonicFile, "mnemonic")
	if err != nil {
		return seed, false, err
	}
	mnemonic := secret.New(b)
	defer mnemonic.Destroy()
	if err := hd.CheckMnemonic(mnemonic); err != nil {
		return seed, false, cli.UsageError{Err: err}
	}
	passphrase := secret.Bytes{}
	if passphraseFile != "" {
		if b, err = a.askSecret(ctx, passphraseFile, "passphrase"); err != nil {
			return seed, false, err
		}
		passphrase = secret.New(b)
		defer passphrase.Destroy()
	}
	return hd.Seed(mnemonic, passphrase), hd.KnownTestMnemonic(mnemonic), nil
}

// printKey prints the key UID of a key that was just put on the card.
func (a *app) printKey(uid keycard.KeyUID, err error) error {
	if err != nil {
		return err
	}
	return a.Print(keyResult{hex.EncodeToString(uid[:])})
}

// keyResult names a master key.
type keyResult struct {
	KeyUID string `json:"key_uid"`
}

// Text prints it for people.
func (r keyResult) Text(w io.Writer) { cli.Rows(w, "key UID", r.KeyUID) }

func newKeyDerive(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "derive PATH",
		Short:   "Make the key at a path the current one",
		Example: "  tapcard keycard key derive \"m/44'/60'/0'/0/0\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := parsePath(args[0])
			if err != nil {
				return err
			}
			s, err := a.unlocked(c.Context(), k)
			if err != nil {
				return err
			}
			if err := s.Derive(c.Context(), wire.FromMaster, path); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: "current path " + path.String()})
		},
	}
}

func newKeyRemove(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "remove",
		Short: "Remove the key from the card",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.session(c.Context(), k)
			if err != nil {
				return err
			}
			if err := a.confirm(c.Context(), "The key is gone then, unless another copy exists."); err != nil {
				return err
			}
			if err := a.verifyPIN(c.Context(), s, k); err != nil {
				return err
			}
			if err := s.RemoveKey(c.Context()); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: "key removed"})
		},
	}
}
