package keycard

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// Secrets refuse to be marshalled, on purpose. The file of pairings is the one place where they must be written down,
// so this file is the one place that reveals them, into types of its own that nothing else uses. All their bytes are
// zeroed as soon as the file is written; the copies that encoding/json makes inside cannot be reached.

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
	Inits   []initJSON `json:"begun_inits,omitempty"`
}

type cardJSON struct {
	UID     hexBytes     `json:"uid"`
	Pairing *pairingJSON `json:"pairing,omitempty"`
	Secret  hexBytes     `json:"pairing_secret,omitempty"`
	Lost    *lostJSON    `json:"begun_pairing,omitempty"`
	Leaked  hexBytes     `json:"leaked_slots,omitempty"`
	Maybe   hexBytes     `json:"maybe_leaked_slots,omitempty"`
}

type pairingJSON struct {
	Slot byte     `json:"slot"`
	Key  hexBytes `json:"key"`
}

type lostJSON struct {
	FreeBefore int `json:"free_slots_before"`
}

type initJSON struct {
	ChannelKey hexBytes `json:"channel_key"`
	Secret     hexBytes `json:"pairing_secret"`
}

// reveal copies a secret's bytes; the caller zeroes them.
func reveal(s secret.Bytes) (b hexBytes) {
	s.Reveal(func(secret []byte) { b = append(b, secret...) })
	return b
}

// encodeStore writes the file, cards in the order of their UIDs.
func encodeStore(r *records) ([]byte, error) {
	f := storeFile{Version: storeVersion, Cards: []cardJSON{}}
	defer f.clear()
	for uid, rec := range r.cards {
		c := cardJSON{UID: slices.Clone(uid[:]), Secret: reveal(rec.secret), Leaked: rec.leaked, Maybe: rec.maybe}
		if rec.pairing != nil {
			c.Pairing = &pairingJSON{Slot: rec.pairing.Slot, Key: reveal(rec.pairing.Key)}
		}
		if rec.lost != nil {
			c.Lost = &lostJSON{rec.lost.freeBefore}
		}
		f.Cards = append(f.Cards, c)
	}
	slices.SortFunc(f.Cards, func(a, b cardJSON) int { return bytes.Compare(a.UID, b.UID) })
	for _, p := range r.inited {
		f.Inits = append(f.Inits, initJSON{slices.Clone(p.channelKey[:]), reveal(p.secret)})
	}
	raw, err := json.MarshalIndent(f, "", " ")
	return append(raw, '\n'), err
}

// clear zeroes what was revealed.
func (f *storeFile) clear() {
	for _, c := range f.Cards {
		clear(c.Secret)
		if c.Pairing != nil {
			clear(c.Pairing.Key)
		}
	}
	for _, p := range f.Inits {
		clear(p.Secret)
	}
}

// decodeStore reads the file and checks all of it; nothing at all is an empty one.
func decodeStore(raw []byte) (*records, error) {
	r := &records{cards: map[UID]*record{}}
	if raw == nil {
		return r, nil
	}
	var f storeFile
	defer f.clear()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrStoreDamaged, harmless(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows the end", ErrStoreDamaged)
	}
	if f.Version != storeVersion {
		return nil, fmt.Errorf("version %d of the pairings, this program knows %d", f.Version, storeVersion)
	}
	for i, c := range f.Cards {
		if err := c.addTo(r); err != nil {
			return nil, fmt.Errorf("%w: card %d: %w", ErrStoreDamaged, i, err)
		}
	}
	for _, p := range f.Inits {
		if len(p.ChannelKey) != wire.PublicKeySize || len(p.Secret) != wire.PairingTokenSize {
			return nil, fmt.Errorf("%w: a key or secret of a wrong length", ErrStoreDamaged)
		}
		r.inited = append(r.inited, pendingInit{[wire.PublicKeySize]byte(p.ChannelKey), secret.Copy(p.Secret)})
	}
	return r, nil
}

// addTo checks one card and adds it.
func (c cardJSON) addTo(r *records) error {
	if len(c.UID) != wire.InstanceUIDSize || r.cards[UID(c.UID)] != nil {
		return errors.New("an instance UID has 16 bytes and occurs once")
	}
	rec := &record{leaked: c.Leaked, maybe: c.Maybe}
	if n := len(c.Secret); n != 0 && n != wire.PairingTokenSize {
		return fmt.Errorf("a pairing secret of %d bytes", n)
	}
	if len(c.Secret) != 0 {
		rec.secret = secret.Copy(c.Secret)
	}
	if p := c.Pairing; p != nil {
		if len(p.Key) != wire.PairingTokenSize {
			return fmt.Errorf("a pairing key of %d bytes", len(p.Key))
		}
		rec.pairing = &Pairing{Slot: p.Slot, Key: secret.Copy(p.Key)}
	}
	if c.Lost != nil {
		rec.lost = &lostPair{c.Lost.FreeBefore}
	}
	r.cards[UID(c.UID)] = rec
	return nil
}

// harmless is the text of a JSON error without the piece of the file that it may quote.
func harmless(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\"")
	return strings.TrimSpace(text)
}
