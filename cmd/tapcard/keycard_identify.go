package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
)

const identifyLong = `Have the card prove who made it. The verdict is one of

  genuine              an authority of "tapcard trust list" vouches for it
  unknown authority    somebody else does: a development card, or a fake
  software card        made of software, for tests
  cannot prove itself  a card before 3.1, which has no certificate

It says nothing about who sits between this program and the card.`

func newIdentify(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "identify",
		Short: "Have the card prove who made it",
		Long:  identifyLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			kc, err := a.keycard(c.Context(), k)
			if err != nil {
				return err
			}
			v, err := a.identify(c.Context(), kc)
			if err != nil {
				return err
			}
			return a.Print(verdictResult{v})
		},
	}
}

func (a *app) identify(ctx context.Context, kc *keycard.Card) (keycard.Verdict, error) {
	store, err := a.trustStore()
	if err != nil {
		return keycard.Verdict{}, err
	}
	return kc.Identify(ctx, func(key []byte) (string, bool) { return store.Authority("keycard", key) })
}

// verdictResult is the result of "keycard identify".
type verdictResult struct{ keycard.Verdict }

// Text prints it for people.
func (v verdictResult) Text(w io.Writer) {
	cli.Rows(w, "verdict", string(v.Authenticity), "why", v.Reason, "authority", v.AuthorityKey, "card key", v.CardKey)
}

const resetLong = `Delete everything on the card (3.1 and later): keys, codes, pairings. The card asks for no PIN: whoever holds it can do
this, so a card is no backup against loss.`

func newFactoryReset(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "factory-reset",
		Short: "Delete everything on the card (3.1 and later; no PIN needed)",
		Long:  resetLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			kc, err := a.keycard(c.Context(), k)
			if err != nil {
				return err
			}
			if err := a.confirm(c.Context(), "Everything on "+a.cardName(kc)+" is deleted: the key is gone unless another copy exists."); err != nil {
				return err
			}
			uid := kc.UID()
			if err := kc.FactoryReset(c.Context()); err != nil {
				return err
			}
			store, err := a.pairings()
			if err != nil {
				return err
			}
			if err := store.Forget(uid); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: "the card is empty"})
		},
	}
}
