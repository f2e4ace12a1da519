package score

import "errors"

// What the vault refuses here.
var (
	ErrRoom      = errors.New("more than the merchant may take today")
	ErrNotFree   = errors.New("more than is free of the stake, or a case is open")
	ErrNeeded    = errors.New("the stake answers for payments or cases, or the merchant is not closing")
	ErrWindow    = errors.New("the payment's day cannot be disputed any more")
	ErrHeld      = errors.New("nothing is left of the payment's money to hold")
	ErrState     = errors.New("the case is not in that state")
	ErrTooEarly  = errors.New("too early")
	errUnderflow = errors.New("more than there is")
)

// change rolls to the day, does what f does, and stores; when f refuses, nothing has happened.
func (m *Merchant) change(p *Params, day uint16, f func() error) error {
	was := *m
	m.Roll(p, day)
	if err := f(); err != nil {
		*m = was
		return err
	}
	m.store(p)
	return nil
}

// Pay takes a payment on a day, if the room suffices. [Merchant.Take] after [Merchant.Roll] is the same, faster.
func (m *Merchant) Pay(p *Params, day uint16, amount, mark uint64) error {
	was := *m
	m.Roll(p, day)
	if amount > m.Room {
		*m = was
		return ErrRoom
	}
	m.Take(amount, mark)
	return nil
}

// AddStake adds to the stake; the room grows at once.
func (m *Merchant) AddStake(p *Params, day uint16, amount uint64) error {
	return m.change(p, day, func() error { m.Stake += amount; return nil })
}

// Close makes the merchant take no more payments.
func (m *Merchant) Close(p *Params, day uint16) error {
	return m.change(p, day, func() error { m.Flags |= Closing; return nil })
}

// Claim takes out what is free, less what was advanced. Of what it returns the fee is burned.
func (m *Merchant) Claim(p *Params, day uint16) (out, fee uint64) {
	_ = m.change(p, day, func() error {
		m.sweep(p, day)
		back := min(m.Free, m.Advanced)
		m.Advanced -= back
		out = m.Free - back
		m.Free = 0
		return nil
	})
	return out, p.fee(out)
}

// Advance pays out before the money is free, at most what lies there and at most the stake, with what is advanced already. It
// returns the fee, which is burned out of amount.
func (m *Merchant) Advance(p *Params, day uint16, amount uint64) (fee uint64, err error) {
	err = m.change(p, day, func() error {
		if amount == 0 || amount > m.Advanceable(p) {
			return ErrNotFree
		}
		m.Advanced += amount
		return nil
	})
	return p.fee(amount), err
}

// Advanceable is the most that [Merchant.Advance] gives on the present day. Cases, lost ones as well until they fade, are in
// the way once they weigh a quarter of what loses them, against the trade alone: the stake is what is lent.
func (m *Merchant) Advanceable(p *Params) uint64 {
	if m.Flags&Closing != 0 || Negative(m.Good, m.Bad, p.Ratio/4) {
		return 0
	}
	most := min(m.Stake, m.Unmatured+m.Free)
	return most - min(most, m.Advanced)
}

// Withdraw gives a closing merchant its stake back when nothing is unmatured and no case is open. Of out, fee is burned.
func (m *Merchant) Withdraw(p *Params, day uint16) (out, fee uint64, err error) {
	err = m.change(p, day, func() error {
		m.sweep(p, day)
		idle := m.Unmatured == 0 && m.Open == 0 && m.Room == m.RoomAtStart
		if m.Flags&Closing == 0 || !idle {
			return ErrNeeded
		}
		out = m.Stake + m.Free - m.Advanced
		if m.Free > m.Advanced {
			fee = p.fee(m.Free - m.Advanced)
		}
		m.Stake, m.Free, m.Advanced, m.Leverage = 0, 0, 0, 0
		return nil
	})
	return out, fee, err
}

// fee is what is burned of an amount that leaves.
func (p *Params) fee(amount uint64) uint64 { return amount * uint64(p.FeeBps) / 10_000 }
