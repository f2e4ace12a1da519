package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/privatefile"
	"tapcard.example/pay/vault"
	"tapcard.example/secret"
)

// keySize is the size of a private key, in bytes; a key file has twice as many hex digits.
const keySize = 32

const keyLong = `A key file holds one private key of secp256k1 as 64 hex digits, readable by you alone. Every part of the network has one of
its own: who pays for gas, merchant, owner, approver, time authority. Do not use one for two purposes.`

func newKey(a *app) *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "Make key files, and show whose they are", Long: keyLong}
	c.AddCommand(
		&cobra.Command{Use: "new FILE", Short: "Make a new key", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
			if err := makeKey(args[0]); err != nil {
				return err
			}
			return a.showKey(args[0])
		}},
		&cobra.Command{Use: "show FILE", Short: "Show a key's address and public key", Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return a.showKey(args[0]) }},
	)
	return c
}

// makeKey writes a key into a file that must not be there.
func makeKey(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s is there already: a key is never replaced", path), err)
	}
	private, err := secret.Random(rand.Reader, keySize)
	if err != nil {
		return err
	}
	defer private.Destroy()
	private.Reveal(func(b []byte) {
		text := hex.AppendEncode(nil, b)
		defer clear(text)
		err = privatefile.Replace(path, text)
	})
	return err
}

// readKey reads a key file. The flag is named in its errors.
func (a *app) readKey(flag, path string) (*vault.Key, error) {
	if path == "" {
		return nil, cli.Usage("--%s FILE is needed", flag)
	}
	text, err := privatefile.Read(path, 2*keySize+2)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	defer clear(text)
	for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r') {
		text = text[:len(text)-1]
	}
	raw := make([]byte, hex.DecodedLen(len(text)))
	if _, err := hex.Decode(raw, text); err != nil || len(raw) != keySize {
		clear(raw)
		return nil, fmt.Errorf("--%s: %s holds no key: 64 hex digits", flag, path)
	}
	k, err := vault.NewKey(secret.New(raw))
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	return k, nil
}

// keyShown is the result of "key".
type keyShown struct {
	File    string `json:"file"`
	Address string `json:"address"`
	Public  string `json:"public_key"`
}

// Text prints it.
func (k keyShown) Text(w io.Writer) {
	cli.Rows(w, "file", k.File, "address", k.Address, "public key", k.Public)
}

func (a *app) showKey(path string) error {
	k, err := a.readKey("key-file", path)
	if err != nil {
		return err
	}
	defer k.Destroy()
	return a.Print(keyShown{path, k.Address.Hex(), hex.EncodeToString(k.Public)})
}
