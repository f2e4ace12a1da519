package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
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
	switch f.Kind {
	case applet.FileKind:
		c, err := applet.FromFile(f)
		if err != nil {
			return virtualCard{}, errors.Join(err, f.Close())
		}
		return virtualCard{c, f}, nil
	}
	err = fmt.Errorf("%s holds a card of the kind %q, which this program does not know", path, printable(f.Kind))
	return virtualCard{}, errors.Join(err, f.Close())
}

func newVirtualNew(a *app) *cobra.Command {
	var s applet.FileSettings
	c := &cobra.Command{
		Use:       "new keycard FILE",
		Short:     "Make a card in a new file",
		Args:      cobra.ExactArgs(2),
		ValidArgs: []string{"keycard"},
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] != "keycard" {
				return usageError{fmt.Errorf("no card of the kind %q can be made: there is keycard", args[0])}
			}
			return a.makeKeycard(args[1], s)
		},
	}
	c.Flags().StringVar(&s.Profile, "profile", "2.3", "version to be: 2.0, 2.3 or 3.1")
	c.Flags().BoolVar(&s.Quirks, "quirks", false, "bring the original's security holes back, for compatibility tests")
	return c
}

// makeKeycard makes a Keycard; from 3.1 on it gets a certificate by this installation's factory.
func (a *app) makeKeycard(path string, s applet.FileSettings) error {
	p, err := applet.ProfileByName(s.Profile)
	if err != nil {
		return usageError{err}
	}
	if p.Version >= wire.V3_1 {
		authority, err := a.factory()
		if err != nil {
			return err
		}
		defer authority.Zero()
		id, err := applet.Certify(authority, rand.Reader)
		if err != nil {
			return err
		}
		s.Identity = applet.NewFileIdentity(id)
	}
	f, err := applet.CreateFile(path, s)
	if err != nil {
		return err
	}
	a.atEnd(f)
	return a.print(newCard{File: path, Kind: f.Kind, Profile: s.Profile, Quirks: s.Quirks})
}

// newCard is the result of "virtual new" and an entry of "virtual list".
type newCard struct {
	File    string `json:"file"`
	Kind    string `json:"kind"`
	Profile string `json:"profile"`
	Quirks  bool   `json:"quirks"`
	InUse   bool   `json:"in_use,omitempty"`
}

func (n newCard) text(w io.Writer) {
	fmt.Fprintf(w, "made the software card %s: %s %s, for tests only\n", n.File, n.Kind, n.Profile)
	fmt.Fprintf(w, "next: tapcard --card %s keycard init\n", n.File)
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
	a.say("%s waits for the reader at %s (Ctrl-C takes the card out)", path, addr)
	var printErr error
	state, events := false, 0
	slot := vpcd.Slot{Addr: addr, Changed: func(inserted bool, why error) {
		if events++; events > 1 && inserted == state {
			return // one more attempt to reach a pcscd that is still not there is no news
		}
		state = inserted
		if err := a.print(insertEvent{path, addr, inserted, why}); err != nil && printErr == nil {
			printErr = err
		}
	}}
	if err := slot.Serve(ctx, card); err != nil {
		return usageError{err}
	}
	return printErr
}

// insertEvent says that the card went in or out.
type insertEvent struct {
	file, addr string
	inserted   bool
	why        error
}

func (e insertEvent) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"file": e.file, "vpcd": e.addr, "inserted": e.inserted, "why": errorText(e.why)})
}

func (e insertEvent) text(w io.Writer) {
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
			return a.print(list)
		},
	}
}

// cardList is the software cards of a folder.
type cardList struct {
	Cards []newCard `json:"cards"`
}

func (l cardList) text(w io.Writer) {
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
		s, err := applet.ParseFileSettings(info.Settings)
		if info.Kind != applet.FileKind || err != nil {
			continue
		}
		list.Cards = append(list.Cards, newCard{path, info.Kind, s.Profile, s.Quirks, info.InUse})
	}
	return list, nil
}
