package applet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// FileKind is the kind of the card files of this package.
const FileKind = "keycard"

// FileSettings is what a card file says about the card besides its memory.
type FileSettings struct {
	Profile string `json:"profile"` // "2.0", "2.3" or "3.1"
	Quirks  bool   `json:"quirks"`
	// Identity is what the card shows to IDENT: its private key and its certificate, 32 and 98 bytes in hex. A card
	// before 3.1 has none.
	Identity *FileIdentity `json:"identity,omitempty"`
}

// FileIdentity is an Identity in a card file.
type FileIdentity struct {
	Private     string `json:"private"`
	Certificate string `json:"certificate"`
}

// NewFileIdentity writes an identity as a card file does.
func NewFileIdentity(id Identity) *FileIdentity {
	return &FileIdentity{hex.EncodeToString(id.Private[:]), hex.EncodeToString(id.Certificate[:])}
}

// identity reads an identity; none is no error.
func (f *FileIdentity) identity() (*Identity, error) {
	if f == nil {
		return nil, nil
	}
	private, err1 := hex.DecodeString(f.Private)
	certificate, err2 := hex.DecodeString(f.Certificate)
	if err1 != nil || err2 != nil || len(private) != wire.PrivateKeySize || len(certificate) != wire.CertificateSize {
		return nil, fmt.Errorf("%w: settings: identity", softcard.ErrDamaged)
	}
	return &Identity{[32]byte(private), [wire.CertificateSize]byte(certificate)}, nil
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
	return softcard.MakeFile(path, FileKind, s, FromFile)
}

// FromFile makes the card of an open file.
func FromFile(f *softcard.File) (*softcard.Card, error) {
	s, err := ParseFileSettings(f.Settings)
	if err != nil {
		return nil, err
	}
	o, err := s.Options(softcard.NewEnv(f.Store()))
	if err != nil {
		return nil, err
	}
	return NewCard(o)
}

// Options are those of the card that the settings describe.
func (s FileSettings) Options(env softcard.Env) (Options, error) {
	p, err := ProfileByName(s.Profile)
	if err != nil {
		return Options{}, err
	}
	id, err := s.Identity.identity()
	return Options{Profile: p, Quirks: s.Quirks, Env: env, Identity: id}, err
}
