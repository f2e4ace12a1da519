package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
)

func newStatus(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show tries left, whether there is a key, and the current path (no PIN needed)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.session(c.Context(), k)
			if err != nil {
				return err
			}
			st, err := s.Status(c.Context())
			if err != nil {
				return err
			}
			path, err := s.KeyPath(c.Context())
			if err != nil {
				return err
			}
			return a.Print(statusResult{st.PINTries, st.PUKTries, st.HasKey, path.String()})
		},
	}
}

// statusResult is the result of "keycard status".
type statusResult struct {
	PINTries int    `json:"pin_tries"`
	PUKTries int    `json:"puk_tries"`
	HasKey   bool   `json:"has_key"`
	Path     string `json:"path"`
}

// Text prints it for people.
func (s statusResult) Text(w io.Writer) {
	key, path := "none", ""
	if s.HasKey {
		key, path = "loaded", s.Path
	}
	cli.Rows(w, "PIN", tries(s.PINTries), "PUK", tries(s.PUKTries), "key", key, "current path", path)
}

func tries(n int) string {
	switch n {
	case 0:
		return "blocked"
	case 1:
		return "1 try left"
	}
	return fmt.Sprintf("%d tries left", n)
}
