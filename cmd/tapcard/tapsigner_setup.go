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

	"tapcard.example/cktap"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
)

const setupLong = `Set an empty TAPSIGNER up so that its key is known to be honest and its backup known to work:

  genuine   the card proves that it is genuine, and empty
  new       it picks its key, with your entropy in it (--entropy-file, or random)
  entropy   that entropy is shown to be in the key it signs with
  derive    its derivation is moved to --path, and the account proven
  backup    the encrypted backup is saved in --backup-dir, with the descriptor beside it
  check     the backup is opened with the key printed on the card and leads to the account (Enter skips this)
  change    the card gets a new CVC (Enter skips this)

Interrupted anywhere, run it again: it goes on where it was, and nothing is lost.`

// setupFlags are the flags of "tapsigner setup".
type setupFlags struct {
	*tapFlags
	entropyFile, backupDir, backupKeyFile, newCVCFile, path string
}

func newTapsignerSetup(a *app, f *tapFlags) *cobra.Command {
	sf := &setupFlags{tapFlags: f}
	c := &cobra.Command{
		Use:   "setup",
		Short: "Set an empty card up: genuine, key with your entropy, backup tried, new CVC",
		Long:  setupLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.setup(c.Context(), sf) },
	}
	c.Flags().StringVar(&sf.entropyFile, "entropy-file", "", "read your entropy, 32 bytes in hex, from `FILE`")
	c.Flags().StringVar(&sf.backupDir, "backup-dir", ".", "save the encrypted backup in `DIR`")
	c.Flags().StringVar(&sf.backupKeyFile, "backup-key-file", "", "read the backup key printed on the card from `FILE` instead of asking")
	c.Flags().StringVar(&sf.newCVCFile, "new-cvc-file", "", "read the new CVC from `FILE` instead of asking")
	c.Flags().StringVar(&sf.path, "path", "", "where the derivation shall be (default m/84'/0'/0')")
	return c
}

func (a *app) setup(ctx context.Context, f *setupFlags) error {
	c, err := a.tap(ctx, f.tapFlags)
	if err != nil {
		return err
	}
	t, err := c.Tapsigner()
	if err != nil {
		return err
	}
	s, saved, err := a.setupPlan(f)
	if err != nil {
		return err
	}
	done, err := t.Setup(ctx, s)
	if err != nil {
		return err
	}
	x := done.Account
	r := setupResult{Ident: t.Ident(), XPub: x.String(), Fingerprint: hex.EncodeToString(x.Fingerprint[:]), Path: x.Path.String(),
		Backup: *saved, BackupChecked: done.BackupChecked, CVCChanged: done.CVCChanged}
	account, kind, n := btcAccount(x)
	d, err := account.Descriptor(kind, n)
	if err != nil {
		return err
	}
	r.Descriptor = d.String()
	return a.Print(r)
}

// setupPlan is what to ask, and where the backup goes; the name of its file is filled in when it was saved.
func (a *app) setupPlan(f *setupFlags) (cktap.Setup, *string, error) {
	saved := new(string)
	s := cktap.Setup{
		CVC: func(ctx context.Context) (secret.Bytes, error) {
			return a.askCVC(ctx, f.cvcFile, "CVC, printed on the card")
		},
		Entropy:   func(ctx context.Context) ([]byte, error) { return a.askEntropy(ctx, f.entropyFile) },
		BackupKey: func(ctx context.Context) (secret.Bytes, error) { return a.askBackupKey(ctx, f.backupKeyFile, true) },
		NewCVC:    func(ctx context.Context) (secret.Bytes, error) { return a.askOptionalCVC(ctx, f.newCVCFile) },
		Report:    func(step cktap.Step) { a.Say("%s: done", step) },
	}
	s.Save = func(_ context.Context, b cktap.SavedBackup) (err error) {
		*saved, err = saveBackup(f.backupDir, b)
		return err
	}
	if f.path != "" {
		path, err := parsePath(f.path)
		if err != nil {
			return s, saved, err
		}
		s.Path = path
	}
	return s, saved, nil
}

// askOptionalCVC asks for a new CVC; nothing is no.
func (a *app) askOptionalCVC(ctx context.Context, file string) (secret.Bytes, error) {
	if file != "" {
		return a.askNewCVC(ctx, file)
	}
	t, err := a.openTerminal()
	if err != nil {
		return secret.Bytes{}, nil // nobody to ask: the card keeps its CVC, and the result says so
	}
	b, err := t.Secret(ctx, "new CVC, 6 to 32 digits (Enter keeps the printed one)")
	if err != nil || len(b) == 0 {
		return secret.Bytes{}, err
	}
	next := secret.New(b)
	again, err := t.Secret(ctx, "new CVC again")
	if err != nil {
		return next, err
	}
	if twice := secret.New(again); !twice.Equal(next) {
		return next, cli.UsageError{Err: errors.New("the two CVCs differ")}
	}
	return next, nil
}

// askBackupKey asks for the key printed on the card, 32 hexadecimal digits. If it is optional, nothing is no.
func (a *app) askBackupKey(ctx context.Context, file string, optional bool) (secret.Bytes, error) {
	var b []byte
	var err error
	if file == "" && optional {
		t, termErr := a.openTerminal()
		if termErr != nil {
			return secret.Bytes{}, nil
		}
		b, err = t.Secret(ctx, "backup key printed on the card, 32 hexadecimal digits (Enter skips the check)")
	} else {
		b, err = a.askSecret(ctx, file, "backup key, 32 hexadecimal digits")
	}
	if err != nil || optional && len(b) == 0 {
		return secret.Bytes{}, err
	}
	defer clear(b)
	raw := make([]byte, hex.DecodedLen(len(b)))
	if _, err := hex.Decode(raw, b); err != nil || len(raw) != 16 {
		return secret.Bytes{}, cli.UsageError{Err: errors.New("a backup key is 16 bytes, 32 hexadecimal digits")}
	}
	return secret.New(raw), nil
}

// saveBackup writes a backup and its descriptor, and makes sure that both have reached the disk. A file that is there
// already is kept if it says the same.
func saveBackup(dir string, b cktap.SavedBackup) (string, error) {
	account, kind, n := btcAccount(b.Account)
	d, err := account.Descriptor(kind, n)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, b.Ident+".backup.aes")
	if err := errors.Join(writeNew(name, b.File), writeNew(filepath.Join(dir, b.Ident+".descriptor.txt"), []byte(d.String()+"\n"))); err != nil {
		return "", err
	}
	return name, nil
}

// writeNew writes a file that must not be lost and must not overwrite another one.
func writeNew(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if have, readErr := os.ReadFile(name); readErr == nil && string(have) == string(content) {
			return nil
		}
		return fmt.Errorf("%s is there already and holds something else: move it away", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// setupResult is the result of "tapsigner setup".
type setupResult struct {
	Ident         string `json:"ident"`
	XPub          string `json:"xpub"`
	Fingerprint   string `json:"fingerprint"`
	Path          string `json:"path"`
	Descriptor    string `json:"descriptor"`
	Backup        string `json:"backup,omitempty"`
	BackupChecked bool   `json:"backup_checked"`
	CVCChanged    bool   `json:"cvc_changed"`
}

// Text prints it for people.
func (r setupResult) Text(w io.Writer) {
	cli.Rows(w, "card", r.Ident, "xpub", r.XPub, "fingerprint", r.Fingerprint, "path", r.Path, "descriptor", r.Descriptor,
		"backup saved in", r.Backup, "backup tried", yesNo(r.BackupChecked), "CVC changed", yesNo(r.CVCChanged))
	if !r.BackupChecked && r.Backup != "" {
		fmt.Fprintln(w, `a backup that was never opened is a hope: "tapcard tapsigner verify-backup" tries it`)
	}
	fmt.Fprintln(w, "keep the backup away from the card: the key to it is printed on the back")
}
