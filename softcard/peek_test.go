package softcard_test

import (
	"path/filepath"
	"testing"

	"tapcard.example/softcard"
)

func TestPeekLooksWithoutTaking(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := softcard.CreateFile(path, "counter", nil)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := softcard.Peek(path); err != nil || s.Kind != "counter" || !s.InUse || s.Generation != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	f.Close()
	if s, err := softcard.Peek(path); err != nil || s.InUse {
		t.Errorf("%+v, %v", s, err)
	}
	if f, err = softcard.OpenFile(path); err != nil {
		t.Errorf("peeking took the card: %v", err)
	}
	f.Close()
}
