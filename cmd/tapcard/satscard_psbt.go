package main

import (
	"context"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/cktap"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

func newSatscardSignPSBT(a *app, f *satscardFlags) *cobra.Command {
	pf := &psbtFlags{btcFlags: &btcFlags{}}
	var slot int
	c := &cobra.Command{
		Use:   "sign-psbt FILE --slot N",
		Short: "Sign a PSBT with the key of an unsealed slot; the key stays on the card",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			number, err := parseSlot(slot)
			if err != nil {
				return err
			}
			p, err := a.readPSBT(c.Context(), args[0])
			if err != nil {
				return err
			}
			return a.satscardCVC(c.Context(), f, func(s *cktap.Satscard, cvc secret.Bytes) error {
				return a.signSlotPSBT(c.Context(), s, cvc, number, p, pf)
			})
		},
	}
	c.Flags().IntVar(&slot, "slot", 0, "the unsealed slot, counted from 1")
	pf.register(c)
	c.Flags().StringVar(&pf.network, "network", "", "for test cards: testnet, signet or regtest")
	return c
}

func (a *app) signSlotPSBT(ctx context.Context, s *cktap.Satscard, cvc secret.Bytes, number int, p *btc.Packet, f *psbtFlags) error {
	n, err := networkOf(s.Status().Testnet, f.network)
	if err != nil {
		return err
	}
	f.network = n.String()
	options, descriptors, err := f.options()
	if err != nil {
		return err
	}
	key, err := s.Signer(ctx, cvc, number, a.tapLabel(s.Card))
	if err != nil {
		return err
	}
	public, err := key.PublicKey(ctx, nil)
	if err != nil {
		return err
	}
	keys, err := a.knownKeys()
	if err != nil {
		return err
	}
	sg := &signer.Signer{Card: key, Keys: keys, Approve: a.approve, Confirm: a.confirmKey}
	wallet := btc.Wallet{Accounts: []btc.Account{btc.SingleKey(public, nil)}, Descriptors: descriptors}
	result, err := p.Sign(ctx, sg, wallet, options)
	if err != nil {
		return err
	}
	return a.printPSBT(p, result, f)
}
