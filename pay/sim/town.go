package sim

import (
	"tapcard.example/pay/score"
)

// sale is one settled payment as a town remembers it for the window: what a chain shows to everybody, and what only who
// was there knows. 16 bytes.
type sale struct {
	amount, fair uint32 // in cents
	card         uint32
	merchant     uint16
	marks        uint16
}

// The marks of a sale.
const (
	fraud    = 1 << iota // overcharged
	wash                 // the attacker paid itself
	sybil                // the attacker bought it
	disputed             // a case about it exists, or it was proven
)

const cent = Dollar / 100

// cases of one day are looked at together: when they are opened, decided, settled.
const horizon = 64 // days; longer than any step of a case takes

type shop struct {
	ticket  uint64 // mean, in cents
	honest  bool
	flipped int // the last month in which it lost a case; -1 = none
}

type town struct {
	w    *World
	p    *score.Params
	rng  rng
	r    Result
	day  uint16
	slot uint32 // of the day's midnight

	purses    []purse
	born      []uint16 // day of binding
	merchants []score.Merchant
	shops     []shop
	demand    [4096]uint16 // which shop a customer goes to
	perDay    int
	friendly  uint64

	sales [score.Places + 1][]sale // of the last days

	cases    []dispute
	spare    []int32          // places in cases that are free again
	planned  [horizon][]plan  // disputes that owners will open
	deciding [horizon][]int32 // cases by the day of their decision
	settling [horizon][]int32 // and of their payout
	attacker attacker
}

// plan is a dispute that somebody will open.
type plan struct {
	day   uint16 // of the payment
	place uint32 // in that day's sales
	proof bool   // with a signed offer that differs
}

// play plays town number n of a world.
func play(w *World, n int) Result {
	t := newTown(w, n)
	for range w.Days + w.tail() {
		t.live()
	}
	t.finish()
	return t.r
}

func newTown(w *World, n int) *town {
	t := &town{w: w, p: &w.Params, rng: rng(mix(w.Seed+golden) ^ mix(uint64(n)*golden+1)), friendly: threshold(w.Friendly)}
	t.day = firstDay - 1
	t.purses = make([]purse, w.Cards)
	t.born = make([]uint16, w.Cards)
	for i := range t.purses {
		t.purses[i] = newPurse()
	}
	total := t.open()
	t.spread(total)
	t.arrive()
	for i := range t.sales {
		t.sales[i] = make([]sale, 0, t.perDay*2)
	}
	return t
}

// newPurse has the limits that the guide suggests: 100 a payment, 250 a day, 1,500 a month, one payment in 96 seconds.
func newPurse() purse {
	return purse{perTx: 100 * Dollar, daily: 250 * Dollar, monthly: 1500 * Dollar, cooldown: 1}
}

// topUp is what an owner fills its purse up to.
const topUp = 400 * Dollar

// open registers the honest shops and gives back how many payments they have on a day, at each shop.
func (t *town) open() (perDay []float64) {
	for _, s := range t.w.Shops {
		for range s.Count {
			t.register(stakeFor(t.p, s.Ticket*s.PerDay), shop{ticket: uint64(s.Ticket * 100), honest: true})
			perDay = append(perDay, s.PerDay)
		}
	}
	return perDay
}

// register makes a merchant; its stake comes from outside.
func (t *town) register(stake uint64, s shop) int {
	s.flipped = -1
	t.merchants = append(t.merchants, score.Register(t.p, stake, max(t.day, firstDay)))
	t.shops = append(t.shops, s)
	t.r.In += int64(stake)
	return len(t.shops) - 1
}

// spread fills the table of demand; the attacker's shop has a place in it after the honest ones.
func (t *town) spread(perDay []float64) {
	perDay = append(perDay, t.w.attackersDemand())
	total := 0.0
	for _, n := range perDay {
		total += n
	}
	t.perDay = int(total + 0.5)
	sum, i := 0.0, 0
	for s, n := range perDay {
		sum += n
		for ; i < len(t.demand) && (float64(i)+0.5)/float64(len(t.demand)) <= sum/total; i++ {
			t.demand[i] = uint16(s)
		}
	}
	for ; i < len(t.demand); i++ {
		t.demand[i] = t.demand[i-1]
	}
}

// live is one day: what is due, what agents do, what is bought.
func (t *town) live() {
	t.day++
	t.slot = uint32(t.day) * slotsADay
	t.sales[t.day%uint16(len(t.sales))] = t.sales[t.day%uint16(len(t.sales))][:0]
	t.advance()
	t.due()
	t.claim()
	if t.w.Challenger {
		t.challenge()
	}
	t.act()
	t.trade()
}

// inTail says that nobody cheats or disputes falsely any more, so that everything comes to its end.
func (t *town) inTail() bool { return int(t.day-firstDay) >= t.w.Days }

// claim takes out what matured, once in a week.
func (t *town) claim() {
	for i := range t.merchants {
		m := &t.merchants[i]
		if t.shops[i].honest && (int(t.day)+i)%7 != 0 {
			continue
		}
		out, fee := m.Claim(t.p, t.day)
		t.leaves(i, out, fee)
	}
}

// leaves is money that goes to a merchant's payout address, of which fee is burned.
func (t *town) leaves(i int, out, fee uint64) {
	t.r.Out += int64(out)
	t.r.Fees += int64(fee)
	if !t.shops[i].honest {
		t.attacker.cash += int64(out - fee)
	}
}

// finish counts what is left.
func (t *town) finish() {
	t.leave()
	for i := range t.purses {
		t.r.InVault += int64(t.purses[i].balance)
	}
	for i := range t.merchants {
		m := &t.merchants[i]
		t.r.InVault += int64(m.Stake) + int64(m.Unmatured) + int64(m.Free) + int64(m.Taken()) - int64(m.Advanced)
		if t.shops[i].honest {
			t.r.Months += uint64(t.w.Days / 30)
		}
	}
	for i := range t.cases {
		t.r.InVault += int64(t.cases[i].Held + t.cases[i].Stake) // none, for everything is settled by now
	}
}
