package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	keywire "tapcard.example/keycard/wire"
	"tapcard.example/paycard"
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

const payResetLong = `Delete everything on the card: keys, codes, pairings, settings. Its purse stays in the vault and nobody can pay from it any more:
take the money out ("tappay purse exit"), or revoke the card there, whatever you do with it next.`

func newPayReset(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "factory-reset",
		Short: "Delete everything on the card",
		Long:  payResetLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				uid := s.Card().Info().UID
				question := fmt.Sprintf("Everything on the payment card %s is deleted, its keys for good.", s.Card().Info().Address)
				if err := a.confirm(c.Context(), question); err != nil {
					return err
				}
				if err := s.FactoryReset(c.Context()); err != nil {
					return err
				}
				store, err := a.payPairings()
				if err != nil {
					return err
				}
				if err := store.Forget(uid); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "the card is empty"})
			})
		},
	}
}
