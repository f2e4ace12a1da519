package main

import (
	"context"
	"encoding/hex"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/hd"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/secret"
)

func newKeyExport(a *app, k *keycardFlags) *cobra.Command {
	var private, xpub bool
	c := &cobra.Command{
		Use:   "export PATH",
		Short: "Export a public key, an xpub (3.1), or a private key under m/43'/60'/1581'",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := parsePath(args[0])
			if err != nil {
				return err
			}
			if private && xpub {
				return cli.UsageError{Err: errors.New("--private or --xpub, not both")}
			}
			s, err := a.unlocked(c.Context(), k)
			if err != nil {
				return err
			}
			switch {
			case private:
				return a.exportPrivate(c.Context(), s, path)
			case xpub:
				return a.exportXPub(c.Context(), s, path)
			}
			pub, err := s.ExportPublic(c.Context(), keycard.At(path))
			if err != nil {
				return err
			}
			return a.Print(exportResult{Path: path.String(), PublicKey: hex.EncodeToString(pub[:])})
		},
	}
	c.Flags().BoolVar(&private, "private", false, "export the private key (EIP-1581 paths only) and show it")
	c.Flags().BoolVar(&xpub, "xpub", false, "export the extended public key, from which all addresses below can be computed")
	return c
}

func (a *app) exportPrivate(ctx context.Context, s *keycard.Session, path hd.Path) error {
	if err := a.confirm(ctx, "Whoever reads the private key has it. Show it?"); err != nil {
		return err
	}
	private, pub, err := s.ExportPrivate(ctx, keycard.At(path))
	if err != nil {
		return err
	}
	defer private.Destroy()
	if !a.JSON {
		cli.Rows(a.Out, "path", path.String(), "public key", hex.EncodeToString(pub[:]))
	}
	return a.Print(shownSecret{private})
}

func (a *app) exportXPub(ctx context.Context, s *keycard.Session, path hd.Path) error {
	x, err := s.ExportXPub(ctx, keycard.At(path))
	if err != nil {
		return err
	}
	return a.Print(exportResult{Path: path.String(), XPub: x.String()})
}

// exportResult is an exported public or extended public key.
type exportResult struct {
	Path      string `json:"path"`
	PublicKey string `json:"public_key,omitempty"`
	XPub      string `json:"xpub,omitempty"`
}

// Text prints it for people.
func (r exportResult) Text(w io.Writer) {
	cli.Rows(w, "path", r.Path, "public key", r.PublicKey, "xpub", r.XPub)
}

// shownSecret is a secret that the user has asked to see: the one result that reveals.
type shownSecret struct{ value secret.Bytes }

// MarshalJSON writes the secret in hex, because the user asked for it.
func (s shownSecret) MarshalJSON() (out []byte, err error) {
	s.value.Reveal(func(b []byte) { out = []byte(`{"secret":"` + hex.EncodeToString(b) + `"}`) })
	return out, nil
}

// Text prints it for people.
func (s shownSecret) Text(w io.Writer) {
	s.value.Reveal(func(b []byte) { io.WriteString(w, hex.EncodeToString(b)+"\n") })
}
