package softcard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"tapcard.example/internal/privatefile"
)

// Errors about the file of a card.
var (
	ErrDamaged = errors.New("the card file is damaged")
	ErrInUse   = errors.New("the card is in use by another process")
)

// fileVersion is the version of the format below; another one is refused.
const fileVersion = 1

// maxFileSize bounds what is read into memory: 1 MiB, some fifty times the largest card.
const maxFileSize = 1 << 20

// File is a card kept on disk: one JSON file of mode 0600, replaced atomically at every commit. It holds private keys
// in the clear and is for tests. A lock beside it (FILE.lock) and a generation counter in it see to it that two
// processes never serve one card; a checksum sees to it that a damaged file is refused instead of being half believed.
type File struct {
	Kind       string // "keycard"
	Settings   json.RawMessage
	path       string
	lock       *os.File
	generation uint64
	store      *Store
}

// image is the format of the file. Sum is the SHA-256 of the JSON of the same image with an empty Sum.
type image struct {
	Format     string                     `json:"format"`
	Version    int                        `json:"version"`
	Kind       string                     `json:"kind"`
	Settings   json.RawMessage            `json:"settings"`
	Generation uint64                     `json:"generation"`
	Cells      map[string]json.RawMessage `json:"cells"`
	Sum        string                     `json:"sum"`
}

const fileFormat = "tapcard software card, for tests only"

// CreateFile makes a new card file. settings is whatever the maker of this kind of card needs to make it again; it is
// stored as JSON. An existing file is never overwritten: the error is fs.ErrExist.
func CreateFile(path, kind string, settings any) (*File, error) {
	raw, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	f := &File{Kind: kind, Settings: raw, path: path}
	if err := f.acquire(); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := errors.Join(out.Close(), f.write(nil)); err != nil {
		return nil, errors.Join(err, os.Remove(path), f.Close())
	}
	f.store = &Store{cells: map[string]persistent{}, save: f.write}
	return f, nil
}

// MakeFile is CreateFile with the card's first memory in it, which from makes: usually the function that makes the card of
// an open file again. Nothing is left behind when that fails. The card is not in use until it is made of the file again.
func MakeFile(path, kind string, settings any, from func(*File) (*Card, error)) (*File, error) {
	f, err := CreateFile(path, kind, settings)
	if err != nil {
		return nil, err
	}
	if _, err := from(f); err != nil {
		return nil, errors.Join(err, os.Remove(path), f.Close())
	}
	return f, nil
}

// OpenFile opens a card file for this process alone: ErrInUse when another one has it, ErrDamaged when a single bit of
// it is wrong.
func OpenFile(path string) (*File, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	f := &File{path: path}
	if err := f.acquire(); err != nil {
		return nil, err
	}
	img, err := readImage(path)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	f.Kind, f.Settings, f.generation = img.Kind, img.Settings, img.Generation
	f.store = &Store{cells: map[string]persistent{}, pending: img.Cells, save: f.write}
	return f, nil
}

// Store is the memory of the card in the file.
func (f *File) Store() *Store { return f.store }

// NoSettings is for kinds of cards without settings: a file with some is of a later version, and ErrDamaged.
func (f *File) NoSettings() error {
	var settings map[string]any
	if err := json.Unmarshal(f.Settings, &settings); err != nil || len(settings) != 0 {
		return fmt.Errorf("%w: unknown settings", ErrDamaged)
	}
	return nil
}

// Close lets other processes have the card. The file is complete after every commit, so there is nothing to save.
func (f *File) Close() error {
	if f.lock == nil {
		return nil
	}
	err := f.lock.Close()
	f.lock = nil
	return err
}

func (f *File) acquire() error {
	lock, err := privatefile.TryLock(f.path + ".lock")
	if errors.Is(err, privatefile.ErrBusy) {
		return fmt.Errorf("%w: %s", ErrInUse, f.path)
	}
	f.lock = lock
	return err
}

// write replaces the file by one with the next generation, after checking that nobody else has written meanwhile.
func (f *File) write(cells map[string]json.RawMessage) error {
	if f.lock == nil {
		return fmt.Errorf("%w: %s was closed", ErrInUse, f.path)
	}
	if f.generation > 0 {
		img, err := readImage(f.path)
		if err != nil {
			return err
		}
		if img.Generation != f.generation {
			return fmt.Errorf("%w: generation %d on disk, %d here", ErrInUse, img.Generation, f.generation)
		}
	}
	img := image{Format: fileFormat, Version: fileVersion, Kind: f.Kind, Settings: f.Settings,
		Generation: f.generation + 1, Cells: cells}
	img.Sum = img.sum()
	raw, err := img.bytes()
	if err != nil {
		return err
	}
	if err := privatefile.Replace(f.path, raw); err != nil {
		return err
	}
	f.generation++
	return nil
}

// bytes is the one way to write an image: a file that reads differently is damaged.
func (img image) bytes() ([]byte, error) {
	raw, err := json.MarshalIndent(img, "", " ")
	return append(raw, '\n'), err
}

// sum is the checksum over everything but the checksum.
func (img image) sum() string {
	img.Sum = ""
	raw, err := json.Marshal(img)
	if err != nil {
		return "" // a cell that is no JSON; no stored checksum is empty
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}

func readImage(path string) (image, error) {
	raw, err := readRegular(path)
	if err != nil {
		return image{}, err
	}
	var img image
	if err := json.Unmarshal(raw, &img); err != nil {
		return image{}, fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	switch {
	case img.Format != fileFormat:
		return image{}, fmt.Errorf("%s is not a tapcard software card", path)
	case img.Version != fileVersion:
		return image{}, fmt.Errorf("%s is of version %d, this program knows %d", path, img.Version, fileVersion)
	case img.Sum == "" || img.Sum != img.sum():
		return image{}, fmt.Errorf("%w: %s: the checksum does not fit", ErrDamaged, path)
	}
	if again, err := img.bytes(); err != nil || !bytes.Equal(again, raw) {
		return image{}, fmt.Errorf("%w: %s: it was not written by this program", ErrDamaged, path)
	}
	return img, nil
}

// readRegular reads a file of bounded size. A pipe would block and a device never end, so neither is opened.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a tapcard software card: it is no regular file", path)
	}
	if info.Size() > maxFileSize {
		return nil, fmt.Errorf("%w: %s has %d bytes", ErrDamaged, path, info.Size())
	}
	return os.ReadFile(path)
}
