package sim

import "tapcard.example/pay/score"

const (
	seasoning = 31  // days until the attacker's own cards count
	margin    = 1.3 // an attacker disputes this much more than it needs
)

// needed is how much weight an attacker must dispute today, so that enough of it is left when the cases are decided.
func (t *town) needed(m *score.Merchant) float64 {
	keep := float64(score.Keep(t.p.Slope, uint64(t.p.DecisionDays))) / score.One
	return margin * (float64(m.GoodSide(t.p))*float64(t.p.Ratio)/10_000 - float64(m.Bad)) / max(keep, 0.001)
}

// buyAndDispute buys at the honest shop that is the cheapest to flip, and disputes all of it the next day. When that has
// been settled it does it again, at the same place or another one.
func (t *town) buyAndDispute(age int) {
	a := &t.attacker
	if len(a.targets) > 0 {
		t.disputeTargets()
		return
	}
	round := int(t.p.DecisionDays) + int(t.p.AppealDays) + 3
	if age < seasoning || (age-seasoning)%round != 0 || age+round > t.w.Days {
		return
	}
	t.collectCards()
	i, ok := t.cheapest()
	if !ok {
		return
	}
	each := min(t.p.PayerCap, 100*Dollar)
	for n := uint32(0); a.cash >= int64(each+t.p.CaseStake)-int64(n)*int64(each); n++ {
		// The goods of n purchases are in its cash but bind its money until they are sold.
		if int64(n+1)*int64(each+t.p.CaseStake) > a.cash || !t.buy(a.own+n%a.cards, i, each/cent, sybil) {
			break
		}
		a.targets = append(a.targets, target{t.day, uint32(len(t.sales[t.day%uint16(len(t.sales))]) - 1)})
	}
}

// disputeTargets opens the cases about yesterday's purchases.
func (t *town) disputeTargets() {
	for _, x := range t.attacker.targets {
		t.begin(x.day, x.place, accomplice)
	}
	t.attacker.targets = t.attacker.targets[:0]
}

// collectCards takes back what refunds left on the attacker's cards.
func (t *town) collectCards() {
	a := &t.attacker
	for c := range a.cards {
		w := &t.purses[a.own+c]
		a.cash += int64(w.balance)
		t.r.Out += int64(w.balance)
		w.balance = 0
	}
}

// cheapest is the honest shop that the attacker's money flips with the least weight.
func (t *town) cheapest() (shop uint16, ok bool) {
	each := float64(min(t.p.PayerCap, 100*Dollar))
	least := 0.0
	for i := range t.merchants {
		m := &t.merchants[i]
		if !t.shops[i].honest {
			continue
		}
		m.Roll(t.p, t.day)
		weight := max(t.needed(m), each*float64(max(t.p.MinimumCases, t.p.MinimumCards)))
		n := weight/each + 1
		fits := n*(each+float64(t.p.CaseStake)) <= float64(t.attacker.cash) && n*each <= float64(m.Room)
		if fits && (!ok || weight < least) {
			shop, least, ok = uint16(i), weight, true
		}
	}
	return shop, ok
}

// flood challenges what strangers paid, at each honest shop that the money suffices for, newest payments first, once in
// the time that a case takes.
func (t *town) flood(age int) {
	a := &t.attacker
	round := int(t.p.DecisionDays) + int(t.p.AppealDays) + 3
	if age < seasoning || (age-seasoning)%round != 0 || age+round > t.w.Days {
		return
	}
	for i := range t.merchants {
		if t.shops[i].honest && a.cash >= int64(t.p.CaseStake) {
			t.floodShop(uint16(i))
		}
	}
}

func (t *town) floodShop(i uint16) {
	m := &t.merchants[i]
	m.Roll(t.p, t.day)
	want := t.needed(m)
	for back := uint16(1); back <= uint16(t.p.WindowDays); back++ {
		for place, s := range t.sales[(t.day-back)%uint16(len(t.sales))] {
			if s.merchant != i || uint64(s.amount)*cent < t.p.CaseStake {
				continue
			}
			if want <= 0 && m.Open >= t.p.MinimumCases || t.attacker.cash < int64(t.p.CaseStake) {
				return
			}
			if t.begin(t.day-back, uint32(place), flooder) {
				want -= float64(min(uint64(s.amount)*cent, t.p.PayerCap))
			}
		}
	}
}
