package monitor

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// span is how many blocks are asked for at once. Nodes that refuse so many are asked for half, and half again.
const span = 2_000

// errMoved says that the chain changed while it was read.
var errMoved = errors.New("the chain was reorganised while it was read")

// ErrHiddenLogs says that the events and the blocks that a node shows do not belong together, again and again.
var ErrHiddenLogs = errors.New("the node's events are not those of its blocks")

// Follow reads to the newest block. What it knows is in the file after each range, so it can be interrupted at any time.
func (m *Monitor) Follow(ctx context.Context) error {
	size, moved := uint64(span), 0
	for {
		head, err := m.v.Node().BlockNumber(ctx)
		if err != nil {
			return err
		}
		if err := m.rewind(ctx, head); err != nil {
			return err
		}
		if m.s.Next > head {
			return nil
		}
		to := min(head, m.s.Next+size-1)
		switch err := m.read(ctx, m.s.Next, to); {
		case errors.Is(err, errMoved):
			if moved++; moved > memory {
				return ErrHiddenLogs
			}
		case err != nil && ctx.Err() == nil && size > 1 && isAnswer(err):
			size /= 2
		case err != nil:
			return fmt.Errorf("blocks %d to %d: %w", m.s.Next, to, err)
		case m.Say != nil:
			m.Say(to, head)
		}
	}
}

// isAnswer says whether the node answered and refused, as nodes do when a range is too large for them.
func isAnswer(err error) bool {
	var answer interface{ ErrorCode() int }
	return errors.As(err, &answer)
}

// rewind goes back to the last block that is still part of the chain.
func (m *Monitor) rewind(ctx context.Context, head uint64) error {
	from := m.s.Next
	for i := len(m.s.Recent) - 1; i >= 0; i-- {
		b := m.s.Recent[i]
		if b.Number <= head {
			h, err := m.v.Node().HeaderByNumber(ctx, new(big.Int).SetUint64(b.Number))
			if err != nil && !errors.Is(err, ethereum.NotFound) {
				return err
			}
			if err == nil && h.Hash() == b.Hash {
				if b.Number+1 == from {
					return nil
				}
				m.s.back(b.Number + 1)
				m.fresh()
				return m.save()
			}
		}
	}
	if len(m.s.Recent) == 0 && m.s.Next == m.s.From {
		return nil
	}
	m.s.forget() // deeper than we remember
	m.fresh()
	return m.save()
}

// read takes in the events of some blocks, all or nothing.
func (m *Monitor) read(ctx context.Context, from, to uint64) error {
	m.times, m.known = map[uint64]block{}, map[uint64]common.Hash{}
	end, err := m.header(ctx, to)
	if err != nil {
		return err
	}
	logs, err := m.v.Node().FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(to), Addresses: []common.Address{m.v.Address}})
	if err != nil {
		return err
	}
	slices.SortFunc(logs, func(a, b types.Log) int {
		if a.BlockNumber != b.BlockNumber {
			return int(int64(a.BlockNumber) - int64(b.BlockNumber))
		}
		return int(a.Index) - int(b.Index)
	})
	for at, l := range logs {
		if l.Removed || l.BlockNumber < from || l.BlockNumber > to {
			return errMoved
		}
		b, err := m.header(ctx, l.BlockNumber)
		if err != nil {
			return err
		}
		again := at > 0 && logs[at-1].BlockNumber == l.BlockNumber && logs[at-1].Index == l.Index
		if b.Hash != l.BlockHash || again {
			return errMoved
		}
	}
	recent, err := m.recent(ctx, from, to)
	if err != nil {
		return err
	}
	if err := m.take(ctx, logs); err != nil {
		m.s.back(from) // a part of the range may be in
		return err
	}
	m.s.Recent, m.s.Next = recent, end.Number+1
	m.prune(end.Time / secondsADay)
	if len(logs) == 0 && to-m.saved < memory {
		return nil // reading these again costs nothing
	}
	m.saved = to
	return m.save()
}

// take takes in events in their order, block by block.
func (m *Monitor) take(ctx context.Context, logs []types.Log) error {
	for len(logs) > 0 {
		n := 1
		for n < len(logs) && logs[n].BlockNumber == logs[0].BlockNumber {
			n++
		}
		b, err := m.header(ctx, logs[0].BlockNumber)
		if err == nil {
			err = m.takeBlock(ctx, b, logs[:n])
		}
		if err != nil {
			return err
		}
		logs = logs[n:]
	}
	return nil
}

// recent are the last blocks up to one, each the parent of the next.
func (m *Monitor) recent(ctx context.Context, from, to uint64) ([]block, error) {
	first := from
	if to-from >= memory {
		first = to - memory + 1
	}
	out := slices.Clone(m.s.Recent)
	if first != from {
		out = nil
	}
	for n := first; n <= to; n++ {
		b, err := m.header(ctx, n)
		if err != nil {
			return nil, err
		}
		if len(out) > 0 && out[len(out)-1].Hash != b.parent {
			return nil, errMoved
		}
		out = append(out, b)
	}
	return out[max(0, len(out)-memory):], nil
}

// header reads a block's hash and time, once in each range.
func (m *Monitor) header(ctx context.Context, n uint64) (block, error) {
	if b, ok := m.times[n]; ok {
		return b, nil
	}
	h, err := m.v.Node().HeaderByNumber(ctx, new(big.Int).SetUint64(n))
	if errors.Is(err, ethereum.NotFound) {
		return block{}, errMoved
	}
	if err != nil {
		return block{}, err
	}
	b := block{n, h.Hash(), h.Time, h.ParentHash}
	m.times[n] = b
	return b, nil
}
