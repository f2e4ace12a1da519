package signer

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/internal/privatefile"
)

// ErrKeysDamaged means that the file of known keys is not what this program wrote. It is refused and never repaired:
// forgetting a key would mean trusting whatever card comes next.
var ErrKeysDamaged = errors.New("the file of known keys is damaged")

const (
	keysVersion = 1
	maxKeysFile = 4 << 20 // bytes; some 15,000 keys
)

// Keys remembers which public key signs at (card, path). It holds no secrets, but it is what protects from signing with
// a wrong card: the file has mode 0600 in a folder of mode 0700, is replaced atomically and changed under a lock.
type Keys struct {
	file  string
	known map[place][65]byte
}

// place is a path on a card, both as text: hd.Path is a slice and cannot be a key of a map.
type place struct{ id, path string }

// keysFile is the format of the file, and keyEntry one line of it.
type keysFile struct {
	Version int        `json:"version"`
	Keys    []keyEntry `json:"keys"`
}

type keyEntry struct {
	Card      string `json:"card"`       // Identity.ID
	Path      string `json:"path"`       // "m/44'/60'/0'/0/0"
	PublicKey string `json:"public_key"` // 65 bytes in hex
}

// OpenKeys reads the known keys from file, none when there is no such file. A damaged file is ErrKeysDamaged.
func OpenKeys(file string) (*Keys, error) {
	raw, err := privatefile.Read(file, maxKeysFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	known, err := parseKeys(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &Keys{file: file, known: known}, nil
}

// Expect returns the key that must sign at path on the card with this ID, if it is known.
func (k *Keys) Expect(id string, path hd.Path) (pub [65]byte, ok bool) {
	pub, ok = k.known[place{id, path.String()}]
	return pub, ok
}

// Remember adds a key. What is known already, to this or another process, is never replaced: another key for the same
// place is card.ErrCardMismatch.
func (k *Keys) Remember(id string, path hd.Path, pub [65]byte) error {
	if err := checkID(id); err != nil {
		return err
	}
	if err := checkKey(pub); err != nil {
		return err
	}
	where := place{id, path.String()}
	return privatefile.Update(k.file, maxKeysFile, func(old []byte) ([]byte, error) {
		known, err := parseKeys(old)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.file, err)
		}
		if have, ok := known[where]; ok && have != pub {
			return nil, failed(card.ErrCardMismatch, fmt.Errorf("another key is known at %s", where.path))
		}
		known[where] = pub
		k.known = known
		return formatKeys(known)
	})
}

// parseKeys reads the format of the file; nothing at all means no keys.
func parseKeys(raw []byte) (map[place][65]byte, error) {
	known := map[place][65]byte{}
	if raw == nil {
		return known, nil
	}
	var file keysFile
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeysDamaged, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows the end", ErrKeysDamaged)
	}
	if file.Version != keysVersion {
		return nil, fmt.Errorf("version %d of the known keys, this program knows %d", file.Version, keysVersion)
	}
	for i, entry := range file.Keys {
		where, pub, err := entry.parse()
		if _, twice := known[where]; err == nil && twice {
			err = errors.New("a second key for the same place")
		}
		if err != nil {
			return nil, fmt.Errorf("%w: key %d: %w", ErrKeysDamaged, i, err)
		}
		known[where] = pub
	}
	return known, nil
}

func (e keyEntry) parse() (where place, pub [65]byte, err error) {
	path, err := hd.ParsePath(e.Path)
	if err != nil {
		return where, pub, err
	}
	raw, err := hex.DecodeString(e.PublicKey)
	if err != nil || len(raw) != len(pub) {
		return where, pub, errors.New("the public key is not 65 bytes in hex")
	}
	pub = [65]byte(raw)
	if err := checkKey(pub); err != nil {
		return where, pub, err
	}
	return place{e.Card, path.String()}, pub, checkID(e.Card)
}

// formatKeys sorts, so that the same keys make the same file.
func formatKeys(known map[place][65]byte) ([]byte, error) {
	file := keysFile{Version: keysVersion}
	for where, pub := range known {
		file.Keys = append(file.Keys, keyEntry{where.id, where.path, hex.EncodeToString(pub[:])})
	}
	slices.SortFunc(file.Keys, func(a, b keyEntry) int {
		return strings.Compare(a.Card+" "+a.Path, b.Card+" "+b.Path)
	})
	raw, err := json.MarshalIndent(file, "", " ")
	return append(raw, '\n'), err
}

// checkID accepts 4 to 65 bytes of lower-case hex. An empty ID, that of a card without a key, must never be known.
func checkID(id string) error {
	raw, err := hex.DecodeString(id)
	if err != nil || hex.EncodeToString(raw) != id || len(raw) < 4 || len(raw) > 65 {
		return errors.New("the card has no usable ID; does it hold a key?")
	}
	return nil
}
