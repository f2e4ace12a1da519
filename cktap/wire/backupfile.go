package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"fmt"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

// MaxBackup is the most bytes of a backup file that are read; the card's has some 130.
const MaxBackup = 1024

// Backup is what a backup file holds: a card's master key, and where its derivation stood (Tap protocol, backup).
type Backup struct {
	Key     *hd.Key
	Network hd.Network
	Path    []uint32
	// Extra is the number of further lines, of which nothing is known: future firmware may add some.
	Extra int
}

// Seal encrypts the backup as the card does: AES-128 in counter mode from zero, under the 16 bytes printed on the card.
// It fails with ErrBackup when the key has another length.
func (b Backup) Seal(key secret.Bytes) ([]byte, error) {
	var plain []byte
	b.Key.XPrv(b.Network).Reveal(func(xprv []byte) {
		plain = fmt.Appendf(nil, "%s\n%s\n", xprv, FormatPath(b.Path))
	})
	defer clear(plain)
	return backupStream(key, plain)
}

// OpenBackup decrypts a backup file with the 16 bytes printed on the card. There is no check sum but that of the xprv
// inside: ErrBackup means that the key is wrong or the file is damaged, and nobody can tell which.
func OpenBackup(key secret.Bytes, file []byte) (Backup, error) {
	if len(file) > MaxBackup {
		return Backup{}, fmt.Errorf("%w: %d bytes", ErrBackup, len(file))
	}
	plain, err := backupStream(key, file)
	if err != nil {
		return Backup{}, err
	}
	defer clear(plain)
	return parseBackup(plain)
}

// parseBackup reads the lines of a decrypted backup.
func parseBackup(plain []byte) (Backup, error) {
	xprv, rest, ok := bytes.Cut(plain, []byte("\n"))
	line, rest, _ := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return Backup{}, fmt.Errorf("%w: it has no lines", ErrBackup)
	}
	key, network, err := hd.ParseXPrv(secret.Copy(bytes.TrimSuffix(xprv, []byte("\r"))))
	if err != nil {
		return Backup{}, ErrBackup // what exactly is wrong could be part of a secret
	}
	path, err := ParsePath(string(bytes.TrimSuffix(line, []byte("\r"))))
	if err != nil {
		key.Destroy()
		return Backup{}, fmt.Errorf("%w: no derivation path in its second line", ErrBackup)
	}
	extra := len(bytes.FieldsFunc(rest, func(r rune) bool { return r == '\n' || r == '\r' }))
	return Backup{Key: key, Network: network, Path: path, Extra: extra}, nil
}

// backupStream encrypts or decrypts.
func backupStream(key secret.Bytes, in []byte) (out []byte, err error) {
	if key.Len() != BackupKeySize {
		return nil, fmt.Errorf("%w: the key printed on the card has 16 bytes, 32 characters", ErrBackup)
	}
	out = make([]byte, len(in))
	key.Reveal(func(k []byte) {
		var block cipher.Block
		if block, err = aes.NewCipher(k); err == nil {
			cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(out, in)
		}
	})
	return out, err
}
