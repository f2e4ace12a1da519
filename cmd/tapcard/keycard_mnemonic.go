package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/secret"
)

func newMnemonic(a *app, k *keycardFlags) *cobra.Command {
	var words int
	c := &cobra.Command{
		Use:   "mnemonic",
		Short: "Have the card's random generator make a new mnemonic and show it (nothing is loaded; no PIN needed)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if words < 12 || words > 24 || words%3 != 0 {
				return cli.UsageError{Err: fmt.Errorf("a mnemonic has 12, 15, 18, 21 or 24 words, not %d", words)}
			}
			s, err := a.session(c.Context(), k)
			if err != nil {
				return err
			}
			m, err := s.GenerateMnemonic(c.Context(), words)
			if err != nil {
				return err
			}
			defer m.Destroy()
			return a.Print(shownMnemonic{m})
		},
	}
	c.Flags().IntVar(&words, "words", 12, "number of words: 12, 15, 18, 21 or 24")
	return c
}

// shownMnemonic is a new mnemonic, to be written down.
type shownMnemonic struct{ value secret.Bytes }

// MarshalJSON writes the words, because the user asked for them.
func (s shownMnemonic) MarshalJSON() (out []byte, err error) {
	s.value.Reveal(func(b []byte) { out = []byte(`{"mnemonic":"` + string(b) + `"}`) }) // words of a-z and spaces
	return out, nil
}

// Text prints it for people.
func (s shownMnemonic) Text(w io.Writer) {
	s.value.Reveal(func(b []byte) { io.WriteString(w, strings.TrimSpace(string(b))+"\n") })
}
