package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/cktap"
	"tapcard.example/hd"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

// tapSigner makes a signer of a TAPSIGNER.
func (a *app) tapSigner(t *cktap.Tapsigner, cvc secret.Bytes) (*signer.Signer, error) {
	keys, err := a.knownKeys()
	if err != nil {
		return nil, err
	}
	return &signer.Signer{Card: t.Signer(cvc, a.tapLabel(t.Card)), Keys: keys, Approve: a.approve, Confirm: a.confirmKey}, nil
}

func newTapsignerSignDigest(a *app, f *tapFlags) *cobra.Command {
	var subpath string
	c := &cobra.Command{
		Use:   "sign-digest DIGEST",
		Short: "Sign a bare digest of 32 bytes, given in hex",
		Long:  signLong,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			digest, err := parseDigest(args[0])
			if err != nil {
				return err
			}
			path, err := parsePath(subpath)
			if err != nil {
				return err
			}
			if err := a.confirm(c.Context(), fmt.Sprintf("Sign the digest %x, whatever it means?", digest)); err != nil {
				return err
			}
			return a.tapsigner(c.Context(), f, func(t *cktap.Tapsigner, cvc secret.Bytes) error {
				if _, err := t.Genuine(c.Context()); err != nil {
					return err
				}
				sig, err := t.Sign(c.Context(), cvc, path, digest, nil)
				return a.printSignature(sig, err)
			})
		},
	}
	c.Flags().StringVar(&subpath, "subpath", "m", "up to two components below the card's derivation, m/0/7")
	return c
}

func newTapsignerSignPSBT(a *app, f *tapFlags) *cobra.Command {
	pf := &psbtFlags{btcFlags: &btcFlags{}}
	c := &cobra.Command{
		Use:   "sign-psbt FILE",
		Short: `Sign a PSBT ("-": standard input)`,
		Long:  signPSBTLong,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := a.readPSBT(c.Context(), args[0])
			if err != nil {
				return err
			}
			return a.tapsigner(c.Context(), f, func(t *cktap.Tapsigner, cvc secret.Bytes) error {
				return a.signTapPSBT(c.Context(), t, cvc, p, pf)
			})
		},
	}
	pf.register(c)
	c.Flags().StringVar(&pf.network, "network", "", "for test cards: testnet, signet or regtest")
	return c
}

func (a *app) signTapPSBT(ctx context.Context, t *cktap.Tapsigner, cvc secret.Bytes, p *btc.Packet, f *psbtFlags) error {
	n, err := networkOf(t.Status().Testnet, f.network)
	if err != nil {
		return err
	}
	f.network = n.String()
	options, descriptors, err := f.options()
	if err != nil {
		return err
	}
	x, err := a.provenAccount(ctx, t, cvc)
	if err != nil {
		return err
	}
	s, err := a.tapSigner(t, cvc)
	if err != nil {
		return err
	}
	account, _, _ := btcAccount(x)
	result, err := p.Sign(ctx, s, btc.Wallet{Accounts: []btc.Account{account}, Descriptors: descriptors}, options)
	if err != nil {
		return err
	}
	return a.printPSBT(p, result, f)
}

func newTapsignerSignMessage(a *app, f *tapFlags) *cobra.Command {
	var format, network string
	var index uint32
	c := &cobra.Command{
		Use:   "sign-message FILE",
		Short: `Sign a message, BIP-322 or BIP-137 ("-": standard input)`,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			fm, ok := messageFormats[format]
			if !ok {
				return cli.UsageError{Err: fmt.Errorf("no format %q: there are bip322 and bip137", format)}
			}
			raw, err := a.readInput(c.Context(), args[0])
			if err != nil {
				return err
			}
			return a.tapsigner(c.Context(), f, func(t *cktap.Tapsigner, cvc secret.Bytes) error {
				m := btc.Message{Text: strings.TrimSuffix(string(raw), "\n"), Format: fm, Below: hd.Path{0, index}}
				return a.signTapMessage(c.Context(), t, cvc, m, network)
			})
		},
	}
	c.Flags().StringVar(&format, "format", "bip322", "bip322 or bip137")
	c.Flags().StringVar(&network, "network", "", "for test cards: testnet, signet or regtest")
	c.Flags().Uint32Var(&index, "index", 0, "number of the address")
	return c
}

func (a *app) signTapMessage(ctx context.Context, t *cktap.Tapsigner, cvc secret.Bytes, m btc.Message, network string) (err error) {
	if m.Network, err = networkOf(t.Status().Testnet, network); err != nil {
		return err
	}
	x, err := a.provenAccount(ctx, t, cvc)
	if err != nil {
		return err
	}
	s, err := a.tapSigner(t, cvc)
	if err != nil {
		return err
	}
	m.Account, m.Type, _ = btcAccount(x)
	signed, err := btc.SignMessage(ctx, s, m)
	if err != nil {
		return err
	}
	return a.Print(btcMessageResult{signed})
}
