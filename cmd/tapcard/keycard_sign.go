package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/chain/eth"
	"tapcard.example/hd"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/signer"
)

const signLong = `Sign a 32-byte digest. Nobody can say what a bare digest means: a transaction that empties an account looks like
any other. Use "tapcard eth" where you can, which shows what is signed.

With --path the key is remembered when it is first used, and another one is refused from then on.`

func newSign(a *app, k *keycardFlags) *cobra.Command {
	var pathText string
	var pinless bool
	c := &cobra.Command{
		Use:   "sign DIGEST",
		Short: "Sign a bare digest of 32 bytes, given in hex",
		Long:  signLong,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			digest, err := parseDigest(args[0])
			if err != nil {
				return err
			}
			if pathText != "" && !pinless {
				return a.signAtPath(c.Context(), k, digest, pathText)
			}
			if err := a.confirm(c.Context(), fmt.Sprintf("Sign the digest %x, whatever it means?", digest)); err != nil {
				return err
			}
			if pinless {
				return a.signPinless(c.Context(), k, digest)
			}
			return a.signDigest(c.Context(), k, digest)
		},
	}
	c.Flags().StringVar(&pathText, "path", "", "sign with the key at `PATH` (default: the current key)")
	c.Flags().BoolVar(&pinless, "pinless", false, "sign with the PIN-less path: no pairing, no PIN")
	return c
}

// signDigest signs with the current key, whichever that is.
func (a *app) signDigest(ctx context.Context, k *keycardFlags, digest [32]byte) error {
	s, err := a.unlocked(ctx, k)
	if err != nil {
		return err
	}
	sig, err := s.Sign(ctx, digest, keycard.Current())
	return a.printSignature(sig, err)
}

// signAtPath signs with the key that is remembered for the path, as "tapcard eth" does.
func (a *app) signAtPath(ctx context.Context, k *keycardFlags, digest [32]byte, path string) error {
	f := &ethFlags{walletFlags: walletFlags{keycardFlags: *k}, path: path}
	return a.signing(ctx, f, func(s *signer.Signer, path hd.Path) (cli.Result, error) {
		sig, err := s.Sign(ctx, signer.Request{Path: path, Digest: digest, Summary: bareDigest(digest), Address: ethAddress})
		return newSignatureResult(sig), err
	})
}

// bareDigest is all that can be said of a digest.
func bareDigest(digest [32]byte) signer.Summary {
	summary := signer.Summary{Title: "Bare digest"}
	summary.Add("Digest", "%x", digest)
	summary.Warn("nobody can say what a bare digest means")
	return summary
}

func ethAddress(pub [65]byte) string { return eth.Address(pub).Hex() }

func (a *app) signPinless(ctx context.Context, k *keycardFlags, digest [32]byte) error {
	c, err := a.keycard(ctx, k)
	if err != nil {
		return err
	}
	sig, err := c.SignPinless(ctx, digest)
	return a.printSignature(sig, err)
}

func (a *app) printSignature(sig signer.Signature, err error) error {
	if err != nil {
		return err
	}
	return a.Print(newSignatureResult(sig))
}

func newSignatureResult(sig signer.Signature) signatureResult {
	return signatureResult{hex.EncodeToString(sig.R[:]), hex.EncodeToString(sig.S[:]), sig.V, hex.EncodeToString(sig.PublicKey[:])}
}

// signatureResult is a verified signature.
type signatureResult struct {
	R         string `json:"r"`
	S         string `json:"s"`
	V         byte   `json:"recovery_id"`
	PublicKey string `json:"public_key"`
}

// Text prints it for people.
func (r signatureResult) Text(w io.Writer) {
	cli.Rows(w, "r", r.R, "s", r.S, "recovery id", fmt.Sprint(r.V), "public key", r.PublicKey)
}

const pinlessLong = `Name the one path whose key signs without PIN and without pairing, for whoever holds the card. Keep little money
there. "none" takes the path away.`

func newPinless(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "pinless PATH|none",
		Short: "Set the path that signs without a PIN",
		Long:  pinlessLong,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var path hd.Path
			var err error
			question, result := "No path will sign without a PIN any more.", "no PIN-less path"
			if args[0] != "none" {
				if path, err = parsePath(args[0]); err != nil {
					return err
				}
				question = fmt.Sprintf("Whoever holds the card can sign with %v then.", path)
				result = "PIN-less path " + path.String()
			}
			if err := a.confirm(c.Context(), question); err != nil {
				return err
			}
			s, err := a.unlocked(c.Context(), k)
			if err != nil {
				return err
			}
			if err := s.SetPinlessPath(c.Context(), path); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: result})
		},
	}
}
