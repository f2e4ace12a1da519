package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/cktap"
	"tapcard.example/hd"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
)

const tapsignerLong = `A TAPSIGNER (or SATSCHIP) signs with a key it has picked itself. A new one goes through

  tapcard tapsigner setup          # genuine, key with your entropy, backup tried, new CVC; resumes if interrupted
  tapcard tapsigner descriptor     # for your wallet software
  tapcard tapsigner sign-psbt FILE`

func newTapsigner(a *app) *cobra.Command {
	f := &tapFlags{}
	c := &cobra.Command{Use: "tapsigner", Aliases: []string{"satschip"}, Short: "Set up, back up and sign with a TAPSIGNER or SATSCHIP", Long: tapsignerLong}
	f.register(c)
	c.AddCommand(tapCommons(a, f)...)
	c.AddCommand(newTapsignerSetup(a, f), newTapsignerXPub(a, f), newTapsignerDescriptor(a, f), newTapsignerExport(a, f),
		newTapsignerDerive(a, f), newTapsignerSignDigest(a, f), newTapsignerSignPSBT(a, f), newTapsignerSignMessage(a, f),
		newTapsignerChange(a, f), newTapsignerBackup(a, f), newTapsignerVerifyBackup(a, f), newTapsignerRecover(a))
	return c
}

// tapsigner connects to a TAPSIGNER and asks for its CVC.
func (a *app) tapsigner(ctx context.Context, f *tapFlags, use func(*cktap.Tapsigner, secret.Bytes) error) error {
	return a.withCVC(ctx, f, func(c *cktap.Card, cvc secret.Bytes) error {
		t, err := c.Tapsigner()
		if err != nil {
			return err
		}
		return use(t, cvc)
	})
}

// withTapAccount reads the proven account at the card's derivation.
func (a *app) withTapAccount(ctx context.Context, f *tapFlags, use func(cktap.Account) error) error {
	return a.tapsigner(ctx, f, func(t *cktap.Tapsigner, cvc secret.Bytes) error {
		account, err := a.provenAccount(ctx, t, cvc)
		if err != nil {
			return err
		}
		return use(account)
	})
}

// provenAccount is the account at the card's derivation, after the card has proven its origin.
func (a *app) provenAccount(ctx context.Context, t *cktap.Tapsigner, cvc secret.Bytes) (cktap.Account, error) {
	if _, err := t.Genuine(ctx); err != nil {
		return cktap.Account{}, err
	}
	return t.Account(ctx, cvc)
}

func newTapsignerXPub(a *app, f *tapFlags) *cobra.Command {
	var qr bool
	c := &cobra.Command{
		Use:   "xpub",
		Short: "Show the xpub at the card's derivation, proven by a signature",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withTapAccount(c.Context(), f, func(x cktap.Account) error {
				return a.Print(xpubResult{x.String(), hex.EncodeToString(x.Fingerprint[:]), x.Path.String(), qr})
			})
		},
	}
	c.Flags().BoolVar(&qr, "qr", false, "show it as a QR code too")
	return c
}

// xpubResult is the result of "tapsigner xpub".
type xpubResult struct {
	XPub        string `json:"xpub"`
	Fingerprint string `json:"fingerprint"`
	Path        string `json:"path"`
	qr          bool
}

// Text prints it for people.
func (r xpubResult) Text(w io.Writer) {
	cli.Rows(w, "xpub", r.XPub, "fingerprint", r.Fingerprint, "path", r.Path)
	if r.qr {
		writeQR(w, r.XPub)
	}
}

// btcAccount is the account as package btc wants it, with the kind of address that its path stands for (BIP-44, 49, 84;
// any other is taken for wpkh) and its network.
func btcAccount(x cktap.Account) (btc.Account, btc.ScriptType, btc.Network) {
	n, t := btc.Mainnet, btc.P2WPKH
	if x.Testnet {
		n = btc.Testnet
	}
	for _, s := range scriptTypes {
		if len(x.Path) > 0 && x.Path[0] == hd.Hardened|s.purpose {
			t = s.t
		}
	}
	return btc.NewAccount(x.Fingerprint, x.Path, x.XPub), t, n
}

func newTapsignerDescriptor(a *app, f *tapFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "descriptor",
		Short: "Show the descriptor of the account, with key origin and checksum",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withTapAccount(c.Context(), f, func(x cktap.Account) error {
				account, t, n := btcAccount(x)
				d, err := account.Descriptor(t, n)
				if err != nil {
					return err
				}
				return a.Print(descriptorResult{d.String()})
			})
		},
	}
}

func newTapsignerExport(a *app, f *tapFlags) *cobra.Command {
	var format, label, born string
	c := &cobra.Command{
		Use:   "export",
		Short: "Export the account for Bitcoin Core (importdescriptors) or Sparrow and others (generic JSON)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			since, err := parseBirth(born)
			if err != nil {
				return err
			}
			return a.withTapAccount(c.Context(), f, func(x cktap.Account) error { return a.exportTap(x, format, since, label) })
		},
	}
	c.Flags().StringVar(&format, "format", "core", "core or generic")
	c.Flags().StringVar(&label, "label", "", "the label Bitcoin Core shows")
	c.Flags().StringVar(&born, "since", "", "search the chain from this `DATE` on, 2024-12-31 (default: a new wallet)")
	return c
}

func (a *app) exportTap(x cktap.Account, format string, since time.Time, label string) error {
	account, t, n := btcAccount(x)
	raw, err := exportAccount(account, t, n, format, since, label)
	if err == nil {
		_, err = fmt.Fprintf(a.Out, "%s\n", raw)
	}
	return err
}

func newTapsignerDerive(a *app, f *tapFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "derive PATH",
		Short:   "Move the card's derivation to a path of hardened components, and prove the account there",
		Example: "  tapcard tapsigner derive m/84h/0h/1h",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := parsePath(args[0])
			if err != nil {
				return err
			}
			return a.tapsigner(c.Context(), f, func(t *cktap.Tapsigner, cvc secret.Bytes) error {
				if _, err := t.Genuine(c.Context()); err != nil {
					return err
				}
				x, err := t.Derive(c.Context(), cvc, path)
				if err != nil {
					return err
				}
				return a.Print(xpubResult{x.String(), hex.EncodeToString(x.Fingerprint[:]), x.Path.String(), false})
			})
		},
	}
}

func newTapsignerChange(a *app, f *tapFlags) *cobra.Command {
	var newFile string
	c := &cobra.Command{
		Use:   "change-cvc",
		Short: "Give the card another CVC (6 to 32 digits); a forgotten one cannot be recovered",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.tapsigner(c.Context(), f, func(t *cktap.Tapsigner, cvc secret.Bytes) error {
				next, err := a.askNewCVC(c.Context(), newFile)
				if err != nil {
					return err
				}
				defer next.Destroy()
				if err := t.Change(c.Context(), cvc, next); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "CVC changed"})
			})
		},
	}
	c.Flags().StringVar(&newFile, "new-file", "", "read the new CVC from `FILE` instead of asking")
	return c
}

// askNewCVC asks for a CVC that will be set: twice, on a terminal.
func (a *app) askNewCVC(ctx context.Context, file string) (secret.Bytes, error) {
	next, err := a.askCVC(ctx, file, "new CVC")
	if err != nil || file != "" {
		return next, err
	}
	again, err := a.askCVC(ctx, "", "new CVC again")
	if err != nil {
		return next, err
	}
	defer again.Destroy()
	if !again.Equal(next) {
		return next, cli.UsageError{Err: errors.New("the two CVCs differ")}
	}
	return next, nil
}
