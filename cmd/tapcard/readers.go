package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/transport/pcsc"
)

func newReaders(a *app) *cobra.Command {
	var watch bool
	c := &cobra.Command{
		Use:   "readers",
		Short: "List smart-card readers and what is in them",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			pc, err := pcsc.Open()
			if err != nil {
				return err
			}
			readers, err := pc.Readers(c.Context())
			for err == nil {
				if err = a.Print(readersResult{readers}); err != nil || !watch {
					return err
				}
				readers, err = pc.WaitChange(c.Context(), readers)
			}
			return err
		},
	}
	c.Flags().BoolVar(&watch, "watch", false, "go on and list again whenever a reader or card comes or goes")
	return c
}

// readersResult is the list of readers.
type readersResult struct{ readers []pcsc.Reader }

type readerJSON struct {
	Name    string `json:"name"`
	Present bool   `json:"card"`
	ATR     string `json:"atr,omitempty"`
	InUse   bool   `json:"in_use"`
}

// MarshalJSON writes {"readers": [...]}; without readers the list is empty, not null.
func (r readersResult) MarshalJSON() ([]byte, error) {
	list := []readerJSON{}
	for _, x := range r.readers {
		list = append(list, readerJSON{x.Name, x.Present, hex.EncodeToString(x.ATR), x.InUse})
	}
	return json.Marshal(map[string]any{"readers": list})
}

// Text prints it for people.
func (r readersResult) Text(w io.Writer) {
	if len(r.readers) == 0 {
		fmt.Fprintln(w, "no readers connected")
	}
	for _, x := range r.readers {
		state := "empty"
		if x.Present {
			state = "card " + fmt.Sprintf("%X", x.ATR)
		}
		if x.InUse {
			state += ", in use by another program"
		}
		fmt.Fprintf(w, "%s\t%s\n", cli.Printable(x.Name), state)
	}
}
