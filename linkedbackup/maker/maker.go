// Package maker is what a maker of linked-backup cards does: it keeps the root key, K_maker of PROTOCOL.md, in a file
// under a passphrase, and certifies the keys that cards have made for themselves. It never sees a card's private key.
//
//	key, err := maker.New(rand.Reader)
//	err = key.Save(rand.Reader, "maker.key", passphrase)
//	id, err := key.Certify(card.Info().Card, false)
//	err = card.Personalize(ctx, id)
//
// The public half goes into the trust stores of those who shall trust these cards. None is ever trusted by default.
package maker

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/crypto/scrypt"

	"tapcard.example/internal/privatefile"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// MinPassphrase is the length in bytes below which a passphrase is refused.
const MinPassphrase = 10

// Errors of the key file.
var (
	ErrPassphrase = errors.New("wrong passphrase, or the file was changed")
	ErrShort      = fmt.Errorf("a passphrase needs at least %d characters", MinPassphrase)
	ErrFile       = errors.New("not a maker key file of this program")
)

// Key is a maker's root key.
type Key struct{ pair *wire.KeyPair }

// New makes a key from 32 bytes of rand.
func New(rand io.Reader) (*Key, error) {
	pair, err := wire.NewKeyPair(rand)
	if err != nil {
		return nil, err
	}
	return &Key{pair}, nil
}

// Public is the root, which trust stores and cards hold.
func (k *Key) Public() wire.Key { return k.pair.Public }

// Destroy zeroes the private key.
func (k *Key) Destroy() { k.pair.Destroy() }

// Certify vouches for a card's key. software says that the card is made of software: such cards and others never
// exchange keys, and a software card takes no certificate that hides what it is.
func (k *Key) Certify(card wire.Key, software bool) (wire.Identity, error) {
	if err := card.Check(); err != nil {
		return wire.Identity{}, err
	}
	flags := byte(0)
	if software {
		flags = wire.FlagSoftware
	}
	return wire.Identity{Flags: flags, Card: card, Root: k.pair.Public, Cert: wire.Certify(k.pair, card, flags)}, nil
}

// file is the format of a key file. The private key is under AES-256-GCM with a key that scrypt makes of the
// passphrase; the public key is authenticated with it.
type file struct {
	Format string `json:"format"`
	N      int    `json:"scrypt_n"`
	Salt   []byte `json:"salt"`
	Nonce  []byte `json:"nonce"`
	Public []byte `json:"public"`
	Sealed []byte `json:"sealed"`
}

const (
	format    = "tapcard linked backup maker key 1"
	costN     = 1 << 17 // 128 MiB, about half a second
	maxN      = 1 << 20 // what a file may ask for
	costR     = 8
	costP     = 1
	saltSize  = 16
	nonceSize = 12
	maxFile   = 4096
)

// Seal encrypts the key under a passphrase. rand gives salt and nonce. ErrShort for a short passphrase.
func (k *Key) Seal(rand io.Reader, passphrase secret.Bytes) ([]byte, error) {
	return k.seal(rand, passphrase, costN)
}

func (k *Key) seal(rand io.Reader, passphrase secret.Bytes, n int) ([]byte, error) {
	if passphrase.Len() < MinPassphrase {
		return nil, ErrShort
	}
	salt, err := wire.Draw(rand, saltSize)
	if err != nil {
		return nil, err
	}
	nonce, err := wire.Draw(rand, nonceSize)
	if err != nil {
		return nil, err
	}
	f := file{Format: format, N: n, Salt: salt, Nonce: nonce, Public: k.pair.Public[:]}
	aead, err := f.aead(passphrase)
	if err != nil {
		return nil, err
	}
	k.pair.Private().Reveal(func(b []byte) { f.Sealed = aead.Seal(nil, nonce, b, f.Public) })
	raw, err := json.MarshalIndent(f, "", " ")
	return append(raw, '\n'), err
}

// Open decrypts what Seal made. Errors: ErrFile, ErrPassphrase.
func Open(raw []byte, passphrase secret.Bytes) (*Key, error) {
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	if f.Format != format || f.N < 2 || f.N > maxN || f.N&(f.N-1) != 0 ||
		len(f.Salt) != saltSize || len(f.Nonce) != nonceSize {
		return nil, ErrFile
	}
	aead, err := f.aead(passphrase)
	if err != nil {
		return nil, err
	}
	private, err := aead.Open(nil, f.Nonce, f.Sealed, f.Public)
	if err != nil {
		return nil, ErrPassphrase
	}
	pair, err := wire.KeyPairOf(private)
	if err != nil || string(pair.Public[:]) != string(f.Public) {
		return nil, ErrFile
	}
	return &Key{pair}, nil
}

func (f file) aead(passphrase secret.Bytes) (a cipher.AEAD, err error) {
	passphrase.Reveal(func(p []byte) {
		key, kdfErr := scrypt.Key(p, f.Salt, f.N, costR, costP, 32)
		if err = kdfErr; err != nil {
			return
		}
		defer clear(key)
		block, cipherErr := aes.NewCipher(key)
		if err = cipherErr; err == nil {
			a, err = cipher.NewGCM(block)
		}
	})
	return a, err
}

// Save seals the key into a new file of mode 0600; an existing one is never overwritten: fs.ErrExist.
func (k *Key) Save(rand io.Reader, path string, passphrase secret.Bytes) error {
	raw, err := k.Seal(rand, passphrase)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(raw)
	return errors.Join(err, out.Sync(), out.Close())
}

// Load opens a key file. Errors: fs.ErrNotExist, ErrFile, ErrPassphrase.
func Load(path string, passphrase secret.Bytes) (*Key, error) {
	raw, err := privatefile.Read(path, maxFile)
	if err != nil {
		return nil, err
	}
	return Open(raw, passphrase)
}
