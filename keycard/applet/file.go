package applet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"tapcard.example/softcard"
)

// FileKind is the kind of the card files of this package.
const FileKind = "keycard"

// FileSettings is what a card file says about the card besides its memory.
type FileSettings struct {
	Profile string `json:"profile"` // "2.0", "2.3" or "3.1"
	Quirks  bool   `json:"quirks"`
}

// ParseFileSettings reads the settings of a card file; unknown fields and profiles are errors.
func ParseFileSettings(raw json.RawMessage) (FileSettings, error) {
	var s FileSettings
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("%w: settings: %w", softcard.ErrDamaged, err)
	}
	_, err := ProfileByName(s.Profile)
	return s, err
}

// CreateFile makes a new card, as it leaves the factory, in a new file; the card is not in use until FromFile.
func CreateFile(path string, s FileSettings) (*softcard.File, error) {
	if _, err := ProfileByName(s.Profile); err != nil {
		return nil, err
	}
	f, err := softcard.CreateFile(path, FileKind, s)
	if err != nil {
		return nil, err
	}
	if _, err := FromFile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// FromFile makes the card of an open file.
func FromFile(f *softcard.File) (*softcard.Card, error) {
	s, err := ParseFileSettings(f.Settings)
	if err != nil {
		return nil, err
	}
	p, err := ProfileByName(s.Profile)
	if err != nil {
		return nil, err
	}
	return NewCard(Options{Profile: p, Quirks: s.Quirks, Env: softcard.NewEnv(f.Store())})
}
