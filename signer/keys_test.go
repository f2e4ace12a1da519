package signer_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

func openKeys(t *testing.T, file string) *signer.Keys {
	t.Helper()
	keys, err := signer.OpenKeys(file)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestKnownKeysSurviveTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dir", "keys.json")
	pub := publicKey(privateKey(1))
	if err := openKeys(t, file).Remember(keyUID, ethPath, pub); err != nil {
		t.Fatal(err)
	}
	if got, ok := openKeys(t, file).Expect(keyUID, ethPath); !ok || got != pub {
		t.Errorf("Expect: %x, %v", got, ok)
	}
	if _, ok := openKeys(t, file).Expect(keyUID, hd.Path{1}); ok {
		t.Error("a key is known at a path that was never used")
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAKnownKeyIsNeverReplacedEvenByAnotherProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	mine, theirs := openKeys(t, file), openKeys(t, file) // both see an empty file
	if err := theirs.Remember(keyUID, ethPath, publicKey(privateKey(1))); err != nil {
		t.Fatal(err)
	}
	if err := mine.Remember(keyUID, ethPath, publicKey(privateKey(2))); !errors.Is(err, card.ErrCardMismatch) {
		t.Errorf("Remember: %v", err)
	}
	if err := mine.Remember(keyUID, hd.Path{1}, publicKey(privateKey(3))); err != nil {
		t.Fatal(err)
	}
	if got, ok := mine.Expect(keyUID, ethPath); !ok || got != publicKey(privateKey(1)) {
		t.Error("after an update the other process's key is not seen")
	}
}

func TestADamagedFileOfKnownKeysIsRefusedAndLeftAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	keys := openKeys(t, file)
	if err := keys.Remember(keyUID, ethPath, publicKey(privateKey(1))); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	entry := strings.TrimSuffix(strings.SplitN(string(good), "[", 2)[1], "]\n}\n")
	damaged := map[string]string{
		"empty":              "",
		"cut":                string(good[:len(good)-5]),
		"two documents":      string(good) + "{}",
		"unknown field":      strings.Replace(string(good), `"version"`, `"more": 1, "version"`, 1),
		"other version":      strings.Replace(string(good), `"version": 1`, `"version": 2`, 1),
		"bad path":           strings.Replace(string(good), "m/44'", "m/44''", 1),
		"bad key":            strings.Replace(string(good), `"04`, `"05`, 1),
		"short key":          strings.Replace(string(good), `"04`, `"`, 1),
		"bad card":           strings.Replace(string(good), keyUID, strings.ToUpper(keyUID), 1),
		"the same key twice": strings.Replace(string(good), entry, strings.TrimRight(entry, " \n")+","+entry, 1),
	}
	for name, text := range damaged {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := signer.OpenKeys(file); err == nil {
			t.Errorf("%s: opened", name)
		}
		if err := keys.Remember(keyUID, hd.Path{1}, publicKey(privateKey(1))); err == nil {
			t.Errorf("%s: a key was added", name)
		}
		if left, err := os.ReadFile(file); err != nil || string(left) != text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestAFileThatOthersCouldHaveWrittenIsNotBelieved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	if err := openKeys(t, file).Remember(keyUID, ethPath, publicKey(privateKey(1))); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, fs.FileMode(0o666)); err != nil {
		t.Fatal(err)
	}
	if _, err := signer.OpenKeys(file); err == nil {
		t.Error("opened")
	}
}

func TestNothingIsRememberedForACardWithoutIdentity(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	for _, id := range []string{"", "zz", "ABCDEF01", strings.Repeat("00", 66)} {
		if err := openKeys(t, file).Remember(id, ethPath, publicKey(privateKey(1))); err == nil {
			t.Errorf("remembered for %q", id)
		}
	}
	if err := openKeys(t, file).Remember(keyUID, ethPath, [65]byte{4}); err == nil {
		t.Error("remembered what is no key")
	}
}
