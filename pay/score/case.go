package score

import "slices"

// The states of a case, with the contract's numbers. Appeals are the arbitrator's and not modelled by this package: who
// models one calls [Merchant.Turn].
const (
	None    = 0
	Opened  = 1
	Decided = 2
	Settled = 5
)

// Case is a payment and what became of it.
type Case struct {
	Amount     uint64 // of the payment
	Held       uint64 // taken out of the merchant's unmatured money
	Refunded   uint64
	GoodAtOpen uint64 // the good side when the case was opened
	Stake      uint64
	OpenedAt   uint64 // Unix time
	DecidedAt  uint64 // Unix time
	Card       uint32 // whose payment it is
	Day        uint16 // of the payment
	State      uint8
	ByOwner    bool // opened by the card's owner, not by a challenger
	BuyerWins  bool
	Counted    bool   // its card is among the seasoned ones that dispute
	LostAtOpen uint16 // cases that the merchant had lost by then
	WonAtOpen  uint16 // seasoned cards that had won by then

	vote int // its place among the merchant's lost votes, from 1; 0 = none
}

// Payout is who gets what when a case is settled.
type Payout struct {
	Buyer      uint64 // the held amount
	Challenger uint64 // its stake and, when it is not the buyer, a tenth of the payment out of the merchant's stake
	Burned     uint64 // of the merchant's stake
}

const secondsADay = 86_400

// OpenCase disputes the payment c at a time. c has Amount, Card, Day and ByOwner; seasoned says whether the card's
// disputes count.
func (m *Merchant) OpenCase(p *Params, c *Case, now uint64, seasoned bool) error {
	day := uint16(now / secondsADay)
	return m.change(p, day, func() error {
		held := c.Amount - c.Refunded
		if c.State != None || held == 0 {
			return ErrState
		}
		if err := m.hold(p, c.Day, day, held); err != nil {
			return err
		}
		c.Held, c.Stake, c.GoodAtOpen, c.OpenedAt, c.State = held, p.CaseStake, m.GoodSide(p), now, Opened
		c.LostAtOpen, c.WonAtOpen = m.Lost, m.Won
		m.Open++
		m.Held += held
		if !p.counts(c) {
			return nil
		}
		m.Bad += min(held, p.PayerCap)
		if c.Counted = seasoned; seasoned {
			m.dispute(c.Card)
		}
		return nil
	})
}

// counts says whether a case weighs against its merchant.
func (p *Params) counts(c *Case) bool { return c.ByOwner || !p.OwnersCount }

// hold takes a payment's money out of its day, if the window is still open.
func (m *Merchant) hold(p *Params, paid, today uint16, amount uint64) error {
	e := &m.Ring[paid%Places]
	if e.Day != paid || paid == 0 || uint32(today) > uint32(paid)+uint32(p.WindowDays) {
		return ErrWindow
	}
	if e.Amount < amount || paid <= m.Matured {
		return ErrHeld
	}
	if m.Unmatured < amount {
		return errUnderflow
	}
	e.Amount -= amount
	m.Unmatured -= amount
	return nil
}

// dispute notes one more open case of a seasoned card.
func (m *Merchant) dispute(card uint32) {
	for i := range m.disputed {
		if m.disputed[i].card == card {
			m.disputed[i].cases++
			return
		}
	}
	m.disputed = append(m.disputed, disputed{card, 1})
	m.Disputers++
}

// settleDispute notes one open case less of a card.
func (m *Merchant) settleDispute(card uint32, won bool) {
	i := slices.IndexFunc(m.disputed, func(d disputed) bool { return d.card == card })
	if i < 0 {
		return
	}
	if m.disputed[i].cases--; m.disputed[i].cases == 0 {
		m.disputed = slices.Delete(m.disputed, i, i+1)
		if m.Disputers--; won {
			m.Won++
		}
	}
}

// Decide decides a case after its days: the buyer wins when there are enough cases, enough seasoned cards among them, and
// the score is negative.
func (m *Merchant) Decide(p *Params, c *Case, now uint64) error {
	if c.State != Opened {
		return ErrState
	}
	if now < c.OpenedAt+uint64(p.DecisionDays)*secondsADay {
		return ErrTooEarly
	}
	day := uint16(now / secondsADay)
	m.Roll(p, day)
	c.BuyerWins = m.Flips(p, c)
	if c.BuyerWins {
		m.Convicted = day
		m.votes = append(m.votes, day)
		c.vote = len(m.votes)
	}
	c.BuyerWins = c.BuyerWins || p.Conviction && c.Day <= m.Convicted
	c.State, c.DecidedAt = Decided, now
	return nil
}

// Turn is an arbitrator's turning a decided case to the merchant. A vote that was turned convicts nobody any more: then the
// last one before it that stands does.
func (m *Merchant) Turn(c *Case) {
	c.BuyerWins = false
	if c.vote == 0 {
		return
	}
	m.votes[c.vote-1], c.vote = 0, 0
	n := len(m.votes)
	for n > 0 && m.votes[n-1] == 0 {
		n--
	}
	if m.votes, m.Convicted = m.votes[:n:n], 0; n > 0 {
		m.Convicted = m.votes[n-1]
	}
}

// GoodSide is what a case that is opened now will be compared with.
func (m *Merchant) GoodSide(p *Params) uint64 {
	if p.StakeVouches {
		return m.Good + m.Stake - m.Advanced
	}
	return m.Good
}

// Flips says whether a case would be won by the buyer if it were decided now. What the merchant lost or conceded since it was
// opened counts, so that nobody buys off some buyers to keep the money of the others.
func (m *Merchant) Flips(p *Params, c *Case) bool {
	cases, cards := uint32(m.Open)+uint32(m.Lost-c.LostAtOpen), uint32(m.Disputers)+uint32(m.Won-c.WonAtOpen)
	return cases >= uint32(p.MinimumCases) && cards >= uint32(p.MinimumCards) && Negative(c.GoodAtOpen, m.Bad, p.Ratio)
}

// Settle pays out a decided case when it cannot be appealed any more.
func (m *Merchant) Settle(p *Params, c *Case, now uint64) (Payout, error) {
	if c.State != Decided {
		return Payout{}, ErrState
	}
	if now < c.DecidedAt+uint64(p.AppealDays)*secondsADay+1 {
		return Payout{}, ErrTooEarly
	}
	return m.payOut(p, c, now, c.BuyerWins)
}

// Concede is the merchant's giving in: the buyer gets its money now, the challenger its stake.
func (m *Merchant) Concede(p *Params, c *Case, now uint64) (Payout, error) {
	if c.State != Opened && c.State != Decided {
		return Payout{}, ErrState
	}
	return m.payOut(p, c, now, true)
}

func (m *Merchant) payOut(p *Params, c *Case, now uint64, buyerWins bool) (out Payout, err error) {
	day := uint16(now / secondsADay)
	err = m.change(p, day, func() error {
		if buyerWins {
			out = m.lose(p, c)
		} else {
			m.Free += c.Stake
			m.putBack(p, c, day)
			weight := min(c.Held, p.PayerCap)
			if p.FadedRelease {
				weight = Fade(weight, Keep(p.Slope, uint64(day)-c.OpenedAt/secondsADay))
			}
			if p.counts(c) {
				m.Bad -= min(m.Bad, weight)
			}
		}
		m.Open--
		m.Held -= c.Held
		if c.Counted {
			m.settleDispute(c.Card, buyerWins)
		}
		c.State, c.Held, c.Stake = Settled, 0, 0
		return nil
	})
	return out, err
}

// lose is what a case that the buyer wins does to the merchant.
func (m *Merchant) lose(p *Params, c *Case) Payout {
	out := Payout{Buyer: c.Held, Challenger: c.Stake}
	if !c.ByOwner {
		reward := min(c.Held/10, m.Stake-m.Advanced)
		m.Stake -= reward
		out.Challenger += reward
	}
	out.Burned = min(c.Held*uint64(p.PenaltyBps)/10_000, m.Stake-m.Advanced)
	m.Stake -= out.Burned
	c.Refunded += c.Held
	m.Lost++
	m.Leverage = level
	return out
}
