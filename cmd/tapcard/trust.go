package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/trust"
)

const trustLong = `Whom to believe when a card proves who made it: the makers' production authorities, which are part of the
program, and those you add. A certificate by anybody else makes a card "unknown authority", never "genuine".`

func newTrust(a *app) *cobra.Command {
	c := &cobra.Command{Use: "trust", Short: "List and change the authorities that vouch for cards", Long: trustLong}
	var name string
	add := &cobra.Command{
		Use:     "add CARD KEY --name NAME",
		Short:   "Believe an authority: a compressed public key, 33 bytes in hex",
		Example: "  tapcard trust add keycard 02c9...5e --name 'our factory'",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.changeTrust(args[1], func(s *trust.Store, key []byte) (string, error) {
				return "added " + name, s.Add(args[0], name, key)
			})
		},
	}
	add.Flags().StringVar(&name, "name", "", "what to call it")
	add.MarkFlagRequired("name")
	remove := &cobra.Command{
		Use:   "remove CARD KEY",
		Short: "Stop believing an authority that you added",
		Args:  cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.changeTrust(args[1], func(s *trust.Store, key []byte) (string, error) {
				return "removed", s.Remove(args[0], key)
			})
		},
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the authorities",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			s, err := a.trustStore()
			if err != nil {
				return err
			}
			return a.Print(rootList{s.List()})
		},
	}
	c.AddCommand(list, add, remove)
	return c
}

func (a *app) changeTrust(keyHex string, change func(s *trust.Store, key []byte) (string, error)) error {
	key, err := hex.DecodeString(keyHex)
	if err != nil {
		return cli.UsageError{Err: fmt.Errorf("the key must be hexadecimal: %w", err)}
	}
	s, err := a.trustStore()
	if err != nil {
		return err
	}
	what, err := change(s, key)
	if err != nil {
		return err
	}
	return a.Print(cli.Done{Done: what})
}

// trustStore is the file of authorities and labels.
func (a *app) trustStore() (*trust.Store, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	return trust.Open(filepath.Join(dir, "trust.json"))
}

// rootList is the result of "trust list".
type rootList struct {
	Roots []trust.Root `json:"roots"`
}

// Text prints it for people.
func (l rootList) Text(w io.Writer) {
	for _, r := range l.Roots {
		origin := "added by you"
		if r.BuiltIn {
			origin = "built in"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Card, r.Key, r.Name, origin)
	}
}
