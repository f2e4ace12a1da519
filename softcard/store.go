package softcard

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// ErrTorn is the panic value and error of a commit at which power was cut on purpose. Card.Transmit turns it into a
// silent card; no applet code runs after it.
var ErrTorn = errors.New("softcard: power was cut")

// Store is the persistent memory of one card: named cells, changed one atomic commit at a time. It is in memory, or
// behind it is a File. The zero value is not usable; see NewStore and OpenFile.
type Store struct {
	mu      sync.Mutex
	cells   map[string]persistent
	pending map[string]json.RawMessage // cells read from a file and not opened yet
	save    func(cells map[string]json.RawMessage) error
	faults  Faults
	commits int
	events  func(event string)
}

// persistent is what a Store knows of a Cell.
type persistent interface {
	encode() (json.RawMessage, error)
}

// NewStore makes an empty store in memory.
func NewStore() *Store { return &Store{cells: map[string]persistent{}} }

// Faults decides what happens at a commit; n counts commits from 1 since the last call of Inject.
type Faults func(n int, why string) Fault

// Fault is the fate of one commit.
type Fault int

const (
	NoFault   Fault = iota // the commit is done
	CutBefore              // power goes before the commit: nothing is changed
	CutAfter               // power goes right after it: all is changed, the answer is lost
)

// CutAt cuts power at the k-th commit, before or after it.
func CutAt(k int, f Fault) Faults {
	return func(n int, _ string) Fault {
		if n == k {
			return f
		}
		return NoFault
	}
}

// Inject makes f decide about every commit from now on; nil ends it. The count of commits starts again.
func (s *Store) Inject(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.commits = f, 0
}

// Commits is the number of commits tried since the store was made or Inject was called.
func (s *Store) Commits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commits
}

// Watch has f called with every event: each commit ("commit: reason") and what applets Note.
func (s *Store) Watch(f func(event string)) { s.events = f }

// Note adds an event to the log that Watch sees: applets note each comparison of a code, so that a test can see that
// the try was counted first. Events carry no data.
func (s *Store) Note(event string) {
	if s.events != nil {
		s.events(event)
	}
}

// Snapshot encodes everything the store keeps, as a file would.
func (s *Store) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cells, err := s.encode()
	if err != nil {
		return nil, err
	}
	return json.Marshal(cells)
}

func (s *Store) encode() (map[string]json.RawMessage, error) {
	all := make(map[string]json.RawMessage, len(s.cells)+len(s.pending))
	for name, raw := range s.pending {
		all[name] = raw
	}
	for name, c := range s.cells {
		raw, err := c.encode()
		if err != nil {
			return nil, fmt.Errorf("softcard: encoding %q: %w", name, err)
		}
		all[name] = raw
	}
	return all, nil
}

// commit runs one atomic change: swap makes it, undo takes it back when it cannot be made durable.
func (s *Store) commit(why string, swap, undo func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commits++
	fault := NoFault
	if s.faults != nil {
		fault = s.faults(s.commits, why)
	}
	if fault == CutBefore {
		panic(ErrTorn)
	}
	swap()
	if err := s.persist(); err != nil {
		undo()
		return err
	}
	s.Note("commit: " + why)
	if fault == CutAfter {
		panic(ErrTorn)
	}
	return nil
}

func (s *Store) persist() error {
	if s.save == nil {
		return nil
	}
	cells, err := s.encode()
	if err != nil {
		return err
	}
	return s.save(cells)
}
