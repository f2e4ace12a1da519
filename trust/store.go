package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"tapcard.example/internal/privatefile"
)

// ErrDamaged means that the trust file is not what this program wrote. It is refused and never repaired.
var ErrDamaged = errors.New("the trust file is damaged")

const (
	fileVersion = 1
	maxFile     = 1 << 20 // bytes; some thousands of cards
)

// Store is the trust file. It is used by one goroutine at a time; several processes may use one file.
type Store struct {
	path  string
	state file
}

// file is the format of the trust file.
type file struct {
	Version int               `json:"version"`
	Roots   []Root            `json:"roots"`
	Labels  []Card            `json:"labels"`
	Last    map[string]string `json:"last"` // by kind, the ID of the card used last
}

// Open reads the trust file; where there is none the store has the built-in roots and nothing else, and the first
// change makes the file. A file that is damaged, or that other users may read or write, is an error.
func Open(path string) (*Store, error) {
	raw, err := privatefile.Read(path, maxFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	state, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Store{path: path, state: state}, nil
}

// update changes the file under its lock, starting from what other processes may have written since.
func (s *Store) update(change func(*file) error) error {
	return privatefile.Update(s.path, maxFile, func(old []byte) ([]byte, error) {
		next, err := parse(old)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.path, err)
		}
		if err := change(&next); err != nil {
			return nil, err
		}
		raw, err := json.MarshalIndent(next, "", " ")
		if err != nil {
			return nil, err
		}
		s.state = next
		return append(raw, '\n'), nil
	})
}

// parse reads the format of the file and checks every entry; nothing at all is the empty store.
func parse(raw []byte) (file, error) {
	f := file{Version: fileVersion, Roots: []Root{}, Labels: []Card{}, Last: map[string]string{}}
	if raw == nil {
		return f, nil
	}
	f = file{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return file{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return file{}, fmt.Errorf("%w: something follows the end", ErrDamaged)
	}
	if f.Version != fileVersion {
		return file{}, fmt.Errorf("version %d of the trust file, this program knows %d", f.Version, fileVersion)
	}
	if err := f.check(); err != nil {
		return file{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if f.Last == nil {
		f.Last = map[string]string{}
	}
	return f, nil
}

func (f file) check() error {
	for _, r := range f.Roots {
		if err := r.check(); err != nil || r.BuiltIn {
			return errors.Join(err, fmt.Errorf("root %q", r.Name))
		}
	}
	for _, c := range f.Labels {
		if err := errors.Join(c.checkID(), checkText(c.Label)); err != nil {
			return err
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(f.Last)) {
		if err := errors.Join(checkKind(kind), checkHexID(f.Last[kind])); err != nil {
			return err
		}
	}
	return nil
}
