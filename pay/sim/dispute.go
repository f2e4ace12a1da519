package sim

import "tapcard.example/pay/score"

// motive is who opened a case and why.
type motive uint8

const (
	victim     motive = iota // an owner who was overcharged
	friend                   // an owner who was not
	accomplice               // the attacker, as owner
	monitor                  // an honest challenger
	flooder                  // the attacker, as challenger
)

// dispute is a case, and what the court does not know.
type dispute struct {
	score.Case
	merchant uint16
	motive   motive
	fraud    bool
}

// now is the present day's time for the court.
func (t *town) now() uint64 { return uint64(t.day) * 86_400 }

// due settles, decides and opens what has waited for today.
func (t *town) due() {
	today := t.day % horizon
	for _, i := range t.settling[today] {
		t.settle(i)
	}
	for _, i := range t.deciding[today] {
		t.decide(i)
	}
	for _, p := range t.planned[today] {
		t.perform(p)
	}
	t.settling[today], t.deciding[today], t.planned[today] = t.settling[today][:0], t.deciding[today][:0], t.planned[today][:0]
}

// perform is an owner's disputing or proving what it had planned to.
func (t *town) perform(p plan) {
	s := t.sale(p.day, p.place)
	if s.marks&fraud == 0 {
		t.begin(p.day, p.place, friend)
		return
	}
	if s.marks&disputed == 0 {
		t.r.Disputed += int64(s.amount) * cent
	}
	if p.proof {
		t.prove(p, s)
		return
	}
	t.begin(p.day, p.place, victim)
}

// prove slashes a merchant whose signed offer differs from what was charged.
func (t *town) prove(p plan, s *sale) {
	if s.marks&disputed != 0 {
		return
	}
	s.marks |= disputed
	c := score.Case{Amount: uint64(s.amount) * cent, Card: s.card, Day: p.day}
	pay, err := t.merchants[s.merchant].Convict(t.p, &c, t.now())
	if err != nil {
		return
	}
	t.purses[s.card].balance += pay.Buyer
	t.r.Burned += int64(pay.Burned)
	t.r.Out += int64(pay.Burned + pay.Challenger)
	t.r.Back += int64(pay.Buyer)
	t.r.DisputedBack += int64(pay.Buyer)
}

// begin opens a case about a sale that has none.
func (t *town) begin(day uint16, place uint32, why motive) bool {
	s := t.sale(day, place)
	if s.marks&disputed != 0 {
		return false
	}
	c := dispute{merchant: s.merchant, motive: why, fraud: s.marks&fraud != 0}
	c.Case = score.Case{Amount: uint64(s.amount) * cent, Card: s.card, Day: day, ByOwner: why <= accomplice}
	if t.merchants[s.merchant].OpenCase(t.p, &c.Case, t.now(), t.day >= t.born[s.card]+30) != nil {
		return false
	}
	s.marks |= disputed
	t.r.Cases++
	t.r.In += int64(c.Stake)
	t.earn(why, -int64(c.Stake))
	i := t.keep(c)
	when := (uint32(t.day) + uint32(t.p.DecisionDays)) % horizon
	t.deciding[when] = append(t.deciding[when], i)
	return true
}

// keep finds a place for a case.
func (t *town) keep(c dispute) int32 {
	if n := len(t.spare); n > 0 {
		i := t.spare[n-1]
		t.spare = t.spare[:n-1]
		t.cases[i] = c
		return i
	}
	t.cases = append(t.cases, c)
	return int32(len(t.cases) - 1)
}

// earn books what somebody gains by a case.
func (t *town) earn(why motive, amount int64) {
	switch why {
	case friend:
		t.r.FriendlyProfit += amount
	case accomplice, flooder:
		t.attacker.cash += amount
	case monitor:
		t.r.ChallengerGains += amount
	}
}

// decide decides a case; an honest merchant who loses may win its appeal.
func (t *town) decide(i int32) {
	c := &t.cases[i]
	s := &t.shops[c.merchant]
	if err := t.merchants[c.merchant].Decide(t.p, &c.Case, t.now()); err != nil {
		panic(err) // it was opened that many days ago
	}
	if c.BuyerWins && s.honest {
		t.flipped(s)
		if t.w.Overturned > 0 && t.rng.chance(threshold(t.w.Overturned)) {
			t.merchants[c.merchant].Turn(&c.Case)
		}
	}
	when := (uint32(t.day) + uint32(t.p.AppealDays) + 1) % horizon
	t.settling[when] = append(t.settling[when], i)
}

// flipped counts an honest merchant's month in which a case went against it.
func (t *town) flipped(s *shop) {
	month := int(t.day-firstDay) / 30
	if s.flipped == month {
		return
	}
	s.flipped = month
	if k := t.w.Attack.Kind; k == Sybil || k == Flood {
		t.r.Attacked++
	} else {
		t.r.Flipped++
	}
}

// settle pays a case out.
func (t *town) settle(i int32) {
	c := &t.cases[i]
	was := c.Case
	pay, err := t.merchants[c.merchant].Settle(t.p, &c.Case, t.now())
	if err != nil {
		panic(err) // it was decided that many days ago
	}
	t.spare = append(t.spare, i)
	t.purses[c.Card].balance += pay.Buyer
	t.r.Burned += int64(pay.Burned)
	t.r.Out += int64(pay.Burned + pay.Challenger)
	t.earn(c.motive, int64(pay.Challenger))
	honest := t.shops[c.merchant].honest
	if !was.BuyerWins {
		if honest {
			t.r.HonestWon += int64(was.Stake)
		}
		return
	}
	if c.motive == friend {
		t.r.FriendlyProfit += int64(was.Held)
	}
	if honest {
		t.r.HonestLost += int64(pay.Buyer + pay.Burned + pay.Challenger - was.Stake)
	}
	if c.motive == victim {
		t.r.DisputedBack += int64(pay.Buyer)
	}
	if c.fraud {
		t.r.Back += int64(pay.Buyer)
	}
}
