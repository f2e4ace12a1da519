package monitor

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/vault"
)

// dayOf is a merchant's day, made when it is new.
func (m *Monitor) dayOf(merchant common.Address, number uint64) *day {
	days := m.s.Days[merchant]
	if days == nil {
		days = map[uint64]*day{}
		m.s.Days[merchant] = days
	}
	if days[number] == nil {
		days[number] = &day{}
	}
	return days[number]
}

// total is what the contract should keep of a day.
func (m *Monitor) total(merchant common.Address, number uint64, d *day) sum {
	if d.sum == nil {
		s := sum{acc: seed(m.v.Address, merchant, number)}
		for _, l := range d.Links {
			s = s.with(l)
		}
		d.sum = &s
	}
	return *d.sum
}

// link appends what a block did to the days of its merchants.
func (m *Monitor) link(ctx context.Context, b block, runs []run) error {
	var order []common.Address
	of := map[common.Address][]run{}
	for _, r := range runs {
		if of[r.merchant] == nil {
			order = append(order, r.merchant)
		}
		of[r.merchant] = append(of[r.merchant], r)
	}
	number := b.Time / secondsADay
	for _, merchant := range order {
		if _, known := m.s.Merchants[merchant]; !known { // it registered before the first block that was read
			m.s.Merchants[merchant] = b.Number
		}
		d := m.dayOf(merchant, number)
		links, why, err := m.solve(ctx, b, merchant, m.total(merchant, number, d), of[merchant])
		if err != nil {
			return err
		}
		if why != "" && d.Broken == "" {
			d.Broken, d.Since = why, b.Number
		}
		for i := range links {
			links[i].Block = b.Number
		}
		d.Links, d.sum = append(d.Links, links...), nil
		m.dirty[merchant] = true
	}
	return nil
}

// Finding is something that a person should know.
type Finding struct {
	Kind     string         `json:"kind"`
	Merchant common.Address `json:"merchant"`
	Day      uint64         `json:"day,omitempty"` // time / 86,400
	Leaf     *common.Hash   `json:"leaf,omitempty"`
	Why      string         `json:"why"`
}

// String is a finding as one line of a log.
func (f Finding) String() string { return fmt.Sprintf("%s %s: %s", f.Kind, f.Merchant, f.Why) }

// check compares every day that changed with the contract's.
func (m *Monitor) check(ctx context.Context) ([]Finding, error) {
	var found []Finding
	at, now := m.newest()
	for _, merchant := range sorted(m.s.Merchants) {
		if !m.dirty[merchant] && !m.unchecked(merchant, now) {
			continue
		}
		w, err := m.v.MerchantAt(ctx, merchant, at)
		if err != nil {
			return nil, err
		}
		if err := m.seen(merchant, w, now); err != "" {
			found = append(found, Finding{Kind: "mismatch", Merchant: merchant, Day: now, Why: err})
		}
		for _, number := range sorted(m.s.Days[merchant]) {
			if err := m.compare(ctx, at, now, merchant, number, w); err != nil {
				return nil, err
			}
			if d := m.s.Days[merchant][number]; d.Broken != "" {
				found = append(found, Finding{Kind: "mismatch", Merchant: merchant, Day: number,
					Why: fmt.Sprintf("day %d cannot be proven: %s", number, d.Broken)})
			}
		}
		delete(m.dirty, merchant)
	}
	return found, nil
}

// newest is the last block that was read, and its day.
func (m *Monitor) newest() (*big.Int, uint64) {
	b := m.s.Recent[len(m.s.Recent)-1]
	return new(big.Int).SetUint64(b.Number), b.Time / secondsADay
}

// unchecked says whether a merchant has a day that is over and was not compared since.
func (m *Monitor) unchecked(merchant common.Address, now uint64) bool {
	for number, d := range m.s.Days[merchant] {
		if number < now && d.Checked == 0 {
			return true
		}
	}
	return false
}

// seen says what is wrong when the contract has links of a day of which we have no event at all.
func (m *Monitor) seen(merchant common.Address, w vault.Merchant, now uint64) string {
	for number := now; number+32 > now && number != 0; number-- {
		if uint16(number) == w.Day && w.Links != 0 && m.s.Days[merchant][number] == nil {
			return fmt.Sprintf("the contract has %d links of day %d, and no event told of any", w.Links, number)
		}
	}
	return ""
}

// compare looks whether a day's chain ends as the contract's does.
func (m *Monitor) compare(
	ctx context.Context, at *big.Int, now uint64, merchant common.Address, number uint64, w vault.Merchant,
) error {
	d := m.s.Days[merchant][number]
	if d.Checked != 0 || d.Broken != "" {
		return nil
	}
	links, acc := w.Links, w.Accumulator
	if w.Day != uint16(number) {
		c, err := m.v.RingAt(ctx, merchant, number, at)
		if err != nil {
			return err
		}
		if c.Day != uint16(number) { // its place was needed, and nobody can prove anything of it
			d.Broken, d.Since = "the contract keeps it no more", at.Uint64()
			return nil
		}
		links, acc = c.Links, c.Accumulator
	}
	switch s := m.total(merchant, number, d); {
	case s.links != links:
		d.Broken = fmt.Sprintf("the contract has %d links of it, and the events give %d", links, s.links)
	case s.acc != acc:
		d.Broken = fmt.Sprintf("after %d links its chain ends in %x in the contract, and in %x by the events", links, acc, s.acc)
	case number < now:
		d.Checked = at.Uint64()
	}
	if d.Broken != "" {
		d.Since = at.Uint64()
	}
	return nil
}

// prune drops days that nobody can prove any more: their places in the ring belong to others.
func (m *Monitor) prune(now uint64) {
	for merchant, days := range m.s.Days {
		for number := range days {
			if number+32 < now {
				delete(days, number)
			}
		}
		if len(days) == 0 {
			delete(m.s.Days, merchant)
		}
	}
}

// sorted are a map's keys in a fixed order, so that two runs do the same.
func sorted[K interface {
	~[20]byte | ~[32]byte | ~uint64
}, V any](of map[K]V) []K {
	out := make([]K, 0, len(of))
	for k := range of {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b K) int {
		x, y := fmt.Sprintf("%020v", a), fmt.Sprintf("%020v", b)
		return slices.Compare([]byte(x), []byte(y))
	})
	return out
}
