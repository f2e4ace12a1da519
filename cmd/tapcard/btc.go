package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
	"tapcard.example/internal/cli"
)

const btcLong = `Bitcoin: PSBTs, messages, addresses and descriptors. What is signed is shown in words and approved before the card sees a
digest: where the money goes, what comes back as change, the fee. A PSBT's claims are checked, not believed.`

// btcFlags are what the commands about Bitcoin have in common.
type btcFlags struct {
	walletFlags
	network string
}

func newBtc(a *app) *cobra.Command {
	c := &cobra.Command{Use: "btc", Short: "Bitcoin: PSBTs, messages, addresses, descriptors", Long: btcLong}
	f := &btcFlags{}
	f.register(c)
	c.PersistentFlags().StringVar(&f.network, "network", "mainnet", "mainnet, testnet, signet or regtest")
	c.AddCommand(newBtcAddress(a, f), newBtcDescriptor(a, f), newBtcExport(a, f), newBtcSignPSBT(a, f), newBtcDecodePSBT(a, f),
		newBtcSignMessage(a, f), newBtcVerifyMessage(a, f))
	return c
}

// parseNetwork reads the flag --network.
func (f *btcFlags) parseNetwork() (btc.Network, error) {
	n, err := btc.ParseNetwork(f.network)
	if err != nil {
		return n, cli.UsageError{Err: err}
	}
	return n, nil
}

// scriptTypes are the kinds of addresses with one key, by the name people use and by the purpose of their accounts.
var scriptTypes = []struct {
	name    string
	purpose uint32
	t       btc.ScriptType
}{
	{"wpkh", 84, btc.P2WPKH}, {"sh-wpkh", 49, btc.P2SHP2WPKH}, {"pkh", 44, btc.P2PKH},
}

// accountFlags say which account of a card is meant.
type accountFlags struct {
	*btcFlags
	kind string
	path string
}

func (f *accountFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.kind, "type", "wpkh", "kind of address: wpkh, sh-wpkh or pkh")
	c.Flags().StringVar(&f.path, "account", "", "path of the `ACCOUNT` (default: the first one of its kind, m/84'/0'/0' for wpkh)")
}

// parse finds the kind of address and the account's path.
func (f *accountFlags) parse() (t btc.ScriptType, path hd.Path, n btc.Network, err error) {
	if n, err = f.parseNetwork(); err != nil {
		return t, nil, n, err
	}
	for _, s := range scriptTypes {
		if s.name != f.kind {
			continue
		}
		coin := uint32(1) // of every test network (BIP-44)
		if n == btc.Mainnet {
			coin = 0
		}
		path = hd.Path{hd.Hardened | s.purpose, hd.Hardened | coin, hd.Hardened}
		if f.path != "" {
			path, err = parsePath(f.path)
		}
		return s.t, path, n, err
	}
	return t, nil, n, cli.UsageError{Err: fmt.Errorf("no kind of address %q: there are wpkh, sh-wpkh and pkh", f.kind)}
}

func newBtcAddress(a *app, f *btcFlags) *cobra.Command {
	af := &accountFlags{btcFlags: f}
	var index uint32
	var change, qr bool
	c := &cobra.Command{
		Use:   "address",
		Short: "Show an address of the card",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			t, path, n, err := af.parse()
			if err != nil {
				return err
			}
			if index >= hd.Hardened {
				return cli.UsageError{Err: errors.New("the index is below 2147483648")}
			}
			w, err := a.openWallet(c.Context(), &f.walletFlags, path)
			if err != nil {
				return err
			}
			return a.btcAddress(c.Context(), w, t, path, hd.Path{branchOf(change), index}, n, qr)
		},
	}
	af.register(c)
	c.Flags().Uint32Var(&index, "index", 0, "number of the address")
	c.Flags().BoolVar(&change, "change", false, "an address for change")
	c.Flags().BoolVar(&qr, "qr", false, "show it as a QR code too")
	return c
}

func branchOf(change bool) uint32 {
	if change {
		return 1
	}
	return 0
}

func (a *app) btcAddress(ctx context.Context, w *wallet, t btc.ScriptType, path, below hd.Path, n btc.Network, qr bool) error {
	full := append(append(hd.Path{}, path...), below...)
	if !w.xpubs {
		path, below = full, nil
	}
	account, err := w.account(ctx, path)
	if err != nil {
		return err
	}
	address, err := account.Address(t, below, n)
	if err != nil {
		return err
	}
	return a.Print(btcAddressResult{address, full.String(), n.String(), qr})
}

// btcAddressResult is the result of "btc address".
type btcAddressResult struct {
	Address string `json:"address"`
	Path    string `json:"path"`
	Network string `json:"network"`
	qr      bool
}

// Text prints it for people.
func (r btcAddressResult) Text(w io.Writer) {
	cli.Rows(w, "address", r.Address, "path", r.Path, "network", r.Network)
	if r.qr {
		writeQR(w, "bitcoin:"+r.Address)
	}
}

func newBtcDescriptor(a *app, f *btcFlags) *cobra.Command {
	af := &accountFlags{btcFlags: f}
	c := &cobra.Command{
		Use:   "descriptor",
		Short: "Show the descriptor of an account, with key origin and checksum (needs a card that exports xpubs)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withAccount(c.Context(), af, func(account btc.Account, t btc.ScriptType, n btc.Network) error {
				d, err := account.Descriptor(t, n)
				if err != nil {
					return err
				}
				return a.Print(descriptorResult{d.String()})
			})
		},
	}
	af.register(c)
	return c
}

// descriptorResult is the result of "btc descriptor".
type descriptorResult struct {
	Descriptor string `json:"descriptor"`
}

// Text prints it for people.
func (r descriptorResult) Text(w io.Writer) { fmt.Fprintln(w, r.Descriptor) }

// withAccount opens the card and reads an account with its xpub.
func (a *app) withAccount(ctx context.Context, f *accountFlags, use func(btc.Account, btc.ScriptType, btc.Network) error) error {
	t, path, n, err := f.parse()
	if err != nil {
		return err
	}
	w, err := a.openWallet(ctx, &f.walletFlags, path)
	if err != nil {
		return err
	}
	if !w.xpubs {
		return errors.New("this card exports no extended keys (Keycard before 3.1)")
	}
	account, err := w.account(ctx, path)
	if err != nil {
		return err
	}
	return use(account, t, n)
}

func newBtcExport(a *app, f *btcFlags) *cobra.Command {
	af := &accountFlags{btcFlags: f}
	var format, label, born string
	c := &cobra.Command{
		Use:   "export",
		Short: "Export an account for Bitcoin Core (importdescriptors) or Sparrow and others (generic JSON)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			since, err := parseBirth(born)
			if err != nil {
				return err
			}
			return a.withAccount(c.Context(), af, func(account btc.Account, t btc.ScriptType, n btc.Network) error {
				raw, err := exportAccount(account, t, n, format, since, label)
				if err == nil {
					_, err = fmt.Fprintf(a.Out, "%s\n", raw)
				}
				return err
			})
		},
	}
	af.register(c)
	c.Flags().StringVar(&format, "format", "core", "core or generic")
	c.Flags().StringVar(&label, "label", "", "the label Bitcoin Core shows")
	c.Flags().StringVar(&born, "since", "", "search the chain from this `DATE` on, 2024-12-31 (default: a new wallet)")
	return c
}

func exportAccount(account btc.Account, t btc.ScriptType, n btc.Network, format string, since time.Time, label string) ([]byte, error) {
	switch format {
	case "generic":
		return btc.GenericExport([]btc.Account{account}, n)
	case "core":
		d, err := account.Descriptor(t, n)
		if err != nil {
			return nil, err
		}
		return d.CoreImport(since, label)
	}
	return nil, cli.UsageError{Err: fmt.Errorf("no format %s: there are core and generic", strconv.Quote(format))}
}

func parseBirth(text string) (time.Time, error) {
	if strings.TrimSpace(text) == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, cli.UsageError{Err: err}
	}
	return t, nil
}
