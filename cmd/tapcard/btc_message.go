package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
	"tapcard.example/internal/cli"
)

// messageFormats are the ways to sign a message.
var messageFormats = map[string]btc.Format{"bip322": btc.BIP322, "bip137": btc.BIP137}

func newBtcSignMessage(a *app, f *btcFlags) *cobra.Command {
	af := &accountFlags{btcFlags: f}
	var format string
	var index uint32
	c := &cobra.Command{
		Use:   "sign-message FILE",
		Short: `Sign a message, BIP-322 or BIP-137 ("-": standard input)`,
		Long:  "Sign the text of a file with the key of one of the card's addresses. One line end at its end is not part of it.",
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
			return a.btcSignMessage(c.Context(), af, fm, index, strings.TrimSuffix(string(raw), "\n"))
		},
	}
	af.register(c)
	c.Flags().StringVar(&format, "format", "bip322", "bip322 or bip137")
	c.Flags().Uint32Var(&index, "index", 0, "number of the address")
	return c
}

func (a *app) btcSignMessage(ctx context.Context, f *accountFlags, format btc.Format, index uint32, text string) error {
	t, path, n, err := f.parse()
	if err != nil {
		return err
	}
	w, err := a.openWallet(ctx, &f.walletFlags, path)
	if err != nil {
		return err
	}
	below := hd.Path{0, index}
	if !w.xpubs {
		path, below = append(append(hd.Path{}, path...), below...), nil
	}
	account, err := w.account(ctx, path)
	if err != nil {
		return err
	}
	signed, err := btc.SignMessage(ctx, w.Signer, btc.Message{Text: text, Format: format, Account: account, Below: below, Type: t, Network: n})
	if err != nil {
		return err
	}
	return a.Print(btcMessageResult{signed})
}

// btcMessageResult is the result of "btc sign-message".
type btcMessageResult struct{ btc.SignedMessage }

// Text prints it for people.
func (r btcMessageResult) Text(w io.Writer) {
	cli.Rows(w, "address", r.Address, "format", r.Format, "signature", r.Signature)
}

func newBtcVerifyMessage(a *app, f *btcFlags) *cobra.Command {
	var address, signature string
	c := &cobra.Command{
		Use:   "verify-message FILE --address ADDRESS --signature SIGNATURE",
		Short: `Verify a signed message; no card needed ("-": standard input)`,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := f.parseNetwork()
			if err != nil {
				return err
			}
			if address == "" || signature == "" {
				return cli.UsageError{Err: errors.New("--address and --signature are needed")}
			}
			raw, err := a.readInput(c.Context(), args[0])
			if err != nil {
				return err
			}
			m := btc.SignedMessage{Address: address, Message: strings.TrimSuffix(string(raw), "\n"), Signature: signature}
			v, err := btc.VerifyMessage(m, n)
			if err != nil {
				return err
			}
			return a.Print(verifiedResult{true, v})
		},
	}
	c.Flags().StringVar(&address, "address", "", "the signer's address")
	c.Flags().StringVar(&signature, "signature", "", "the signature, in base64")
	return c
}

// verifiedResult is the result of "btc verify-message".
type verifiedResult struct {
	Valid bool `json:"valid"`
	btc.Verdict
}

// Text prints it for people.
func (r verifiedResult) Text(w io.Writer) {
	cli.Rows(w, "signature", "valid", "format", r.Format)
	for _, coin := range r.Coins {
		cli.Rows(w, "coin", cli.Printable(coin))
	}
}
