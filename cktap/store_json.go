package cktap

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

const storeVersion = 1

// hexBytes is written as lower-case hex.
type hexBytes []byte

// MarshalText writes hex.
func (h hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText reads lower-case hex.
func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.AppendDecode(nil, text)
	if err != nil || bytes.ContainsAny(text, "ABCDEF") {
		return errors.New("not lower-case hex")
	}
	*h = b
	return nil
}

type storeFile struct {
	Version int        `json:"version"`
	Cards   []cardJSON `json:"cards"`
}

type cardJSON struct {
	Card         hexBytes      `json:"card"`
	Certificates []hexBytes    `json:"certificates,omitempty"`
	Entropy      []entropyJSON `json:"entropy,omitempty"`
	Pending      []pendingJSON `json:"begun,omitempty"`
	Setup        *setupJSON    `json:"setup,omitempty"`
}

type entropyJSON struct {
	Slot      int      `json:"slot"`
	ChainCode hexBytes `json:"chain_code"`
}

type pendingJSON struct {
	Op      string   `json:"command"`
	Slot    int      `json:"slot,omitempty"`
	Path    string   `json:"path,omitempty"`
	Entropy hexBytes `json:"chain_code,omitempty"`
	Backups int      `json:"backups_before,omitempty"`
}

type setupJSON struct {
	Done    Step     `json:"done"`
	Path    string   `json:"path"`
	Entropy hexBytes `json:"chain_code,omitempty"`
	Master  string   `json:"master,omitempty"`
	Account string   `json:"account,omitempty"`
	Backup  hexBytes `json:"backup,omitempty"`
	Checked bool     `json:"backup_checked,omitempty"`
}

// encodeStore writes the file, cards in the order of their keys. Of an empty record nothing is kept.
func encodeStore(r records) ([]byte, error) {
	f := storeFile{Version: storeVersion, Cards: []cardJSON{}}
	for key, rec := range r {
		c := rec.json()
		if c.Certificates == nil && c.Entropy == nil && c.Pending == nil && c.Setup == nil {
			continue
		}
		c.Card = slices.Clone(key[:])
		f.Cards = append(f.Cards, c)
	}
	slices.SortFunc(f.Cards, func(a, b cardJSON) int { return bytes.Compare(a.Card, b.Card) })
	raw, err := json.MarshalIndent(f, "", " ")
	return append(raw, '\n'), err
}

func (rec *record) json() (c cardJSON) {
	for _, cert := range rec.certificates {
		c.Certificates = append(c.Certificates, slices.Clone(cert[:]))
	}
	for _, slot := range slices.Sorted(maps.Keys(rec.entropy)) {
		w := rec.entropy[slot]
		c.Entropy = append(c.Entropy, entropyJSON{slot, w[:]})
	}
	for _, p := range rec.pending {
		j := pendingJSON{Op: p.Op, Slot: p.Slot, Backups: p.Backups}
		if p.Path != nil {
			j.Path = p.Path.String()
		}
		if p.Entropy != (wire.Bytes32{}) {
			j.Entropy = slices.Clone(p.Entropy[:])
		}
		c.Pending = append(c.Pending, j)
	}
	if s := rec.setup; s != nil {
		c.Setup = &setupJSON{Done: s.done, Path: s.path.String(), Master: s.master, Account: s.account, Backup: s.backup,
			Checked: s.checked, Entropy: slices.Clone(s.entropy[:])}
	}
	return c
}

// decodeStore reads the file and checks all of it; nothing at all is an empty one.
func decodeStore(raw []byte) (records, error) {
	r := records{}
	if raw == nil {
		return r, nil
	}
	var f storeFile
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStoreDamaged, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows the end", ErrStoreDamaged)
	}
	if f.Version != storeVersion {
		return nil, fmt.Errorf("version %d of the file of tap cards, this program knows %d", f.Version, storeVersion)
	}
	for i, c := range f.Cards {
		if len(c.Card) != wire.PublicKeySize || r[wire.PublicKey(c.Card)] != nil {
			return nil, fmt.Errorf("%w: card %d: a card's key has 33 bytes and occurs once", ErrStoreDamaged, i)
		}
		if err := c.addTo(r.of(wire.PublicKey(c.Card))); err != nil {
			return nil, fmt.Errorf("%w: card %d: %w", ErrStoreDamaged, i, err)
		}
	}
	return r, nil
}

// addTo checks one card and adds it.
func (c cardJSON) addTo(rec *record) error {
	for _, cert := range c.Certificates {
		if len(cert) != wire.CertificateSize {
			return fmt.Errorf("a certificate of %d bytes", len(cert))
		}
		rec.certificates = append(rec.certificates, wire.Certificate(cert))
	}
	for _, e := range c.Entropy {
		if len(e.ChainCode) != wire.KeySize {
			return fmt.Errorf("a chain code of %d bytes", len(e.ChainCode))
		}
		rec.entropy[e.Slot] = wire.Bytes32(e.ChainCode)
	}
	for _, j := range c.Pending {
		p := Pending{Op: j.Op, Slot: j.Slot, Backups: j.Backups}
		if err := decodePath(&p.Path, j.Path); err != nil {
			return err
		}
		if err := decode32(&p.Entropy, j.Entropy); err != nil {
			return err
		}
		rec.pending = append(rec.pending, p)
	}
	if c.Setup == nil {
		return nil
	}
	var err error
	rec.setup, err = c.Setup.state()
	return err
}

func (j *setupJSON) state() (*setupState, error) {
	s := &setupState{done: j.Done, master: j.Master, account: j.Account, backup: j.Backup, checked: j.Checked}
	return s, errors.Join(decodePath(&s.path, j.Path), decode32(&s.entropy, j.Entropy))
}

// decodePath reads a path; no text is none.
func decodePath(p *hd.Path, text string) (err error) {
	if text != "" {
		*p, err = hd.ParsePath(text)
	}
	return err
}

// decode32 reads 32 bytes, or none.
func decode32(w *wire.Bytes32, b []byte) error {
	if len(b) != 0 && len(b) != wire.KeySize {
		return fmt.Errorf("a chain code of %d bytes", len(b))
	}
	copy(w[:], b)
	return nil
}
