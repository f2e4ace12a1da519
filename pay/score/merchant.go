package score

import "math/bits"

// The flags of a merchant.
const (
	Registered = 1 // has an account
	Closing    = 2 // takes no more payments
	Attested   = 4
)

const (
	top48 = 1<<48 - 1
	top56 = 1<<56 - 1
	level = 16 // leverage 1
)

// Places is how many days a ring remembers.
const Places = 32

// Entry is a closed day that can still be disputed. The contract keeps the day's accumulator too.
type Entry struct {
	Amount uint64 // what is left of the day's payments: less what is held or was given back; 48 bits
	Day    uint16
	Links  uint16 // payments and batches of it
}

// Merchant is a merchant's three words and its ring.
type Merchant struct {
	Stake     uint64 // 48 bits
	Unmatured uint64 // settled on closed days, not older than the window; 56 bits
	Free      uint64 // older than the window: may be claimed; 56 bits
	Advanced  uint64 // paid out before it was free, never more than the stake; 48 bits

	Good        uint64 // 56 bits
	Bad         uint64 // 56 bits
	Mean        uint64 // the decayed mean of a day's turnover; 48 bits
	RoomAtStart uint64 // of the present day; 48 bits

	Room   uint64 // what may still be taken on the present day; 48 bits
	Sketch uint64 // one bit for each distinct payer of the day, or for several; 48 bits

	Day      uint16 // the present day's number: of the last roll
	Links    uint16
	LastDay  uint16 // the same, in the account's word
	Matured  uint16 // days up to this one were made free
	Open     uint16 // cases
	Lost     uint16 // cases and convictions
	GoodDays uint16
	Leverage uint8 // in sixteenths
	Flags    uint8

	Held      uint64 // by open cases
	Disputers uint16 // seasoned cards with open cases
	Won       uint16 // seasoned cards whose cases buyers won
	Convicted uint16 // the last day on which a vote was lost, 0 = none

	Ring [Places]Entry

	disputed []disputed
	votes    []uint16 // the days of lost votes, 0 for one that was turned
}

// disputed counts the open cases of one seasoned card.
type disputed struct {
	card  uint32
	cases uint32
}

// Register makes a merchant that put down stake and begins on day, with room for its stake.
func Register(p *Params, stake uint64, day uint16) Merchant {
	m := Merchant{Stake: stake, Leverage: level, LastDay: day, Flags: Registered,
		Matured: day - uint16(p.WindowDays) - 1, Day: day}
	m.store(p)
	return m
}

// Mark is the bit of a payer in a day's sketch of 48. The contract takes the card's address as the number.
func Mark(card uint64) uint64 { return 1 << (card % 48) }

// Take takes a payment on the present day, which the caller has rolled to; the room must suffice.
func (m *Merchant) Take(amount, mark uint64) {
	m.Room -= amount
	m.Sketch |= mark
	m.Links++
}

// Payers estimates how many distinct cards paid on the present day: the bits of its sketch.
func (m *Merchant) Payers() uint64 { return uint64(bits.OnesCount64(m.Sketch)) }

// Taken is what was paid on the present day.
func (m *Merchant) Taken() uint64 { return m.RoomAtStart - m.Room }
