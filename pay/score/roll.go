package score

// Roll closes the merchant's day and opens a later one, for a first payment or any other call on it. It does nothing when
// the day is open already. The cost does not grow with the days in between: entries that nobody touched stay in the ring.
func (m *Merchant) Roll(p *Params, day uint16) {
	if m.Day == day {
		return
	}
	amount := m.Taken()
	m.archive(amount)
	passed := uint64(day - m.Day)
	if passed > uint64(p.WindowDays) {
		m.Free += m.Unmatured
		m.Unmatured, m.Matured = 0, day-uint16(p.WindowDays)-1
	}
	m.judge(p, amount, passed)
	m.RoomAtStart = m.allowance(p)
	m.Room, m.Sketch, m.Links, m.Day, m.LastDay = m.RoomAtStart, 0, 0, day, day
}

// archive puts the closed day into its place of the ring; what was there is at least 32 days old.
func (m *Merchant) archive(amount uint64) {
	if m.Links == 0 {
		return
	}
	place := &m.Ring[m.Day%Places]
	if place.Day > m.Matured {
		m.Unmatured -= place.Amount
		m.Free += place.Amount
	}
	*place = Entry{Amount: amount, Day: m.Day, Links: m.Links}
	m.Unmatured += amount
}

// judge is the closed day's effect on score, mean and leverage.
func (m *Merchant) judge(p *Params, amount, passed uint64) {
	keep := Keep(p.Slope, passed)
	m.Good = min(Fade(m.Good+Weight(amount, m.Payers(), p.PayerCap), keep), top56)
	m.Bad = Fade(m.Bad, keep)
	m.Mean = min(Fade(m.Mean, keep)+Fade(amount, One-Keep(p.Slope, 1)), top48)
	if amount == 0 || !m.goodDay(p) {
		return
	}
	if m.GoodDays != 0xffff {
		m.GoodDays++
	}
	m.Leverage = uint8(min(uint16(m.Leverage)+uint16(p.LeverageStep), uint16(p.MaxLeverage)))
}

// goodDay says whether the closed day lets leverage grow.
func (m *Merchant) goodDay(p *Params) bool {
	return m.Open == 0 || p.GrowWhileGood && !Negative(m.GoodSide(p), m.Bad, p.Ratio/4)
}

// allowance is what the merchant may take on a day that starts now: stake times leverage less what is unmatured or held by
// cases, and no more than a multiple of its usual day, or the stake itself if that is more.
func (m *Merchant) allowance(p *Params) uint64 {
	if m.Flags&Closing != 0 {
		return 0
	}
	stake := m.Stake - m.Advanced
	most := stake * uint64(m.Leverage) >> 4
	bound := m.Unmatured + m.Held
	if most <= bound {
		return 0
	}
	usual := max(m.Mean*uint64(p.Multiple), stake)
	return min(most-bound, usual, top48)
}

// store is what every change of account or record ends with: the room that is left follows from both and from what was
// taken today.
func (m *Merchant) store(p *Params) {
	taken := m.Taken()
	all := m.allowance(p)
	m.Room = 0
	if all > taken {
		m.Room = all - taken
	}
	m.RoomAtStart = m.Room + taken
	m.Good, m.Bad = min(m.Good, top56), min(m.Bad, top56)
}

// sweep makes free what is older than the window.
func (m *Merchant) sweep(p *Params, day uint16) {
	upTo := day - uint16(p.WindowDays) - 1
	for _, e := range m.Ring {
		if e.Day > m.Matured && e.Day <= upTo {
			m.Unmatured -= e.Amount
			m.Free += e.Amount
		}
	}
	m.Matured = max(m.Matured, upTo)
}
