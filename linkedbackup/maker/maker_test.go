package maker

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

const fewRounds = 1 << 4 // of scrypt, for tests that are not about it

func pass(s string) secret.Bytes { return secret.Copy([]byte(s)) }

func newKey(t *testing.T) (*Key, *rand.ChaCha8) {
	t.Helper()
	r := rand.NewChaCha8([32]byte{1})
	k, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	return k, r
}

func TestAKeyFileOpensWithItsPassphraseOnly(t *testing.T) {
	k, r := newKey(t)
	path := filepath.Join(t.TempDir(), "maker.key")
	if err := k.Save(r, path, pass("a long passphrase")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	again, err := Load(path, pass("a long passphrase"))
	if err != nil || again.Public() != k.Public() {
		t.Fatalf("loaded: %v", err)
	}
	if _, err := Load(path, pass("another passphrase")); !errors.Is(err, ErrPassphrase) {
		t.Errorf("with another passphrase: %v", err)
	}
	if err := k.Save(r, path, pass("a long passphrase")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("saved over an existing file: %v", err)
	}
	if _, err := k.Seal(r, pass("too short")); !errors.Is(err, ErrShort) {
		t.Errorf("a short passphrase: %v", err)
	}
}

func TestAChangedKeyFileIsRefused(t *testing.T) {
	k, r := newKey(t)
	raw, err := k.seal(r, pass("a long passphrase"), fewRounds)
	if err != nil {
		t.Fatal(err)
	}
	k.pair.Private().Reveal(func(b []byte) {
		if bytes.Contains(raw, b) {
			t.Error("the key is in the file")
		}
	})
	if _, err := Open(raw, pass("a long passphrase")); err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		bad := bytes.Clone(raw)
		bad[i] ^= 1
		again, err := Open(bad, pass("a long passphrase"))
		if err == nil && again.Public() != k.Public() {
			t.Errorf("byte %d changes the key", i)
		}
		if err != nil && !errors.Is(err, ErrFile) && !errors.Is(err, ErrPassphrase) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	if _, err := Open(bytes.Replace(raw, []byte("16"), []byte("1099511627776"), 1), pass("x")); !errors.Is(err, ErrFile) {
		t.Errorf("a file that asks for a terabyte: %v", err)
	}
}

func TestACertificateIsForOneCardAndOneSort(t *testing.T) {
	k, r := newKey(t)
	card, err := wire.NewKeyPair(r)
	if err != nil {
		t.Fatal(err)
	}
	id, err := k.Certify(card.Public, true)
	if err != nil || id.Check() != nil || !id.Software() {
		t.Fatalf("certified: %v, %v", err, id.Check())
	}
	id.Flags = 0
	if !errors.Is(id.Check(), wire.ErrMaker) {
		t.Error("the software flag can be taken off")
	}
	if _, err := k.Certify(wire.Key{}, false); !errors.Is(err, wire.ErrPoint) {
		t.Errorf("no key is certified: %v", err)
	}
}
