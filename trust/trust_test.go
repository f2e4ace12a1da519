package trust_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapcard.example/trust"
)

const (
	makers   = "029ab99ee1e7a71bdf45b3f9c58c99866ff1294d2c1e304e228a86e10c3343501c"
	coinkite = "03028a0e89e70d0ec0d932053a89ab1da7d9182bdc6d2f03e706ee99517d05d9e1"
	obsolete = "027722ef208e681bac05f1b4b3cc478d6bf353ac9a09ff0c843430138f65c27bab" // of Coinkite's development cards
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// another is the generator of secp256k1, compressed: a key that vouches for nobody.
func another(t testing.TB) []byte {
	return unhex(t, "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
}

func open(t testing.TB, path string) *trust.Store {
	t.Helper()
	s, err := trust.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheMakersRootsAreBuiltInAndNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trust.json")
	s := open(t, path)
	roots := s.List()
	if len(roots) != 2 || roots[0].Key != makers || roots[1].Key != coinkite || !roots[0].BuiltIn || !roots[1].BuiltIn {
		t.Errorf("roots: %+v", roots)
	}
	if name, ok := s.Authority("coinkite", unhex(t, coinkite)); !ok || name == "" {
		t.Error("Coinkite is not trusted")
	}
	if _, ok := s.Authority("coinkite", unhex(t, obsolete)); ok {
		t.Error("development cards are trusted")
	}
	if name, ok := s.Authority("keycard", unhex(t, makers)); !ok || name == "" {
		t.Error("the maker is not trusted")
	}
	if _, ok := s.Authority("tapsigner", unhex(t, makers)); ok {
		t.Error("trusted for another kind of card")
	}
	if err := s.Remove("keycard", unhex(t, makers)); !errors.Is(err, trust.ErrBuiltIn) {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("reading made a file")
	}
}

func TestAUsersRootIsKeptAndCanBeRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tapcard", "trust.json")
	if err := open(t, path).Add("keycard", "my lab", another(t)); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if name, ok := s.Authority("keycard", another(t)); !ok || name != "my lab" {
		t.Errorf("%q, %v", name, ok)
	}
	if err := s.Add("keycard", "renamed", another(t)); err != nil || len(s.List()) != 3 {
		t.Errorf("%v, %v", s.List(), err)
	}
	if err := s.Remove("keycard", another(t)); err != nil || len(open(t, path).List()) != 2 {
		t.Error(err)
	}
	if err := s.Remove("keycard", another(t)); !errors.Is(err, trust.ErrUnknownRoot) {
		t.Error(err)
	}
}

func TestWhatIsNoRootIsRefused(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "trust.json"))
	off := bytes.Clone(another(t))
	off[32] ^= 1
	for what, c := range map[string]struct {
		kind, name string
		key        []byte
		want       error
	}{
		"built in":          {"keycard", "again", unhex(t, makers), trust.ErrBuiltIn},
		"too short":         {"keycard", "x", another(t)[:32], trust.ErrRoot},
		"off the curve":     {"keycard", "x", append([]byte{2}, bytes.Repeat([]byte{0xFF}, 32)...), trust.ErrRoot},
		"no name":           {"keycard", "", another(t), nil},
		"escape sequence":   {"keycard", "a\x1b[2J", another(t), nil},
		"turned direction":  {"keycard", "a\u202eb", another(t), nil},
		"kind of two words": {"key card", "x", another(t), nil},
		"empty":             {"keycard", "x", nil, trust.ErrRoot},
	} {
		err := s.Add(c.kind, c.name, c.key)
		if err == nil || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestLabelsNameCardsAndAreUnique(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trust.json")
	one, two := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 16)
	s := open(t, path)
	if err := s.SetLabel("keycard", one, "travel"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetLabel("keycard", two, "travel"); !errors.Is(err, trust.ErrLabelTaken) {
		t.Error(err)
	}
	if err := s.SetLabel("keycard", one, "home"); err != nil || len(s.Labels()) != 1 {
		t.Error(err)
	}
	if got := open(t, path).Card("keycard", one).String(); got != `"home"` {
		t.Error(got)
	}
	if got := s.Card("keycard", two).String(); got != "keycard 02020202" {
		t.Error(got)
	}
	if err := s.SetLabel("keycard", one, ""); err != nil || len(open(t, path).Labels()) != 0 {
		t.Error(err)
	}
	for _, bad := range []string{" x", "a\nb", strings.Repeat("x", 65), "\xff"} {
		if err := s.SetLabel("keycard", one, bad); err == nil {
			t.Errorf("label %q accepted", bad)
		}
	}
	if err := s.SetLabel("keycard", nil, "x"); err == nil {
		t.Error("a card without ID was named")
	}
}

func TestAnotherCardThanLastTimeIsSaidByLabel(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "trust.json"))
	one, two := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 16)
	if err := s.SetLabel("keycard", one, "travel"); err != nil {
		t.Fatal(err)
	}
	if _, another, err := s.Seen("keycard", one); another || err != nil {
		t.Error(another, err)
	}
	if _, another, err := s.Seen("keycard", one); another || err != nil {
		t.Error(another, err)
	}
	if _, another, err := s.Seen("tapsigner", two); another || err != nil {
		t.Error("another kind of card counts", another, err)
	}
	last, another, err := s.Seen("keycard", two)
	if !another || err != nil || last.String() != `"travel"` {
		t.Error(last, another, err)
	}
}

func TestADamagedFileIsRefusedAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trust.json")
	if err := open(t, path).Add("keycard", "my lab", another(t)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "{", string(good) + "{}", strings.Replace(string(good), `"roots"`, `"rots"`, 1),
		strings.Replace(string(good), `"built_in": false`, `"built_in": true`, 1),
		strings.Replace(string(good), "0279be", "0579be", 1),
		strings.Replace(string(good), `"version": 1`, `"version": 2`, 1)} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := trust.Open(path); err == nil {
			t.Errorf("accepted: %s", bad)
		}
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := trust.Open(path); err == nil {
		t.Error("a file that others may write is believed")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"version":1,"roots":[],"labels":[],"last":{}}`))
	f.Add([]byte(`{"version":1,"roots":[{"card":"keycard","name":"x","key":"02"}],"labels":null,"last":{"keycard":"00"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "trust.json")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := trust.Open(path)
		if err != nil {
			return
		}
		s.List()
		if _, _, err := s.Seen("keycard", []byte{1, 2, 3, 4}); err != nil {
			t.Errorf("a file that was accepted cannot be used: %v", err)
		}
	})
}
