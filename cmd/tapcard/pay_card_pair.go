package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/paycard"
	"tapcard.example/secret"
)

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

func newPayUnpair(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "unpair [SLOT ...]",
		Short: "Free pairing slots: this computer's own, or those named",
		RunE: func(c *cobra.Command, args []string) error {
			slots, err := slotArguments(args)
			if err != nil {
				return err
			}
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error { return a.unpairPayCard(c.Context(), s, slots) })
		},
	}
}

func (a *app) unpairPayCard(ctx context.Context, s *paycard.Session, slots []byte) error {
	store, err := a.payPairings()
	if err != nil {
		return err
	}
	uid := s.Card().Info().UID
	own, _, err := store.Pairing(uid)
	if err != nil {
		return err
	}
	own.Key.Destroy()
	if len(slots) == 0 {
		slots = []byte{own.Slot}
	}
	if err := a.confirmSlots(ctx, slots, own.Slot); err != nil {
		return err
	}
	for _, slot := range slots {
		if err := s.Unpair(ctx, slot); err != nil {
			return err
		}
		if err := store.Freed(uid, slot); err != nil {
			return err
		}
	}
	return a.Print(unpairResult{slots})
}

func newPaySecret(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "pairing-secret",
		Short: "Show the pairing secret that this computer keeps for the card, so that another one can pair with it",
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
			return a.showPairingSecret(c.Context(), store, pc.Info().UID)
		},
	}
}
