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

	"tapcard.example/linkedbackup"
	"tapcard.example/secret"
)

const linkedBackupLong = `Carry the key of one card to one or two empty ones. Each run does the tap of the card in the reader and says which card
comes next; a journal without secrets remembers where it was, so that anything may be interrupted and run again.

All cards of the set are fixed before the key leaves the first one, which it does once. At the end, have each card attest the
set ("tapcard linked attest"), on a second device too: the computer that made the backup may lie.

Do not abort a card that has joined once the first card may have given its key: the set would be one card short for ever.`

func newLinkedBackup(a *app, codeFile *string) *cobra.Command {
	var size int
	var journal string
	c := &cobra.Command{
		Use:   "backup",
		Short: "Carry the key to one or two empty cards, tap by tap",
		Long:  linkedBackupLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.linkedTap(c.Context(), *codeFile, journal, size) },
	}
	c.Flags().IntVar(&size, "size", 2, "number of cards in the set, 2 or 3")
	c.Flags().StringVar(&journal, "journal", "", "where the backup is remembered (default: linked-backup.json in the folder of --home)")
	return c
}

// linkedTap does one tap of a backup, which it begins if there is none.
func (a *app) linkedTap(ctx context.Context, codeFile, journal string, size int) error {
	b, err := a.openBackup(journal, size)
	if err != nil {
		return err
	}
	a.say("%v", b.Next())
	c, err := a.linkedCard(ctx)
	if err != nil {
		return err
	}
	err = b.Tap(ctx, c, func() (secret.Bytes, error) { return a.askCode(ctx, codeFile, "access code", false) })
	if err != nil {
		return err
	}
	r := backupResult{Done: b.Done(), Next: b.Next().String(), Members: b.Members()}
	if r.Done {
		err = b.Remove()
	}
	return errors.Join(err, a.print(r))
}

func (a *app) openBackup(journal string, size int) (*linkedbackup.Backup, error) {
	if journal == "" {
		dir, err := a.dir()
		if err != nil {
			return nil, err
		}
		journal = filepath.Join(dir, "linked-backup.json")
	}
	if _, err := os.Stat(journal); errors.Is(err, fs.ErrNotExist) {
		if size != 2 && size != 3 {
			return nil, usageError{errors.New("a set has 2 or 3 cards")}
		}
		return linkedbackup.StartBackup(journal, size)
	}
	return linkedbackup.ResumeBackup(journal)
}

// backupResult is the result of a tap.
type backupResult struct {
	Done    bool                  `json:"done"`
	Next    string                `json:"next"`
	Members []linkedbackup.Member `json:"members"`
}

func (r backupResult) text(w io.Writer) {
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

func (n newLinkedCard) text(w io.Writer) {
	fmt.Fprintf(w, "made the software card %s: %s, blank, for tests only\n", n.File, n.Ident)
	fmt.Fprintf(w, "next: a maker certifies it: tapcard --card %s maker certify MAKERFILE\n", n.File)
}

func keyHex(key [33]byte) string { return hex.EncodeToString(key[:]) }
