package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	keywire "tapcard.example/keycard/wire"
	"tapcard.example/paycard"
	"tapcard.example/secret"
)

const payInitLong = `Give an empty payment card its PIN (6 digits), PUK (12 digits) and a random pairing secret, and pair with it. The
card makes its key then; the address of that key is what a vault knows it by.

Do it in a place where nobody can get between reader and card: this is the one command that the card cannot protect. The
pairing secret is kept on this computer before the card is given it.`

func newPayInit(a *app, f *payFlags) *cobra.Command {
	var pukFile string
	c := &cobra.Command{
		Use:   "init",
		Short: "Set up an empty payment card: PIN, PUK, pairing",
		Long:  payInitLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.initPayCard(c.Context(), f, pukFile) },
	}
	c.Flags().StringVar(&pukFile, "puk-file", "", "read the PUK from `FILE` instead of asking")
	return c
}

func (a *app) initPayCard(ctx context.Context, f *payFlags, pukFile string) error {
	c, err := a.payCard(ctx, f)
	if err != nil {
		return err
	}
	if c.Info().Initialized {
		return cli.Hint(errors.New("the card is initialised already"), `"tapcard pay-card pair" makes it known to this computer`)
	}
	store, err := a.payPairings()
	if err != nil {
		return err
	}
	if err := newToUs(store, c); err != nil {
		return err
	}
	var o paycard.InitOptions
	if o.PIN, err = a.askDigits(ctx, f.pinFile, "PIN", keywire.PINSize, true); err != nil {
		return err
	}
	defer o.PIN.Destroy()
	if o.PUK, err = a.askDigits(ctx, pukFile, "PUK", keywire.PUKSize, true); err != nil {
		return err
	}
	defer o.PUK.Destroy()
	return a.setUpPayCard(ctx, store, c, o)
}

const putBackHint = `a card that was reset has a new UID. This one was put back to an old state, or is not the card it claims to be: ` +
	`use the newest copy of its file, or another card. To set it up all the same, give --home another folder`

// newToUs refuses an empty card with a UID that this computer is paired with: its PIN, PUK and pairing secret would
// go to what may be somebody else's card, and the way into the real one would be overwritten.
func newToUs(store *keycard.Store, c *paycard.Card) error {
	p, paired, err := store.Pairing(c.Info().UID)
	p.Key.Destroy()
	if err == nil && paired {
		err = fmt.Errorf("%w: it says that it is empty, but this computer is paired with it", card.ErrCardMismatch)
		err = cli.Hint(err, putBackHint)
	}
	return err
}

// setUpPayCard gives an empty card the codes in o and a pairing secret, and pairs with it. The secret is stored before
// it is sent. One that is stored already is of an INIT that nobody saw end: it is used again and not overwritten, for
// should the card have taken it after all, nothing else lets its owner in.
func (a *app) setUpPayCard(ctx context.Context, store *keycard.Store, c *paycard.Card, o paycard.InitOptions) error {
	kept, known, err := store.PairingSecret(c.Info().UID)
	if err == nil && !known {
		if kept, err = (keycard.Options{}).NewPairingSecret(); err == nil {
			err = store.SetPairingSecret(c.Info().UID, kept)
		}
	}
	defer kept.Destroy()
	if err != nil {
		return err
	}
	o.PairingSecret = kept
	if err := c.Init(ctx, o); err != nil {
		return err
	}
	return a.pairPayCard(ctx, store, c, kept)
}

func newPayPair(a *app, f *payFlags) *cobra.Command {
	var secretFile string
	c := &cobra.Command{
		Use:   "pair",
		Short: "Make this computer known to the card, with the pairing secret that it was set up with",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			pc, err := a.payCard(c.Context(), f)
			if err != nil {
				return err
			}
			store, err := a.payPairings()
			if err != nil {
				return err
			}
			pairingSecret, err := a.paySecret(c.Context(), store, pc, secretFile)
			if err != nil {
				return err
			}
			defer pairingSecret.Destroy()
			return a.pairPayCard(c.Context(), store, pc, pairingSecret)
		},
	}
	c.Flags().StringVar(&secretFile, "secret-file", "", "read the pairing secret, in hex, from `FILE` (default: the one kept here)")
	return c
}

// paySecret is the pairing secret in a file, or the one that this computer keeps.
func (a *app) paySecret(ctx context.Context, store *keycard.Store, c *paycard.Card, file string) (secret.Bytes, error) {
	if file == "" {
		s, known, err := store.PairingSecret(c.Info().UID)
		if err == nil && !known {
			err = cli.UsageError{Err: errors.New("this computer does not know the card's pairing secret: --secret-file")}
		}
		return s, err
	}
	return a.askKey(ctx, file, "pairing secret")
}

func (a *app) pairPayCard(ctx context.Context, store *keycard.Store, c *paycard.Card, pairingSecret secret.Bytes) error {
	p, err := c.Pair(ctx, pairingSecret)
	if err != nil {
		return err
	}
	defer p.Key.Destroy()
	if err := store.SetPairing(c.Info().UID, p); err != nil {
		return err
	}
	return a.Print(payPaired{c.Info().Address.String(), p.Slot})
}

// payPaired is the result of "pay-card init" and "pay-card pair".
type payPaired struct {
	Address string `json:"address"`
	Slot    byte   `json:"slot"`
}

// Text prints it for people.
func (p payPaired) Text(w io.Writer) {
	cli.Rows(w, "card's address", p.Address, "paired", fmt.Sprintf("in slot %d", p.Slot))
	fmt.Fprintln(w, `next: "tapcard pay-card profile set 0" names the purse that it pays from`)
}
