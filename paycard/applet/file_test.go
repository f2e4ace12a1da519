package applet_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"tapcard.example/paycard/applet"
	"tapcard.example/softcard"
)

func TestACardFileOfALaterVersionIsNotOpened(t *testing.T) {
	f, err := softcard.CreateFile(filepath.Join(t.TempDir(), "card"), applet.FileKind, map[string]any{"display": true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := applet.FromFile(f); !errors.Is(err, softcard.ErrDamaged) {
		t.Errorf("settings %s: %v", json.RawMessage(f.Settings), err)
	}
}
