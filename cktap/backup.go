package cktap

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// Backup reads the card's encrypted backup: some 130 bytes to be kept as they are (Tap protocol, backup). The key to it
// is printed on the card, so card and file must not be kept together, and the file is worth nothing without a copy of
// that key. Whether it holds what it should, only VerifyBackup tells.
//
// The card counts backups, so a lost answer is seen in its status; call Backup again. A SATSCHIP is
// card.ErrUnsupported.
func (t *Tapsigner) Backup(ctx context.Context, cvc secret.Bytes) ([]byte, error) {
	if t.Satschip() {
		return nil, failure(wire.CmdBackup, card.ErrUnsupported, errors.New("a SATSCHIP has no backup"))
	}
	if err := t.current(ctx); err != nil {
		return nil, err
	}
	if err := t.needKey(wire.CmdBackup); err != nil {
		return nil, err
	}
	if err := t.vouched(ctx, wire.CmdBackup); err != nil {
		return nil, err
	}
	if err := t.opts.Store.begin(t.status.PublicKey, Pending{Op: wire.CmdBackup, Backups: t.Backups()}); err != nil {
		return nil, err
	}
	body, session, err := t.authorised(ctx, wire.CmdBackup, cvc,
		func(a wire.Auth, _ wire.Session) (iso7816.Command, error) {
			return wire.BackupRequest{Auth: a}.Command()
		})
	session.Destroy()
	if err != nil {
		return nil, t.dropIfRefused(wire.CmdBackup, err)
	}
	a, err := wire.ParseBackupAnswer(body)
	if err != nil {
		return nil, bad(wire.CmdBackup, err)
	}
	if n := t.Backups(); n < wire.MaxBackups {
		n++
		t.status.Backups = &n
	}
	return a.Data, t.opts.Store.end(t.status.PublicKey, wire.CmdBackup)
}

// Backups is how many backups the card has given out, 127 for that many and more. Of a card that was bought as new it
// must be 0: whoever made one and read the back of the card has the key.
func (t *Tapsigner) Backups() int {
	if t.status.Backups == nil {
		return 0
	}
	return *t.status.Backups
}

// VerifyBackup opens a backup with the 16 bytes printed on the card, and compares it with an account that was proven to
// be the card's: the master key in the backup must lead to the account's xpub. It needs no card. A wrong key or a
// damaged file is wire.ErrBackup, another card's backup ErrBackupMismatch.
func VerifyBackup(key secret.Bytes, file []byte, a Account) error {
	b, err := wire.OpenBackup(key, file)
	if err != nil {
		return err
	}
	defer b.Key.Destroy()
	if b.Network != a.Network() {
		return fmt.Errorf("%w: it is for another network", ErrBackupMismatch)
	}
	derived, err := b.Key.Derive(a.Path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBackupMismatch, err)
	}
	defer derived.Destroy()
	if derived.PublicKey() != a.XPub.PublicKey() || derived.ChainCode() != a.XPub.ChainCode() {
		return fmt.Errorf("%w: at %v it leads to another xpub", ErrBackupMismatch, a.Path)
	}
	if b.Key.Fingerprint() != a.Fingerprint {
		return fmt.Errorf("%w: its fingerprint is %x, not %x", ErrBackupMismatch, b.Key.Fingerprint(), a.Fingerprint)
	}
	return nil
}

// Recover opens a backup with the 16 bytes printed on the card, and gives what signs in place of the card. The key is
// then in this computer's memory: it is as good as the computer. Errors: wire.ErrBackup.
func Recover(key secret.Bytes, file []byte) (*Recovered, error) {
	b, err := wire.OpenBackup(key, file)
	if err != nil {
		return nil, err
	}
	return &Recovered{master: b.Key, network: b.Network, path: hd.Path(b.Path)}, nil
}
