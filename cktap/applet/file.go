package applet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"tapcard.example/cktap/wire"
	"tapcard.example/softcard"
)

// FileKind is the kind of the card files of this package.
const FileKind = "cktap"

// FileSettings is what a card file says about the card besides its memory.
type FileSettings struct {
	Product      string `json:"product"`      // "satscard", "tapsigner" or "satschip"
	Firmware     string `json:"firmware"`     // a profile: "0.9.0", "1.0.0", "1.0.3" or "emulator"
	Testnet      bool   `json:"testnet"`      // addresses of the test networks
	Certificates int    `json:"certificates"` // 2 or 3
	Loose        bool   `json:"loose"`        // answers of indefinite length
	Latency      bool   `json:"latency"`      // takes as long as a real card
}

// products are the names of the products in settings.
var products = map[string]wire.Product{
	"satscard": wire.Satscard, "tapsigner": wire.Tapsigner, "satschip": wire.Satschip,
}

// options turns settings into the options of a card.
func (s FileSettings) options() (Options, error) {
	product, ok := products[s.Product]
	if !ok {
		return Options{}, fmt.Errorf("no tap card %q: there are satscard, tapsigner and satschip", s.Product)
	}
	profile, err := ProfileByName(s.Firmware)
	if err != nil {
		return Options{}, err
	}
	if !profile.Has(product) {
		return Options{}, fmt.Errorf("no %v has firmware %s", product, profile.Name)
	}
	o := Options{Product: product, Profile: profile, Testnet: s.Testnet, Certificates: s.Certificates, Loose: s.Loose}
	if n := s.Certificates; n != 0 && (n < defaultChain || n > longestChain) {
		return Options{}, errChain
	}
	if s.Latency {
		o.Sleep = time.Sleep
	}
	return o, nil
}

// ParseFileSettings reads the settings of a card file; unknown fields, products and profiles are errors.
func ParseFileSettings(raw json.RawMessage) (FileSettings, error) {
	var s FileSettings
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("%w: settings: %w", softcard.ErrDamaged, err)
	}
	_, err := s.options()
	return s, err
}

// CreateFile makes a new card, as it leaves the factory, in a new file, and says what is printed on it. birth dates it;
// the zero value is a well-known block. The card is in use only once the file was closed, opened and given to FromFile.
func CreateFile(path string, s FileSettings, factory *Factory, birth Block) (*softcard.File, Label, error) {
	o, err := s.options()
	if err != nil {
		return nil, Label{}, err
	}
	if factory == nil {
		return nil, Label{}, errNoFactory
	}
	var label Label
	f, err := softcard.MakeFile(path, FileKind, s, func(f *softcard.File) (c *softcard.Card, err error) {
		o.Factory, o.Birth, o.Env = factory, birth, softcard.NewEnv(f.Store())
		c, label, err = NewCard(o)
		return c, err
	})
	if err != nil {
		return nil, Label{}, err
	}
	return f, label, nil
}

// FromFile makes the card of an open file.
func FromFile(f *softcard.File) (*softcard.Card, Label, error) {
	s, err := ParseFileSettings(f.Settings)
	if err != nil {
		return nil, Label{}, err
	}
	o, err := s.options()
	if err != nil {
		return nil, Label{}, err
	}
	o.Env = softcard.NewEnv(f.Store())
	return NewCard(o)
}
