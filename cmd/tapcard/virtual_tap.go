package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/cktap/applet"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
)

// tapProducts are the tap cards that can be made.
var tapProducts = []string{"satscard", "tapsigner", "satschip"}

func newVirtualTap(a *app, product string) *cobra.Command {
	s := applet.FileSettings{Product: product}
	c := &cobra.Command{
		Use:   product + " FILE",
		Short: "Make a " + product + " in a new file, and show what is printed on it",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return a.makeTap(args[0], s) },
	}
	c.Flags().StringVar(&s.Firmware, "firmware", "1.0.3", "firmware to be: 0.9.0, 1.0.0, 1.0.3, or emulator for the maker's public emulator")
	c.Flags().BoolVar(&s.Testnet, "testnet", false, "addresses of the test networks")
	c.Flags().IntVar(&s.Certificates, "certificates", 2, "length of the certificate chain: 2 or 3")
	c.Flags().BoolVar(&s.Loose, "loose", false, "answer in CBOR of indefinite length, as real cards may")
	c.Flags().BoolVar(&s.Latency, "latency", false, "take as long as a real card")
	return c
}

// makeTap makes a tap card, certified by this installation's factory.
func (a *app) makeTap(path string, s applet.FileSettings) error {
	if _, err := applet.ProfileByName(s.Firmware); err != nil {
		return cli.UsageError{Err: err}
	}
	key, err := a.factory()
	if err != nil {
		return err
	}
	root := secret.New(key.Serialize())
	key.Zero()
	defer root.Destroy()
	factory, err := applet.NewFactory(root)
	if err != nil {
		return err
	}
	f, label, err := applet.CreateFile(path, s, factory, applet.Block{})
	if err != nil {
		return err
	}
	a.atEnd(f)
	public := factory.Root()
	return a.Print(newTap{path, s, label, hex.EncodeToString(public[:])})
}

// newTap is the result of "virtual new" for a tap card. It shows what a real one has printed on it, the CVC and the
// backup key included: the one place where they can be read.
type newTap struct {
	file  string
	s     applet.FileSettings
	label applet.Label
	root  string
}

// MarshalJSON includes what is printed on the card.
func (n newTap) MarshalJSON() ([]byte, error) {
	out := map[string]any{"file": n.file, "kind": n.s.Product, "profile": n.s.Firmware, "testnet": n.s.Testnet,
		"ident": n.label.Ident, "birth": n.label.Birth, "factory_root": n.root}
	n.label.CVC.Reveal(func(b []byte) { out["cvc"] = string(b) })
	if n.label.BackupKey.Len() > 0 {
		n.label.BackupKey.Reveal(func(b []byte) { out["backup_key"] = hex.EncodeToString(b) })
	}
	if n.label.Address != "" {
		out["address"] = n.label.Address
	}
	return json.Marshal(out)
}

// Text prints it for people.
func (n newTap) Text(w io.Writer) {
	fmt.Fprintf(w, "made the software card %s: %s %s, for tests only. Printed on it:\n", n.file, n.s.Product, n.s.Firmware)
	cli.Rows(w, "  ident", n.label.Ident, "  address of slot 1", n.label.Address, "  birth block", fmt.Sprint(n.label.Birth))
	n.label.CVC.Reveal(func(b []byte) { cli.Rows(w, "  CVC", string(b)) })
	n.label.BackupKey.Reveal(func(b []byte) { cli.Rows(w, "  backup key", hex.EncodeToString(b)) })
	fmt.Fprintf(w, "its factory is this installation; nobody trusts it until you do, for tests:\n")
	fmt.Fprintf(w, "  tapcard trust add coinkite %s --name 'my software cards'\n", n.root)
}
