package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
)

// signed is the card's signature of an entry.
func (e *entry) signed() (wire.Signature, error) { return wire.ParseSignature(e.Signature) }

func newSettle(a *app) *cobra.Command {
	var keyFile string
	c := &cobra.Command{
		Use:   "settle",
		Short: "Settle what cards signed and is not on the chain yet",
		Long: `Settles every payment that a card signed and that is not known to be on the chain, oldest first. It can be run again and
again: a payment settles once. One whose anchor is too old is lost, so run it soon.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			j, err := a.journal()
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				open, err := j.list(v, func(e *entry) bool { return e.State == stateSigned })
				if err != nil {
					return err
				}
				if len(open) == 0 {
					return a.Print(cli.Done{Done: "there is nothing to settle"})
				}
				var failed []error
				for _, e := range open {
					if err := a.settleOne(c.Context(), j, v, k, e); err != nil {
						failed = append(failed, fmt.Errorf("payment %x: %w", []byte(e.Offer.ID), err))
					}
				}
				return errors.Join(failed...)
			})
		},
	}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the account that pays for gas: anybody's")
	return c
}
