package main

import (
	"context"
	"encoding/hex"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/chain/eth"
	"tapcard.example/internal/cli"
	"tapcard.example/signer"
)

const linkedSignLong = `Sign a 32-byte digest. Nobody can say what a bare digest means: a transaction that empties an account looks like
any other. Use "tapcard eth" and "tapcard btc" where you can, which show what is signed.

The key is remembered when it is first used, and another one is refused from then on.`

func newLinkedSign(a *app, codeFile *string) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "sign DIGEST",
		Short: "Sign a bare digest of 32 bytes, given in hex",
		Long:  linkedSignLong,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			digest, err := parseDigest(args[0])
			if err != nil {
				return err
			}
			return a.linkedSign(c.Context(), *codeFile, digest, path)
		},
	}
	c.Flags().StringVar(&path, "path", eth.DefaultPath, "sign with the key at `PATH`")
	return c
}

// linkedSign signs a digest with the key that is remembered for the path.
func (a *app) linkedSign(ctx context.Context, codeFile string, digest [32]byte, pathText string) error {
	path, err := parsePath(pathText)
	if err != nil {
		return err
	}
	l, err := a.linkedCard(ctx)
	if err != nil {
		return err
	}
	w, err := a.linkedWallet(ctx, l, codeFile)
	if err != nil {
		return err
	}
	if w.Keys, err = a.knownKeys(); err != nil {
		return err
	}
	w.Approve, w.Confirm = a.approve, a.confirmKey
	sig, err := w.Sign(ctx, signer.Request{Path: path, Digest: digest, Summary: bareDigest(digest), Address: ethAddress})
	return a.printSignature(sig, err)
}

func newLinkedDerive(a *app, codeFile *string) *cobra.Command {
	return &cobra.Command{
		Use:   "derive PATH",
		Short: "Show the keys at a path, which the card proves to hold; who has the xpub sees all addresses below",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := parsePath(args[0])
			if err != nil {
				return err
			}
			l, err := a.linkedCard(c.Context())
			if err != nil {
				return err
			}
			s, err := a.linkedSession(c.Context(), l, *codeFile)
			if err != nil {
				return err
			}
			x, err := s.XPub(c.Context(), path)
			if err != nil {
				return err
			}
			public := x.PublicKey()
			return a.Print(linkedKey{path.String(), hex.EncodeToString(public[:]), x.String(), ethAddress(public)})
		},
	}
}

// linkedKey is the result of "linked derive".
type linkedKey struct {
	Path      string `json:"path"`
	PublicKey string `json:"public_key"`
	XPub      string `json:"xpub"`
	Ethereum  string `json:"ethereum_address"`
}

// Text prints it for people.
func (k linkedKey) Text(w io.Writer) {
	cli.Rows(w, "path", k.Path, "public key", k.PublicKey, "xpub", k.XPub, "Ethereum", k.Ethereum)
}
