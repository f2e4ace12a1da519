package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	tapapplet "tapcard.example/cktap/applet"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard/applet"
	linkedapplet "tapcard.example/linkedbackup/applet"
	payapplet "tapcard.example/paycard/applet"
	"tapcard.example/softcard"
	"tapcard.example/transport/vpcd"
)

const virtualLong = `Cards made of software behave like plastic: to other programs, too, when they are inserted in a reader.
They are for tests. Their keys are in a file in the clear, and only well-known test mnemonics can be loaded.

  tapcard virtual new keycard my.card
  tapcard --card my.card info              # talk to it in this process
  tapcard virtual insert my.card           # put it into a virtual reader of pcscd`

func newVirtual(a *app) *cobra.Command {
	c := &cobra.Command{Use: "virtual", Short: "Make and insert cards made of software", Long: virtualLong}
	c.AddCommand(newVirtualNew(a), newVirtualInsert(a), newVirtualList(a))
	return c
}

// virtualCard is a software card and the file it is kept in.
type virtualCard struct {
	*softcard.Card
	file *softcard.File
}

// openVirtual opens the software card in a file, whatever kind it is.
func openVirtual(path string) (virtualCard, error) {
	f, err := softcard.OpenFile(path)
	if err != nil {
		return virtualCard{}, err
	}
	var c *softcard.Card
	switch f.Kind {
	case applet.FileKind:
		c, err = applet.FromFile(f)
	case tapapplet.FileKind:
		c, _, err = tapapplet.FromFile(f)
	case linkedapplet.FileKind:
		c, err = linkedapplet.FromFile(f)
	case payapplet.FileKind:
		c, err = payapplet.FromFile(f)
	default:
		err = fmt.Errorf("%s holds a card of the kind %q, which this program does not know", path, cli.Printable(f.Kind))
	}
	if err != nil {
		return virtualCard{}, errors.Join(err, f.Close())
	}
	return virtualCard{c, f}, nil
}

func newVirtualNew(a *app) *cobra.Command {
	c := &cobra.Command{Use: "new", Short: "Make a card in a new file"}
	c.AddCommand(newVirtualKeycard(a), newVirtualLinked(a), newVirtualPay(a))
	for _, product := range tapProducts {
		c.AddCommand(newVirtualTap(a, product))
	}
	return c
}

// newCard is the result of "virtual new" and an entry of "virtual list".
type newCard struct {
	File    string `json:"file"`
	Kind    string `json:"kind"`
	Profile string `json:"profile"`
	Quirks  bool   `json:"quirks"`
	InUse   bool   `json:"in_use,omitempty"`
	next    string // what to do with it now
}

// Text prints it for people.
func (n newCard) Text(w io.Writer) {
	fmt.Fprintf(w, "made the software card %s: %s, for tests only\n", n.File, strings.TrimSpace(n.Kind+" "+n.Profile))
	fmt.Fprintf(w, "next: tapcard --card %s %s\n", n.File, n.next)
}

func newVirtualInsert(a *app) *cobra.Command {
	var addr string
	c := &cobra.Command{
		Use:   "insert FILE",
		Short: "Keep a card in a virtual reader of pcscd until interrupted",
		Long: `Keep a card in the virtual reader of pcscd until interrupted with Ctrl-C.

pcscd needs the vpcd driver (Debian: vsmartcard-vpcd). Its usual configuration listens on all network
interfaces: scripts/in-reader runs a pcscd of its own that nobody else can reach. The card waits for a pcscd
that is not running yet and survives one that restarts.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.insert(c.Context(), args[0], addr) },
	}
	c.Flags().StringVar(&addr, "vpcd", vpcd.FirstSlot, "the slot, `HOST:PORT` on loopback; the second one is "+vpcd.SecondSlot)
	return c
}

func (a *app) insert(ctx context.Context, path, addr string) error {
	card, err := openVirtual(path)
	if err != nil {
		return err
	}
	a.atEnd(card.file)
	a.Say("%s waits for the reader at %s (Ctrl-C takes the card out)", path, addr)
	var printErr error
	state, events := false, 0
	slot := vpcd.Slot{Addr: addr, Changed: func(inserted bool, why error) {
		if events++; events > 1 && inserted == state {
			return // one more attempt to reach a pcscd that is still not there is no news
		}
		state = inserted
		if err := a.Print(insertEvent{path, addr, inserted, why}); err != nil && printErr == nil {
			printErr = err
		}
	}}
	if err := slot.Serve(ctx, card); err != nil {
		return cli.UsageError{Err: err}
	}
	return printErr
}

// insertEvent says that the card went in or out.
type insertEvent struct {
	file, addr string
	inserted   bool
	why        error
}

// MarshalJSON writes {"file", "vpcd", "inserted", "why"}; why is the reason it is out, as text.
func (e insertEvent) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"file": e.file, "vpcd": e.addr, "inserted": e.inserted, "why": errorText(e.why)})
}

// Text prints it for people.
func (e insertEvent) Text(w io.Writer) {
	if e.inserted {
		fmt.Fprintf(w, "%s is in the reader\n", e.file)
		return
	}
	fmt.Fprintf(w, "%s is out of the reader: %s\n", e.file, errorText(e.why))
}

func newVirtualList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list [DIR]",
		Short: "List the software cards in a folder",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			list, err := findCards(dir)
			if err != nil {
				return err
			}
			return a.Print(list)
		},
	}
}

// cardList is the software cards of a folder.
type cardList struct {
	Cards []newCard `json:"cards"`
}

// Text prints it for people.
func (l cardList) Text(w io.Writer) {
	if len(l.Cards) == 0 {
		fmt.Fprintln(w, `no software cards here; "tapcard virtual new keycard FILE" makes one`)
	}
	for _, c := range l.Cards {
		notes := ""
		if c.Quirks {
			notes += ", quirks"
		}
		if c.InUse {
			notes += ", in use"
		}
		fmt.Fprintf(w, "%s\t%s %s%s\n", c.File, c.Kind, c.Profile, notes)
	}
}

func findCards(dir string) (cardList, error) {
	list := cardList{Cards: []newCard{}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return list, err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := softcard.Peek(path)
		if err != nil {
			continue // not a card, or a damaged one: opening it says which
		}
		if entry, ok := listed(path, info); ok {
			list.Cards = append(list.Cards, entry)
		}
	}
	return list, nil
}

// listed is the entry of a card file, if it is of a known kind.
func listed(path string, info softcard.Summary) (newCard, bool) {
	switch info.Kind {
	case applet.FileKind:
		s, err := applet.ParseFileSettings(info.Settings)
		return newCard{File: path, Kind: info.Kind, Profile: s.Profile, Quirks: s.Quirks, InUse: info.InUse}, err == nil
	case tapapplet.FileKind:
		s, err := tapapplet.ParseFileSettings(info.Settings)
		return newCard{File: path, Kind: s.Product, Profile: s.Firmware, InUse: info.InUse}, err == nil
	case payapplet.FileKind:
		s, err := payapplet.ParseFileSettings(info.Settings)
		return newCard{File: path, Kind: info.Kind, Profile: besides(s), InUse: info.InUse}, err == nil
	case linkedapplet.FileKind:
		return newCard{File: path, Kind: info.Kind, InUse: info.InUse}, true
	}
	return newCard{}, false
}
