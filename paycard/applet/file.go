package applet

import (
	"bytes"
	"encoding/json"
	"fmt"

	keycard "tapcard.example/keycard/applet"

	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

// FileKind is the kind of the card files of this package.
const FileKind = "pay"

// FileSettings is what a card file says about the card besides its memory.
type FileSettings struct {
	// Keycard is the Keycard on the same card, if there is one. The two share nothing but the chip.
	Keycard *keycard.FileSettings `json:"keycard,omitempty"`
}

// ParseFileSettings reads the settings of a card file; unknown fields and versions are errors.
func ParseFileSettings(raw json.RawMessage) (s FileSettings, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("%w: settings: %w", softcard.ErrDamaged, err)
	}
	if s.Keycard != nil {
		_, err = keycard.ProfileByName(s.Keycard.Profile)
	}
	return s, err
}

// CreateFile makes a new card, not initialised, in a new file; the card is not in use until FromFile.
func CreateFile(path string, s FileSettings) (*softcard.File, error) {
	return softcard.MakeFile(path, FileKind, s, FromFile)
}

// FromFile makes the card of an open file. It has no display, button or sensor.
func FromFile(f *softcard.File) (*softcard.Card, error) {
	s, err := ParseFileSettings(f.Settings)
	if err != nil {
		return nil, err
	}
	env := softcard.NewEnv(f.Store())
	mux := softcard.NewMux()
	if s.Keycard != nil {
		o, err := s.Keycard.Options(env)
		if err != nil {
			return nil, err
		}
		if err := keycard.Install(mux, o); err != nil {
			return nil, err
		}
	}
	a, err := New(Options{Env: env})
	if err != nil {
		return nil, err
	}
	mux.Handle(wire.AID(), a)
	return softcard.NewCard(keycard.ATR(), mux, env.Store), nil
}
