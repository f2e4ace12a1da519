package monitor

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/vault"
)

// Paid is a settled payment of a day that is known: the present one, or one of the 32 before it.
type Paid struct {
	Leaf           common.Hash // names it: see [Monitor.Prove]
	Merchant, Card common.Address
	Amount         uint64 // 1e-6 token
	Counter        uint32 // 0 for a pull
	Day            uint64 // of its settlement: time / 86,400
	Pull           bool   // under a mandate: nobody disputes or gives back such a payment
}

// Paid lists the payments that are wanted, by merchant and in the order in which they settled. Follow comes before it.
func (m *Monitor) Paid(want func(Paid) bool) (list []Paid) {
	for _, merchant := range sorted(m.s.Days) {
		for _, number := range sorted(m.s.Days[merchant]) {
			for _, l := range m.s.Days[merchant][number].Links {
				for _, p := range l.Payments {
					one := Paid{p.Leaf, merchant, p.Card, p.Amount, p.Counter, number, p.pull()}
					if want(one) {
						list = append(list, one)
					}
				}
			}
		}
	}
	return list
}

// What can be done about a payment now.
type Standing string

// The standings. The first four are those of a payment that nobody disputed; the others are the states of a case.
const (
	Today      Standing = "today"      // its day is not over: from tomorrow on it can be disputed
	Disputable Standing = "disputable" // it can be disputed, or given back by its merchant
	GivenBack  Standing = "given-back" // in whole, by its merchant
	TooLate    Standing = "too-late"   // the window is over
	Pulled     Standing = "pulled"     // under a mandate
	Disputed   Standing = "disputed"
	Decided    Standing = "decided"
	Appealed   Standing = "appealed"
	Ruled      Standing = "ruled"
	Settled    Standing = "settled"
)

// ofCase are the standings of cases (Court.sol).
var ofCase = map[vault.CaseState]Standing{vault.CaseOpen: Disputed, vault.CaseDecided: Decided, vault.CaseAppealed: Appealed,
	vault.CaseRuled: Ruled, vault.CaseSettled: Settled}

// Stand says what can be done about a payment now, and reads its case. until is when that ends: for what is not disputed the
// end of the window, and for a case see [Until]; zero when nothing ends it.
func (m *Monitor) Stand(ctx context.Context, p Paid) (is Standing, until time.Time, c vault.Case, err error) {
	if c, err = m.v.CaseOf(ctx, p.Leaf, nil); err != nil {
		return "", until, c, err
	}
	now, err := m.v.Now(ctx)
	if err != nil {
		return "", until, c, err
	}
	last := LastMoment(m.v.Params, p.Day)
	switch is = ofCase[vault.CaseState(c.State)]; {
	case is != "":
		return is, Until(m.v.Params, c), c, nil
	case p.Pull:
		return Pulled, until, c, nil
	case c.Refunded.Uint64() == p.Amount:
		return GivenBack, until, c, nil
	case now.After(last):
		return TooLate, last, c, nil
	case p.Day >= today(now):
		return Today, last, c, nil
	}
	return Disputable, last, c, nil
}

// today is the day that the next block will be on: later than the newest one's where a chain had nothing to do.
func today(chain time.Time) uint64 { return uint64(max(chain.Unix(), time.Now().Unix())) / secondsADay }

// LastMoment is the last second in which a payment of a day can be disputed or given back (Court.sol, hold).
func LastMoment(p vault.Params, day uint64) time.Time {
	return time.Unix(int64((day+uint64(p.WindowDays)+1)*secondsADay)-1, 0).UTC()
}

// Until is when a case can be taken one step on: decided, when it is open; settled, when it is decided, unless its loser
// appeals before, or appealed, unless the arbitrator rules before. It is zero when nothing has to be waited for.
func Until(p vault.Params, c vault.Case) time.Time {
	var at int64
	switch vault.CaseState(c.State) {
	case vault.CaseOpen:
		at = c.Opened.Int64() + int64(p.DecisionDays)*secondsADay
	case vault.CaseDecided:
		at = c.Decided.Int64() + int64(p.AppealDays)*secondsADay + 1
	case vault.CaseAppealed:
		at = c.Appealed.Int64() + int64(p.SilenceDays)*secondsADay
	default:
		return time.Time{}
	}
	return time.Unix(at, 0).UTC()
}
