package sim

import "tapcard.example/pay/score"

// challenge is the honest monitor's day: where the score is negative already, it disputes what else the merchant took
// within the window, for the reward of a tenth, as long as there is stake to pay it from. It cannot tell fraud from
// honest sales, and it disputes only what earns it something against the chance of losing.
func (t *town) challenge() {
	for i := range t.merchants {
		m := &t.merchants[i]
		convicted := t.p.Conviction && m.Convicted+uint16(t.p.WindowDays) > t.day
		if !convicted && (m.Open < t.p.MinimumCases || m.Disputers < t.p.MinimumCards) {
			continue
		}
		m.Roll(t.p, t.day)
		if convicted || score.Negative(m.GoodSide(t.p), m.Bad, t.p.Ratio) {
			t.hunt(uint16(i), m.Stake-m.Advanced, convicted)
		}
	}
}

// hunt disputes a merchant's sales, newest first, until the rewards would use up stake.
func (t *town) hunt(i uint16, stake uint64, convicted bool) {
	for c := range t.cases {
		if d := &t.cases[c]; d.merchant == i && d.motive >= monitor {
			stake -= min(stake, d.Held/10) // of cases that are not settled; a settled one holds nothing
		}
	}
	for back := uint16(1); back <= uint16(t.p.WindowDays); back++ {
		day := t.day - back
		if day < firstDay {
			return
		}
		if convicted && day > t.merchants[i].Convicted {
			continue // what it sold after its conviction needs another one
		}
		for place, s := range t.sales[day%uint16(len(t.sales))] {
			reward := uint64(s.amount) * cent / 10
			if s.merchant != i || s.marks&disputed != 0 || uint64(s.amount)*cent < t.p.CaseStake {
				continue
			}
			if reward > stake {
				return
			}
			if t.begin(day, uint32(place), monitor) {
				stake -= reward
			}
		}
	}
}
