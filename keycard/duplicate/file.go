package duplicate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"tapcard.example/internal/privatefile"
)

const (
	fileVersion = 1
	maxFile     = 1 << 20 // bytes; some thousands of cards
)

// File keeps the journals of this computer in one file of mode 0600, which is replaced atomically: that of the
// duplication it started or finishes, and that of the one it last added entropy to for somebody else.
type File struct{ path string }

// OpenFile uses the file at path, which is made when something is first saved.
func OpenFile(path string) File { return File{path} }

// Journals is what a File says; nil stands for none.
type Journals struct {
	Own    *Journal // of a trusted client
	Helped *Journal // of a client that only added entropy
}

// journalFile is the file as JSON.
type journalFile struct {
	Version int      `json:"version"`
	Own     *Journal `json:"own,omitempty"`
	Helped  *Journal `json:"helped,omitempty"`
}

// Read reads the journals. A missing file has none; a damaged one is ErrJournalDamaged, and is not repaired.
func (f File) Read() (Journals, error) {
	raw, err := privatefile.Read(f.path, maxFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Journals{}, err
	}
	j, err := parseJournals(raw)
	if err != nil {
		return Journals{}, fmt.Errorf("%s: %w", f.path, err)
	}
	return j, nil
}

// SaveOwn keeps the journal of a trusted client; it is made for Options.Save.
func (f File) SaveOwn(j Journal) error { return f.save(func(all *Journals) { all.Own = &j }) }

// SaveHelped keeps the journal of a client that only adds entropy; it is made for Options.Save.
func (f File) SaveHelped(j Journal) error { return f.save(func(all *Journals) { all.Helped = &j }) }

func (f File) save(change func(*Journals)) error {
	return privatefile.Update(f.path, maxFile, func(old []byte) ([]byte, error) {
		all, err := parseJournals(old)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.path, err)
		}
		change(&all)
		raw, err := json.MarshalIndent(journalFile{fileVersion, all.Own, all.Helped}, "", " ")
		return append(raw, '\n'), err
	})
}

// parseJournals reads the file's content and checks all of it; nil is an empty file.
func parseJournals(raw []byte) (Journals, error) {
	if raw == nil {
		return Journals{}, nil
	}
	var f journalFile
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return Journals{}, fmt.Errorf("%w: %w", ErrJournalDamaged, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Journals{}, fmt.Errorf("%w: something follows the end", ErrJournalDamaged)
	}
	if f.Version != fileVersion {
		return Journals{}, fmt.Errorf("version %d of the journal, this program knows %d", f.Version, fileVersion)
	}
	for _, j := range []*Journal{f.Own, f.Helped} {
		if j == nil {
			continue
		}
		if err := j.check(); err != nil {
			return Journals{}, err
		}
	}
	return Journals{f.Own, f.Helped}, nil
}
