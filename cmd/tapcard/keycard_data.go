package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
)

func newNDEF(a *app, k *keycardFlags) *cobra.Command {
	c := &cobra.Command{Use: "ndef", Short: "Read or set the message that phones see when they tap the card"}
	var file string
	set := &cobra.Command{
		Use:   "set [HEX]",
		Short: "Store an NDEF message, given in hex or with --file",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			message, err := dataArgument(file, args)
			if err != nil {
				return err
			}
			s, err := a.unlocked(c.Context(), k)
			if err != nil {
				return err
			}
			if err := s.SetNDEF(c.Context(), message); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: fmt.Sprintf("stored %d bytes", len(message))})
		},
	}
	set.Flags().StringVar(&file, "file", "", "store the bytes of `FILE`")
	get := &cobra.Command{
		Use:   "get",
		Short: "Read the NDEF message as a phone does (no PIN needed)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			kc, err := a.keycard(c.Context(), k)
			if err != nil {
				return err
			}
			b, err := kc.NDEF(c.Context())
			if err != nil {
				return err
			}
			return a.Print(dataResult{hex.EncodeToString(b)})
		},
	}
	c.AddCommand(set, get)
	return c
}

// areas are the names of the data areas.
var areas = map[string]keycard.Area{"public": keycard.DataPublic, "ndef": keycard.DataNDEF, "cash": keycard.DataCash}

func newData(a *app, k *keycardFlags) *cobra.Command {
	c := &cobra.Command{Use: "data", Short: "Read or store data on the card (2.3 and later): public, ndef, cash"}
	var file string
	set := &cobra.Command{
		Use:   "set AREA [HEX]",
		Short: "Store data, given in hex or with --file",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			area, err := areaArgument(args[0])
			if err != nil {
				return err
			}
			data, err := dataArgument(file, args[1:])
			if err != nil {
				return err
			}
			s, err := a.unlocked(c.Context(), k)
			if err != nil {
				return err
			}
			if err := s.StoreData(c.Context(), area, data); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: fmt.Sprintf("stored %d bytes", len(data))})
		},
	}
	set.Flags().StringVar(&file, "file", "", "store the bytes of `FILE`")
	get := &cobra.Command{
		Use:   "get AREA",
		Short: "Read a data area (no PIN needed)",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			area, err := areaArgument(args[0])
			if err != nil {
				return err
			}
			kc, err := a.keycard(c.Context(), k)
			if err != nil {
				return err
			}
			b, err := kc.GetData(c.Context(), area)
			if err != nil {
				return err
			}
			return a.Print(dataResult{hex.EncodeToString(b)})
		},
	}
	c.AddCommand(set, get)
	return c
}

func areaArgument(name string) (keycard.Area, error) {
	area, ok := areas[name]
	if !ok {
		return 0, cli.UsageError{Err: fmt.Errorf("no data area %q: there are public, ndef and cash", name)}
	}
	return area, nil
}

// dataArgument takes bytes from an argument in hex or from a file.
func dataArgument(file string, args []string) ([]byte, error) {
	switch {
	case file != "" && len(args) == 0:
		return os.ReadFile(file)
	case file == "" && len(args) == 1:
		b, err := hex.DecodeString(args[0])
		if err != nil {
			return nil, cli.UsageError{Err: err}
		}
		return b, nil
	}
	return nil, cli.UsageError{Err: fmt.Errorf("give the data in hex, or --file FILE")}
}

// dataResult is data read from a card.
type dataResult struct {
	Data string `json:"data"`
}

// Text prints it for people.
func (r dataResult) Text(w io.Writer) { fmt.Fprintln(w, r.Data) }
