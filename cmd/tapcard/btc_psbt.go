package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/internal/cli"
)

const signPSBTLong = `Sign the inputs of a PSBT (version 0 or 2, binary, base64 or hex) that are for this card. Wallets with several keys need
their --descriptor: without it nobody knows which outputs are change. With --finalize, a transaction that lacks
nothing is printed ready for the network.`

// psbtFlags are the flags of "btc sign-psbt".
type psbtFlags struct {
	*btcFlags
	descriptors            []string
	output                 string
	finalize               bool
	trustAmounts, anyShash bool
}

func newBtcSignPSBT(a *app, f *btcFlags) *cobra.Command {
	pf := &psbtFlags{btcFlags: f}
	c := &cobra.Command{
		Use:   "sign-psbt FILE",
		Short: `Sign a PSBT ("-": standard input)`,
		Long:  signPSBTLong,
		Args:  cobra.ExactArgs(1),
		RunE:  func(c *cobra.Command, args []string) error { return a.signPSBT(c.Context(), pf, args[0]) },
	}
	pf.register(c)
	return c
}

func (f *psbtFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.descriptors, "descriptor", nil, "a `DESCRIPTOR` of a wallet the card is part of (may be repeated)")
	c.Flags().StringVar(&f.output, "out", "", "write the signed PSBT to `FILE` in binary")
	c.Flags().BoolVar(&f.finalize, "finalize", false, "print the finished transaction in hex")
	c.Flags().BoolVar(&f.trustAmounts, "trust-amounts", false, "believe amounts whose transactions are not in the PSBT")
	c.Flags().BoolVar(&f.anyShash, "any-sighash", false, "sign for less than the whole transaction where the PSBT asks for it")
}

func (f *psbtFlags) options() (btc.Options, []*btc.Descriptor, error) {
	n, err := f.parseNetwork()
	if err != nil {
		return btc.Options{}, nil, err
	}
	var descriptors []*btc.Descriptor
	for _, text := range f.descriptors {
		d, err := btc.ParseDescriptor(text)
		if err != nil {
			return btc.Options{}, nil, cli.UsageError{Err: err}
		}
		descriptors = append(descriptors, d)
	}
	return btc.Options{Network: n, TrustAmounts: f.trustAmounts, AnySighash: f.anyShash}, descriptors, nil
}

func (a *app) signPSBT(ctx context.Context, f *psbtFlags, file string) error {
	options, descriptors, err := f.options()
	if err != nil {
		return err
	}
	p, err := a.readPSBT(ctx, file)
	if err != nil {
		return err
	}
	w, err := a.openWallet(ctx, &f.walletFlags, nil)
	if err != nil {
		return err
	}
	accounts, err := w.accounts(ctx, p)
	if err != nil {
		return err
	}
	result, err := p.Sign(ctx, w.Signer, btc.Wallet{Accounts: accounts, Descriptors: descriptors}, options)
	if err != nil {
		return err
	}
	return a.printPSBT(p, result, f)
}

// printPSBT prints the signed PSBT, or the transaction it has become.
func (a *app) printPSBT(p *btc.Packet, result btc.Result, f *psbtFlags) error {
	out := psbtResult{Signed: result.Signed, Complete: result.Complete}
	if f.output != "" {
		if err := os.WriteFile(f.output, p.Bytes(), 0o644); err != nil {
			return err
		}
		out.File = f.output
	}
	if !f.finalize {
		out.PSBT = p.Base64()
		return a.Print(out)
	}
	if !result.Complete {
		return errors.New("other signatures are missing: without --finalize the PSBT is printed for the next signer")
	}
	if err := p.Finalize(); err != nil {
		return err
	}
	tx, err := p.Transaction()
	if err != nil {
		return err
	}
	out.Transaction, out.ID = fmt.Sprintf("%x", btc.EncodeTransaction(tx)), tx.TxID()
	return a.Print(out)
}

// psbtResult is the result of "btc sign-psbt".
type psbtResult struct {
	Signed      int    `json:"signed"`
	Complete    bool   `json:"complete"`
	PSBT        string `json:"psbt,omitempty"`
	Transaction string `json:"transaction,omitempty"`
	ID          string `json:"txid,omitempty"`
	File        string `json:"file,omitempty"`
}

// Text prints it for people.
func (r psbtResult) Text(w io.Writer) {
	cli.Rows(w, "signatures", fmt.Sprint(r.Signed), "complete", yesNo(r.Complete), "file", r.File, "PSBT", r.PSBT,
		"transaction", r.Transaction, "id", r.ID)
}

func (a *app) readPSBT(ctx context.Context, file string) (*btc.Packet, error) {
	raw, err := a.readInput(ctx, file)
	if err != nil {
		return nil, err
	}
	p, err := btc.ParsePSBT(raw)
	if err != nil {
		return nil, cli.UsageError{Err: err}
	}
	return p, nil
}

func newBtcDecodePSBT(a *app, f *btcFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "decode-psbt FILE",
		Short: `Show what a PSBT does; no card needed ("-": standard input)`,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := f.parseNetwork()
			if err != nil {
				return err
			}
			p, err := a.readPSBT(c.Context(), args[0])
			if err != nil {
				return err
			}
			review, problem := p.Review(btc.Wallet{}, btc.Options{Network: n})
			return a.Print(reviewResult{p.Version(), review, errorText(problem)})
		},
	}
}

// reviewResult is the result of "btc decode-psbt".
type reviewResult struct {
	Version int         `json:"version"`
	Review  *btc.Review `json:"review"`
	Problem string      `json:"problem,omitempty"` // the first reason why no card would sign it here
}

// Text prints it for people.
func (r reviewResult) Text(w io.Writer) {
	fmt.Fprintf(w, "PSBT version %d\n%s", r.Version, r.Review.Summary.String())
	cli.Rows(w, "problem", r.Problem)
}
