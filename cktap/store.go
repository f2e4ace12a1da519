package cktap

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/internal/privatefile"
)

// ErrStoreDamaged means that the file of tap cards is not what this program wrote. It is refused and never repaired.
var ErrStoreDamaged = errors.New("the file of tap cards is damaged")

const maxStore = 4 << 20 // bytes; some thousands of cards

// Store is the file in which a computer keeps what it knows of tap cards: for each its certificates, the owner's
// entropy, a setup that is not complete, and a journal of what was begun and not yet seen to end. CVCs and private keys
// are never in it; with a chain code in it and the public key, one can follow a SATSCARD's addresses, so it has mode
// 0600 in a folder of mode 0700. It is replaced atomically and changed under a lock: several processes may share it.
//
// A nil Store remembers nothing. A Store is used by one goroutine at a time.
type Store struct {
	path  string
	roots map[wire.PublicKey]wire.PublicKey // where the certificates of cards lead: followed once in a process
}

// Pending is something that was begun and whose end nobody has seen.
type Pending struct {
	Op      string       // wire.CmdNew, CmdUnseal, CmdDerive, CmdBackup or CmdChange
	Slot    int          // new, unseal: counted from 0
	Path    hd.Path      // derive: where the derivation shall stand in the end
	Entropy wire.Bytes32 // new
	Backups int          // backup: how many the card had counted before
}

// OpenStore uses the file at path, which is made by the first change. A damaged one, or one that other users may write,
// is an error.
func OpenStore(path string) (*Store, error) {
	s := &Store{path: path, roots: map[wire.PublicKey]wire.PublicKey{}}
	if _, err := s.read(); err != nil {
		return nil, err
	}
	return s, nil
}

// records is what the file says.
type records map[wire.PublicKey]*record

// record is what is known of one card.
type record struct {
	certificates []wire.Certificate
	entropy      map[int]wire.Bytes32 // by slot
	pending      []Pending            // at most one for each command
	setup        *setupState
}

// of returns the record of a card, a new one if there is none.
func (r records) of(key wire.PublicKey) *record {
	if r[key] == nil {
		r[key] = &record{entropy: map[int]wire.Bytes32{}}
	}
	return r[key]
}

// read reads the file; a missing one is empty.
func (s *Store) read() (records, error) {
	if s == nil {
		return records{}, nil
	}
	raw, err := privatefile.Read(s.path, maxStore)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return s.parse(raw)
}

func (s *Store) parse(raw []byte) (records, error) {
	r, err := decodeStore(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	return r, nil
}

// update changes what is known of a card, under the file's lock, starting from what other processes may have written.
func (s *Store) update(key wire.PublicKey, change func(*record)) error {
	if s == nil {
		return nil
	}
	return privatefile.Update(s.path, maxStore, func(old []byte) ([]byte, error) {
		r, err := s.parse(old)
		if err != nil {
			return nil, err
		}
		change(r.of(key))
		return encodeStore(r)
	})
}

// root is where the certificates of a card lead; ok is false when they are not known.
func (s *Store) root(key wire.PublicKey) (root wire.PublicKey, ok bool, err error) {
	if s == nil {
		return root, false, nil
	}
	if root, ok = s.roots[key]; ok {
		return root, true, nil
	}
	r, err := s.read()
	if err != nil || r.of(key).certificates == nil {
		return root, false, err
	}
	if root, err = wire.FactoryRoot(key, r.of(key).certificates); err != nil {
		return root, false, fmt.Errorf("%s: %w: %w", s.path, ErrStoreDamaged, err)
	}
	s.roots[key] = root
	return root, true, nil
}

// keepCertificates keeps a chain and where it leads.
func (s *Store) keepCertificates(key, root wire.PublicKey, chain []wire.Certificate) error {
	if s == nil {
		return nil
	}
	s.roots[key] = root
	return s.update(key, func(r *record) { r.certificates = slices.Clone(chain) })
}

// entropy is what New gave the card for a slot.
func (s *Store) entropy(key wire.PublicKey, slot int) (w wire.Bytes32, ok bool, err error) {
	r, err := s.read()
	if err != nil {
		return w, false, err
	}
	w, ok = r.of(key).entropy[slot]
	return w, ok, nil
}

// keepEntropy ends a new.
func (s *Store) keepEntropy(key wire.PublicKey, slot int, w wire.Bytes32) error {
	return s.update(key, func(r *record) {
		r.entropy[slot] = w
		r.drop(wire.CmdNew)
	})
}

// begin notes what is about to be sent.
func (s *Store) begin(key wire.PublicKey, p Pending) error {
	return s.update(key, func(r *record) {
		r.drop(p.Op)
		r.pending = append(r.pending, p)
	})
}

// end drops the note. Without one it leaves the file alone.
func (s *Store) end(key wire.PublicKey, op string) error {
	if _, begun, err := s.pending(key, op); err != nil || !begun {
		return err
	}
	return s.update(key, func(r *record) { r.drop(op) })
}

func (r *record) drop(op string) {
	r.pending = slices.DeleteFunc(r.pending, func(p Pending) bool { return p.Op == op })
}

func (s *Store) pending(key wire.PublicKey, op string) (Pending, bool, error) {
	all, err := s.Pending(key)
	if err != nil {
		return Pending{}, false, err
	}
	i := slices.IndexFunc(all, func(p Pending) bool { return p.Op == op })
	if i < 0 {
		return Pending{}, false, nil
	}
	return all[i], true, nil
}

// Pending lists what was begun with a card and not seen to end: calling the same method again finds out, and goes on.
func (s *Store) Pending(key wire.PublicKey) ([]Pending, error) {
	r, err := s.read()
	if err != nil {
		return nil, err
	}
	return r.of(key).pending, nil
}

// Forget drops everything about a card, for one that was given away.
func (s *Store) Forget(key wire.PublicKey) error {
	if s != nil {
		delete(s.roots, key)
	}
	return s.update(key, func(r *record) { *r = record{} })
}
