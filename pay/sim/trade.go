package sim

import "tapcard.example/pay/score"

// trade draws the day's payments. This is the hot loop: no allocation, two draws a payment.
func (t *town) trade() {
	month := t.day / 30
	cards := uint64(t.w.Cards)
	cheat := &t.attacker
	for range t.perDay {
		a, b := t.rng.next(), t.rng.next()
		card := uint32(a >> 32 * cards >> 32)
		i := t.demand[a&4095]
		if i == cheat.seat {
			if i = cheat.shop; i == closed || cheat.quiet > 0 && t.rng.chance(cheat.quiet) {
				continue
			}
		}
		cents := t.shops[i].ticket * uint64(ticket[b&1023]) >> 16
		fair, marks := cents, uint16(0)
		if i == cheat.shop && t.rng.chance(cheat.fraction) {
			cents, fair, marks = t.overcharge(cents)
		}
		slot := t.slot + uint32(opening[b>>10&1023])
		if !t.pay(card, i, max(cents, 1), slot, month) {
			continue
		}
		t.note(sale{amount: uint32(max(cents, 1)), fair: uint32(fair), card: card, merchant: i, marks: marks}, b>>32)
	}
}

// pay puts one payment through the vault's checks and counts it.
func (t *town) pay(card uint32, i uint16, cents uint64, slot uint32, month uint16) bool {
	m := &t.merchants[i]
	if m.Day != t.day {
		m.Roll(t.p, t.day)
	}
	amount := cents * cent
	w := &t.purses[card]
	why := w.charge(amount, slot, t.day, month, m.Room)
	t.r.Samples++
	t.r.Refused[why]++
	t.r.Hash += mix(uint64(card)<<32 ^ uint64(slot) ^ amount<<20 ^ uint64(i)<<8 ^ uint64(why)<<60 ^ uint64(t.rng))
	if why == paid {
		m.Take(amount, score.Mark(uint64(card)))
		t.r.Settled++
		return true
	}
	switch {
	case why == overBalance:
		t.fill(w)
	case why == noRoom && t.shops[i].honest:
		t.r.Short += int64(amount)
	}
	return false
}

// fill is an owner's topping up a purse that was found empty.
func (t *town) fill(w *purse) {
	t.r.In += int64(topUp - w.balance)
	w.balance = topUp
}

// note remembers a settled sale and whether somebody will dispute it; coin is 32 random bits.
func (t *town) note(s sale, coin uint64) {
	today := &t.sales[t.day%uint16(len(t.sales))]
	*today = append(*today, s)
	if s.marks == 0 {
		if t.shops[s.merchant].honest {
			t.r.Turnover += int64(s.amount) * cent
		} else {
			t.attacker.cash -= int64(s.fair) * cent // goods without a margin
		}
		if coin < t.friendly && !t.inTail() {
			t.plan(len(*today)-1, false)
		}
		return
	}
	if s.marks&fraud != 0 {
		t.robbed(s, len(*today)-1)
	}
}

// robbed decides what the owner of an overcharged card does about it.
func (t *town) robbed(s sale, place int) {
	t.r.Fraud += int64(s.amount) * cent
	t.r.Stolen += int64(s.amount-s.fair) * cent
	t.attacker.cash -= int64(s.fair) * cent // what was given for it
	if !t.rng.chance(threshold(t.w.Notice)) {
		return
	}
	if t.rng.chance(threshold(t.w.Evidence)) {
		t.plan(place, true)
	} else if t.rng.chance(threshold(t.w.Dispute)) {
		t.plan(place, false)
	}
}

// plan lets an owner act tomorrow or within a week, and within the window.
func (t *town) plan(place int, proof bool) {
	wait := 1 + t.rng.below(uint32(min(t.p.WindowDays, 7)))
	due := &t.planned[(uint32(t.day)+wait)%horizon]
	*due = append(*due, plan{day: t.day, place: uint32(place), proof: proof})
}

// sale is a sale of one of the last days.
func (t *town) sale(day uint16, place uint32) *sale {
	return &t.sales[day%uint16(len(t.sales))][place]
}
