package linkedbackup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"tapcard.example/internal/privatefile"
	"tapcard.example/linkedbackup/wire"
)

// ErrJournal means that the journal of a backup is not what this program wrote. Nothing is lost with it: a backup that
// is started anew is answered by the cards from where they are.
var ErrJournal = errors.New("the journal of the backup is damaged")

// ErrJournalExists means that there is a journal at that place: resume it, or remove it.
var ErrJournalExists = errors.New("a backup is under way there already")

const (
	journalVersion = 1
	maxJournal     = 64 << 10
)

// journal is what a host remembers between taps. It holds no secrets: public keys, signatures, and bundles that open
// on one card each. Offers, joins and bundles are in the order of slots, as they travel.
type journal struct {
	Version int      `json:"version"`
	Size    int      `json:"size"`
	Source  []byte   `json:"source"` // card key; empty until the first tap
	Wallet  []byte   `json:"wallet"`
	Offers  [][]byte `json:"offers"`
	Joins   [][]byte `json:"joins"` // empty where a card has not joined yet
	Bundles [][]byte `json:"bundles"`
	Done    []bool   `json:"done"`   // by slot, from 1: the card has attested its import
	Proven  bool     `json:"proven"` // the source has attested the set
}

// parseJournal reads the format of the file and everything in it.
func parseJournal(raw []byte) (*Backup, error) {
	var j journal
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows the end", ErrJournal)
	}
	if j.Version != journalVersion {
		return nil, fmt.Errorf("version %d of the journal, this program knows %d", j.Version, journalVersion)
	}
	b := &Backup{size: j.Size, proven: j.Proven, done: j.Done}
	if err := b.load(j); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	return b, nil
}

// load takes over what a journal says, in so far as it makes sense.
func (b *Backup) load(j journal) (err error) {
	n := j.Size - 1
	if j.Size < wire.MinSize || j.Size > wire.MaxSize || len(j.Offers) != 0 && len(j.Offers) != n || len(j.Joins) != n ||
		len(j.Bundles) != 0 && len(j.Bundles) != n || len(j.Done) != n {
		return errors.New("the numbers do not fit each other")
	}
	for key, raw := range map[*wire.Key][]byte{&b.source: j.Source, &b.wallet: j.Wallet} {
		if len(raw) != 0 && len(raw) != wire.KeySize {
			return wire.ErrLength
		}
		copy(key[:], raw)
	}
	if b.offers, err = parseAll(j.Offers, wire.ParseOffer); err != nil {
		return err
	}
	b.joins = make([]wire.Join, n)
	for i, raw := range j.Joins {
		if len(raw) > 0 && err == nil {
			b.joins[i], err = wire.ParseJoin(raw)
		}
	}
	if err != nil {
		return err
	}
	b.bundles, err = parseAll(j.Bundles, wire.ParseBundle)
	return err
}

func parseAll[T any](all [][]byte, parse func([]byte) (T, error)) (parsed []T, err error) {
	for _, raw := range all {
		v, err := parse(raw)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, v)
	}
	return parsed, nil
}

func encodeAll[T interface{ Encode() []byte }](all []T) (raw [][]byte) {
	for _, v := range all {
		raw = append(raw, v.Encode())
	}
	return raw
}

// save writes the journal, atomically. Without a path there is none.
func (b *Backup) save() error {
	if b.path == "" {
		return nil
	}
	j := journal{Version: journalVersion, Size: b.size, Offers: encodeAll(b.offers), Joins: make([][]byte, b.size-1),
		Bundles: encodeAll(b.bundles), Done: b.done, Proven: b.proven}
	for i, join := range b.joins {
		if join.Size != 0 {
			j.Joins[i] = join.Encode()
		}
	}
	if b.source != (wire.Key{}) {
		j.Source, j.Wallet = b.source[:], b.wallet[:]
	}
	raw, err := json.MarshalIndent(j, "", " ")
	if err != nil {
		return err
	}
	return privatefile.Update(b.path, maxJournal, func([]byte) ([]byte, error) { return append(raw, '\n'), nil })
}

// StartBackup begins a backup to a set of 2 or 3 cards, with its journal in a new file; the empty path means no
// journal. Cards that are in the middle of an earlier backup of the same size go on where they are. Errors:
// ErrJournalExists, card.ErrWrongData for another size.
func StartBackup(path string, size int) (*Backup, error) {
	if size < wire.MinSize || size > wire.MaxSize {
		return nil, failure(wire.InsBegin, kinds[wire.ErrCount.Kind], wire.ErrCount)
	}
	if path != "" {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(ErrJournalExists, err)
		}
	}
	b := &Backup{path: path, size: size, joins: make([]wire.Join, size-1), done: make([]bool, size-1)}
	return b, b.save()
}

// ResumeBackup takes a backup up from its journal. Errors: fs.ErrNotExist, ErrJournal.
func ResumeBackup(path string) (*Backup, error) {
	raw, err := privatefile.Read(path, maxJournal)
	if err != nil {
		return nil, err
	}
	b, err := parseJournal(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	b.path = path
	return b, nil
}

// Remove deletes the journal, of a backup that is done or given up.
func (b *Backup) Remove() error {
	if b.path == "" {
		return nil
	}
	return errors.Join(os.Remove(b.path), os.Remove(b.path+".lock"))
}
