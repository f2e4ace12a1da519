package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/linkedbackup"
	"tapcard.example/secret"
)

const linkedBackupLong = `Carry the key of one card to one or two empty ones. This says which card to tap, waits for it, and says which comes next:
six taps for a set of three. A journal without secrets remembers where it was, so that anything may be interrupted and resumed.

With --one-tap, and always with --card, it does the tap of the card that is there and stops.

All cards of the set are fixed before the key leaves the first one, which it does once. At the end, have each card attest the
set ("tapcard linked attest"), on a second device too: the computer that made the backup may lie.

Do not abort a card that has joined once the first card may have given its key: the set would be one card short for ever.`

// backupFlags are those of the commands that work on a backup.
type backupFlags struct {
	codeFile *string
	journal  string
	size     int
	oneTap   bool
}

func (f *backupFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.journal, "journal", "", "where the backup is remembered (default: linked-backup.json in the folder of --home)")
}

func (f *backupFlags) registerTaps(c *cobra.Command) {
	f.register(c)
	c.Flags().BoolVar(&f.oneTap, "one-tap", false, "stop after one card")
}

func newLinkedBackup(a *app, codeFile *string) *cobra.Command {
	f := &backupFlags{codeFile: codeFile}
	c := &cobra.Command{
		Use:   "backup",
		Short: "Carry the key to one or two empty cards, tap by tap",
		Long:  linkedBackupLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			b, err := a.openBackup(f, func(path string) (*linkedbackup.Backup, error) {
				if f.size != 2 && f.size != 3 {
					return nil, cli.UsageError{Err: errors.New("a set has 2 or 3 cards")}
				}
				return linkedbackup.StartBackup(path, f.size)
			})
			if err != nil {
				return err
			}
			return a.linkedTaps(c.Context(), f, b)
		},
	}
	f.registerTaps(c)
	c.Flags().IntVar(&f.size, "size", 2, "number of cards in the set, 2 or 3")
	return c
}

// errNoBackup means that there is no journal.
var errNoBackup = errors.New(`no backup is under way here: "tapcard linked backup" begins one; a card that has given its key ` +
	"already gives the same answers again")

func noBackup(string) (*linkedbackup.Backup, error) { return nil, cli.UsageError{Err: errNoBackup} }

func newLinkedResume(a *app, codeFile *string) *cobra.Command {
	f := &backupFlags{codeFile: codeFile}
	c := &cobra.Command{
		Use:   "resume",
		Short: `Go on with a backup that was interrupted (as "backup" does, but begins none)`,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			b, err := a.openBackup(f, noBackup)
			if err != nil {
				return err
			}
			return a.linkedTaps(c.Context(), f, b)
		},
	}
	f.registerTaps(c)
	return c
}

func newLinkedStatus(a *app) *cobra.Command {
	f := &backupFlags{}
	c := &cobra.Command{
		Use:   "status",
		Short: "Show how far a backup is, and which card comes next (no card needed)",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b, err := a.openBackup(f, noBackup)
			if err != nil {
				return err
			}
			return a.Print(newBackupResult(b))
		},
	}
	f.register(c)
	return c
}

// openBackup reads the journal, or begins where there is none.
func (a *app) openBackup(f *backupFlags, begin func(path string) (*linkedbackup.Backup, error)) (*linkedbackup.Backup, error) {
	path := f.journal
	if path == "" {
		dir, err := a.dir()
		if err != nil {
			return nil, err
		}
		path = filepath.Join(dir, "linked-backup.json")
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return begin(path)
	}
	return linkedbackup.ResumeBackup(path)
}

// linkedTaps deals with one card after the other until all of the set have the key, or with one.
func (a *app) linkedTaps(ctx context.Context, f *backupFlags, b *linkedbackup.Backup) error {
	o, err := a.linkedOptions()
	if err != nil {
		return err
	}
	ask := func() (secret.Bytes, error) { return a.askCode(ctx, *f.codeFile, "access code", false) }
	cards := newTaps(a, nil, o.Select, (*linkedbackup.Card).Ident)
	one := f.oneTap || a.cardFile != ""
	for more := true; more && !b.Done(); more = !one {
		err := cards.each(ctx, 1, func() string { return b.Next().String() }, func(t *tap[*linkedbackup.Card]) error {
			step := b.Next()
			if err := b.Tap(ctx, t.card, ask); err != nil {
				return err
			}
			a.Say("%s %s", t.card.Ident(), tapDone[step.Action])
			return nil
		})
		if err != nil {
			return err
		}
		cards.giveOthersAnotherTurn()
	}
	r := newBackupResult(b)
	if r.Done {
		err = b.Remove()
	}
	return errors.Join(err, a.Print(r))
}

// tapDone is what has happened to a card.
var tapDone = map[linkedbackup.Action]string{
	linkedbackup.BeginSource:  "has the key and takes part",
	linkedbackup.JoinCard:     "has joined",
	linkedbackup.CommitSource: "has given the key, encrypted for each of the others",
	linkedbackup.ImportCard:   "holds the key",
}

func newBackupResult(b *linkedbackup.Backup) backupResult {
	return backupResult{Done: b.Done(), Next: b.Next().String(), Members: b.Members()}
}

// backupResult says how far a backup is.
type backupResult struct {
	Done    bool                  `json:"done"`
	Next    string                `json:"next"`
	Members []linkedbackup.Member `json:"members"`
}

// Text prints it for people.
func (r backupResult) Text(w io.Writer) {
	for _, m := range r.Members {
		role := fmt.Sprintf("backup %d", m.Slot)
		if m.Slot == 0 {
			role = "source"
		}
		state := "waiting"
		if m.Done {
			state = "holds the key and attests the set"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", role, m.Ident, state)
	}
	fmt.Fprintf(w, "next: %s\n", r.Next)
}

// newLinkedCard is the result of "virtual new linked".
type newLinkedCard struct {
	File  string `json:"file"`
	Ident string `json:"ident"`
	Key   string `json:"card_key"`
}

// Text prints it for people.
func (n newLinkedCard) Text(w io.Writer) {
	fmt.Fprintf(w, "made the software card %s: %s, blank, for tests only\n", n.File, n.Ident)
	fmt.Fprintf(w, "next: a maker certifies it: tapcard --card %s maker certify MAKERFILE\n", n.File)
}

func keyHex(key [33]byte) string { return hex.EncodeToString(key[:]) }
