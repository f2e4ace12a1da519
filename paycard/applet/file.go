package applet

import (
	"encoding/json"
	"errors"
	"fmt"

	"tapcard.example/softcard"
)

// FileKind is the kind of the card files of this package.
const FileKind = "pay"

// CreateFile makes a new card, not initialised, in a new file; the card is not in use until FromFile.
func CreateFile(path string) (*softcard.File, error) {
	f, err := softcard.CreateFile(path, FileKind, struct{}{})
	if err != nil {
		return nil, err
	}
	if _, err := FromFile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// FromFile makes the card of an open file. It has no display, button or sensor. There are no settings yet; a file with
// some is of a later version.
func FromFile(f *softcard.File) (*softcard.Card, error) {
	var settings map[string]any
	if err := json.Unmarshal(f.Settings, &settings); err != nil || len(settings) != 0 {
		return nil, fmt.Errorf("%w: unknown settings", softcard.ErrDamaged)
	}
	return NewCard(Options{Env: softcard.NewEnv(f.Store())})
}
