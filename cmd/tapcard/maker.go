package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/linkedbackup"
	"tapcard.example/linkedbackup/maker"
	"tapcard.example/secret"
)

const makerLong = `Make cards for linked backup. Such a card makes its own key; a maker's key certifies it, once and for the card's life.
Owners then trust the maker ("tapcard trust add linked KEY"). The maker's key is kept in a file, encrypted under a
passphrase.`

func newMaker(a *app) *cobra.Command {
	var passphraseFile string
	c := &cobra.Command{Use: "maker", Short: "Make cards for linked backup: a maker's key, and certificates", Long: makerLong}
	c.PersistentFlags().StringVar(&passphraseFile, "passphrase-file", "", "read the passphrase of the maker's key from `FILE` instead of asking")
	create := &cobra.Command{
		Use:   "new FILE",
		Short: "Make a maker's key, in a new file",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.newMakerKey(c.Context(), args[0], passphraseFile)
		},
	}
	certify := &cobra.Command{
		Use:   "certify FILE",
		Short: "Certify the blank card in the reader with a maker's key; it is set for the card's life",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.certify(c.Context(), args[0], passphraseFile)
		},
	}
	c.AddCommand(create, certify)
	return c
}

func (a *app) newMakerKey(ctx context.Context, path, passphraseFile string) error {
	passphrase, err := a.askNewPassphrase(ctx, passphraseFile)
	if err != nil {
		return err
	}
	defer passphrase.Destroy()
	key, err := maker.New(rand.Reader)
	if err != nil {
		return err
	}
	defer key.Destroy()
	if err := key.Save(rand.Reader, path, passphrase); err != nil {
		return err
	}
	public := key.Public()
	return a.Print(makerResult{path, hex.EncodeToString(public[:])})
}

// askNewPassphrase asks for a passphrase that will be needed again: twice, on a terminal.
func (a *app) askNewPassphrase(ctx context.Context, file string) (secret.Bytes, error) {
	b, err := a.askSecret(ctx, file, "passphrase")
	if err != nil {
		return secret.Bytes{}, err
	}
	passphrase := secret.New(b)
	if passphrase.Len() == 0 {
		return passphrase, cli.UsageError{Err: errors.New("the passphrase is empty")}
	}
	if file != "" {
		return passphrase, nil
	}
	if b, err = a.askSecret(ctx, "", "passphrase again"); err != nil {
		return passphrase, err
	}
	if again := secret.New(b); !again.Equal(passphrase) {
		return passphrase, cli.UsageError{Err: errors.New("the two passphrases differ")}
	}
	return passphrase, nil
}

// makerResult is the result of "maker new".
type makerResult struct {
	File string `json:"file"`
	Key  string `json:"maker"`
}

// Text prints it for people.
func (r makerResult) Text(w io.Writer) {
	cli.Rows(w, "maker", r.Key, "kept in", r.File)
	fmt.Fprintf(w, "owners trust it with: tapcard trust add linked %s --name NAME\n", r.Key)
}

func (a *app) certify(ctx context.Context, path, passphraseFile string) error {
	b, err := a.askSecret(ctx, passphraseFile, "passphrase of the maker's key")
	if err != nil {
		return err
	}
	passphrase := secret.New(b)
	defer passphrase.Destroy()
	key, err := maker.Load(path, passphrase)
	if err != nil {
		return err
	}
	defer key.Destroy()
	c, err := a.linkedCard(ctx)
	if err != nil {
		return err
	}
	question := fmt.Sprintf("The card %s will carry this maker's certificate for its life.", c.Ident())
	if err := a.confirm(ctx, question); err != nil {
		return err
	}
	identity, err := key.Certify(c.Info().Card, c.Software())
	if err != nil {
		return err
	}
	if err := c.Personalize(ctx, identity); err != nil {
		return err
	}
	return a.Print(cli.Done{Done: "certified " + c.Ident()})
}

// linkedCard connects to a card for linked backup.
func (a *app) linkedCard(ctx context.Context) (*linkedbackup.Card, error) {
	ch, err := a.connect(ctx, linkedWanted)
	if err != nil {
		return nil, err
	}
	o, err := a.linkedOptions()
	if err != nil {
		return nil, err
	}
	return o.Select(ctx, ch)
}
