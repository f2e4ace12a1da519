package monitor

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/vault"
)

// guesses bounds how many ways one block is tried in.
const guesses = 1 << 16

// puzzle finds out in which links a block's payments to one merchant are. Two things are in no event: whether payments of
// one transaction were one batch, when another contract called the vault; and the merchant's room before a pull, which is
// part of the pull's leaf. Both have few possible values, and the chain's end after the block says which ones are right.
type puzzle struct {
	b     block
	runs  []run
	whole []bool   // by run: is one link
	split []bool   // by run: is one link for each payment
	rooms []uint64 // what the merchant's day may have begun with
	day   uint64
	want  *vault.Merchant // after the block; nil when that is not needed, or not known any more
	left  int             // guesses
}

// solve gives the links of a block's runs for one merchant. why says what is wrong when they do not lead to what the
// contract has after the block; the links are then the likeliest ones.
func (m *Monitor) solve(
	ctx context.Context, b block, merchant common.Address, s sum, runs []run,
) (links []link, why string, err error) {
	p := puzzle{b: b, runs: runs, whole: make([]bool, len(runs)), split: make([]bool, len(runs)), rooms: []uint64{0},
		day: b.Time / secondsADay, left: guesses}
	open, pulls := false, false
	for i, r := range runs {
		pulls = pulls || r.of[0].pull()
		if p.whole[i] = len(r.of) == 1; p.whole[i] {
			continue
		}
		is, known, err := m.batched(ctx, r.tx)
		if err != nil {
			return nil, "", err
		}
		p.whole[i], p.split[i] = known && is, known && !is
		open = open || !known
	}
	if open || pulls {
		if why, err = m.target(ctx, &p, merchant); err != nil {
			return nil, "", err
		}
	}
	links, ok := p.try(s, 0, runs[0].of, 0)
	if ok {
		return links, why, nil
	}
	want := p.want
	p.want, p.left = nil, guesses
	links, _ = p.try(s, 0, runs[0].of, 0)
	return links, fmt.Sprintf("block %d: nothing that its events allow ends in %x", b.Number, want.Accumulator), nil
}

// target reads what the contract had after the block, and what the day may have begun with.
func (m *Monitor) target(ctx context.Context, p *puzzle, merchant common.Address) (why string, err error) {
	number := new(big.Int).SetUint64(p.b.Number)
	after, err := m.v.MerchantAt(ctx, merchant, number)
	if err != nil {
		return m.pruned(ctx, p.b.Number, err)
	}
	p.want, p.rooms = &after, []uint64{after.RoomAtStart}
	before, err := m.v.MerchantAt(ctx, merchant, number.Sub(number, big.NewInt(1)))
	if err != nil {
		return m.pruned(ctx, p.b.Number-1, err)
	}
	if before.Day == after.Day && before.RoomAtStart != after.RoomAtStart {
		p.rooms = []uint64{before.RoomAtStart, after.RoomAtStart}
	}
	return "", nil
}

// pruned tells a node that has forgotten a state from one that cannot be reached.
func (m *Monitor) pruned(ctx context.Context, number uint64, err error) (string, error) {
	var refused *vault.Refused
	if ctx.Err() != nil || errors.As(err, &refused) || !isAnswer(err) {
		return "", err
	}
	return fmt.Sprintf("the node no longer has the state of block %d, which a pull or a contract's batch needs", number), nil
}

// try links what is left of run i and all runs after it; from is the first of the rooms that may still hold.
func (p *puzzle) try(s sum, i int, rest []payment, from int) ([]link, bool) {
	if p.left--; p.left < 0 {
		return nil, false
	}
	if len(rest) == 0 {
		if i++; i == len(p.runs) {
			return nil, p.want == nil || p.want.Accumulator == s.acc && p.want.Links == s.links
		}
		rest = p.runs[i].of
	}
	if rest[0].pull() {
		for k := from; k < len(p.rooms); k++ {
			l := pulled(rest[0], p.b.Number, s.word(p.rooms[k]-s.taken, p.day))
			if links, ok := p.try(s.with(l), i, nil, k); ok {
				return append([]link{l}, links...), true
			}
		}
		return nil, false
	}
	for _, n := range p.sizes(i, len(rest)) {
		l := batch(rest[:n:n])
		if links, ok := p.try(s.with(l), i, rest[n:], from); ok {
			return append([]link{l}, links...), true
		}
	}
	return nil, false
}

// sizes are how many of n payments of a run may be the next link, likeliest first.
func (p *puzzle) sizes(i, n int) []int {
	switch {
	case p.whole[i]:
		return []int{n}
	case p.split[i] || n == 1:
		return []int{1}
	}
	out := []int{n, 1}
	for k := 2; k < n; k++ {
		out = append(out, k)
	}
	return out
}
