package softcard_test

import (
	"os"
	"path/filepath"
	"strings"
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

func TestWhatIsNoRegularFileIsRefusedUnread(t *testing.T) {
	for _, path := range []string{os.DevNull, t.TempDir()} {
		if _, err := softcard.Peek(path); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
