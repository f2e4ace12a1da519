package monitor

import (
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/vault"
)

// InPieces makes proofs of at most n links until the test ends.
func InPieces(n int) (undo func()) {
	before := piece
	piece = n
	return func() { piece = before }
}

// Leaves are the payments of a merchant's day, by link.
func (m *Monitor) Leaves(merchant common.Address, day uint64) (out [][]common.Hash) {
	if m.s.Days[merchant][day] == nil {
		return nil
	}
	for _, l := range m.s.Days[merchant][day].Links {
		var of []common.Hash
		for _, p := range l.Payments {
			of = append(of, p.Leaf)
		}
		out = append(out, of)
	}
	return out
}

// Tail is what extend takes to prove a link.
func (m *Monitor) Tail(merchant common.Address, day uint64, from int) (*big.Int, [][32]byte) {
	return m.tail(merchant, day, from)
}

// Today is the last block's day.
func (m *Monitor) Today() uint64 { _, now := m.newest(); return now }

// Checked says whether a day ended as the contract's.
func (m *Monitor) Checked(merchant common.Address, day uint64) bool {
	d := m.s.Days[merchant][day]
	return d != nil && d.Checked != 0 && d.Broken == ""
}

// Stages are those of what was filed.
func (m *Monitor) Stages() []Stage {
	var out []Stage
	for f := range maps.Values(m.s.Ours) {
		out = append(out, f.Stage)
	}
	slices.Sort(out)
	return out
}

// Rolled are both sides of a score as of a day.
func Rolled(p vault.Params, m vault.Merchant, today uint64) (good, bad uint64) {
	return rolled(p, m, today)
}
