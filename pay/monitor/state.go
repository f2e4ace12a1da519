package monitor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/internal/privatefile"
	"tapcard.example/pay/vault"
)

// stateVersion is raised when the file's meaning changes.
const stateVersion = 1

// stateMost is how large the file may be: some millions of payments.
const stateMost = 1 << 31

// memory is how many blocks back a reorganisation may go before everything is read again.
const memory = 64

// state is what a monitor knows. Whatever came from the chain carries the block it came from, so that it can be forgotten
// again when that block is.
type state struct {
	Version   int                                `json:"version"`
	Chain     uint64                             `json:"chain"`
	Vault     common.Address                     `json:"vault"`
	From      uint64                             `json:"from"` // the first block that was read
	Next      uint64                             `json:"next"` // the first one that was not
	Recent    []block                            `json:"recent"`
	Merchants map[common.Address]uint64          `json:"merchants"` // the block of the registration
	Mandates  map[common.Hash]mandate            `json:"mandates"`
	Days      map[common.Address]map[uint64]*day `json:"days"`
	Cases     map[common.Hash]noted              `json:"cases"`
	Ours      map[common.Hash]*filing            `json:"ours"`
}

// block is one that was read.
type block struct {
	Number uint64      `json:"number"`
	Hash   common.Hash `json:"hash"`
	Time   uint64      `json:"time"`
	parent common.Hash
}

// mandate is who pays whom under a mandate.
type mandate struct {
	Card  common.Address `json:"card"`
	Payee common.Address `json:"payee"`
	Block uint64         `json:"block"`
}

// noted is a case that somebody opened.
type noted struct {
	Merchant common.Address `json:"merchant"`
	Block    uint64         `json:"block"`
	Settled  uint64         `json:"settled,omitempty"` // the block
}

// day is what one merchant was paid on one day, in the order of its chain.
type day struct {
	Links   []link `json:"links"`
	Checked uint64 `json:"checked,omitempty"` // the block after which the chain ended alike, when the day was over
	Broken  string `json:"broken,omitempty"`  // why it cannot
	Since   uint64 `json:"since,omitempty"`   // the block in which it broke

	sum    *sum // of all links; not kept in the file
	judged bool // its patterns were told
}

// link is one link of a day's chain: a payment, a batch of them, or a pull.
type link struct {
	Hash     common.Hash `json:"hash"`
	Block    uint64      `json:"block"`
	Payments []payment   `json:"payments"`
}

// payment is one that has settled. A pull has a mandate in place of counter, anchor and offer.
type payment struct {
	Card    common.Address `json:"card"`
	Amount  uint64         `json:"amount"` // 1e-6 token
	Counter uint32         `json:"counter,omitempty"`
	Anchor  uint64         `json:"anchor,omitempty"`
	Block   common.Hash    `json:"anchor_hash"`
	Offer   common.Hash    `json:"offer"`
	Leaf    common.Hash    `json:"leaf"`
	Mandate common.Hash    `json:"mandate"`
}

func (p payment) pull() bool { return p.Mandate != common.Hash{} }

// Monitor follows one vault. One process at a time has a state file.
type Monitor struct {
	v     *vault.Vault
	file  string
	lock  io.Closer
	s     state
	saved uint64                   // the last block in the file
	times map[uint64]block         // of the range that is being read
	known map[uint64]common.Hash   // anchors' hashes
	dirty map[common.Address]bool  // merchants to check again
	told  map[string]bool          // findings that were reported
	Terms Terms                    // when a challenge is worth it
	Say   func(block, head uint64) // progress; may be nil
}

// ErrOtherState says that a state file is about another vault or chain.
var ErrOtherState = errors.New("the state file belongs to another vault or chain")

// Open goes on with a state file, or begins one that reads from block on: the block of the vault's deployment, or any
// earlier one.
func Open(v *vault.Vault, file string, from uint64) (*Monitor, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	lock, err := privatefile.TryLock(file + ".lock")
	if err != nil {
		return nil, err
	}
	m := &Monitor{v: v, file: file, lock: lock, told: map[string]bool{}, Terms: DefaultTerms}
	if err := m.load(from); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	m.fresh()
	return m, nil
}

// Close gives the state file to others.
func (m *Monitor) Close() error { return m.lock.Close() }

func (m *Monitor) load(from uint64) error {
	raw, err := privatefile.Read(m.file, stateMost)
	if errors.Is(err, fs.ErrNotExist) {
		m.s = state{Version: stateVersion, Chain: m.v.ID, Vault: m.v.Address, From: from, Ours: map[common.Hash]*filing{}}
		m.s.forget()
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &m.s); err != nil {
		return fmt.Errorf("%s: %w", m.file, err)
	}
	if m.s.Version != stateVersion || m.s.Chain != m.v.ID || m.s.Vault != m.v.Address {
		return fmt.Errorf("%s: %w", m.file, ErrOtherState)
	}
	if m.s.Merchants == nil || m.s.Mandates == nil || m.s.Days == nil || m.s.Cases == nil || m.s.Ours == nil {
		return fmt.Errorf("%s is damaged: a part is missing", m.file)
	}
	return nil
}

// save replaces the file: after a crash it is the old one or the new one.
func (m *Monitor) save() error {
	raw, err := json.Marshal(m.s)
	if err != nil {
		return err
	}
	return privatefile.Replace(m.file, raw)
}

// fresh empties what only speeds things up.
func (m *Monitor) fresh() {
	m.times, m.known, m.dirty = map[uint64]block{}, map[uint64]common.Hash{}, map[common.Address]bool{}
	for a := range m.s.Merchants {
		m.dirty[a] = true
	}
}

// forget goes back to having read nothing. What was filed is kept: that was ours and not the chain's.
func (s *state) forget() {
	s.Next, s.Recent = s.From, nil
	s.Merchants, s.Mandates = map[common.Address]uint64{}, map[common.Hash]mandate{}
	s.Days, s.Cases = map[common.Address]map[uint64]*day{}, map[common.Hash]noted{}
}

// back forgets everything from a block on.
func (s *state) back(next uint64) {
	s.Next = next
	for len(s.Recent) > 0 && s.Recent[len(s.Recent)-1].Number >= next {
		s.Recent = s.Recent[:len(s.Recent)-1]
	}
	maps.DeleteFunc(s.Merchants, func(_ common.Address, at uint64) bool { return at >= next })
	maps.DeleteFunc(s.Mandates, func(_ common.Hash, m mandate) bool { return m.Block >= next })
	maps.DeleteFunc(s.Cases, func(_ common.Hash, c noted) bool { return c.Block >= next })
	for leaf, c := range s.Cases {
		if c.Settled >= next {
			c.Settled = 0
			s.Cases[leaf] = c
		}
	}
	for _, days := range s.Days {
		maps.DeleteFunc(days, func(_ uint64, d *day) bool { return d.back(next) })
	}
}

// back forgets a day's links from a block on, and says whether none is left.
func (d *day) back(next uint64) bool {
	for len(d.Links) > 0 && d.Links[len(d.Links)-1].Block >= next {
		d.Links = d.Links[:len(d.Links)-1]
		d.sum = nil
	}
	if d.Checked >= next {
		d.Checked = 0
	}
	if d.Since >= next {
		d.Broken, d.Since = "", 0
	}
	return len(d.Links) == 0
}
