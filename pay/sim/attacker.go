package sim

import "tapcard.example/pay/score"

// closed is the shop of an attacker who has none.
const closed = 0xffff

// attacker is one attacker's state. Its cash begins with the budget and may run below zero: it does not fail for want of
// change, which is in its favour.
type attacker struct {
	cash     int64
	fraction uint64 // of sales overcharged today, as a threshold
	seat     uint16 // the place of its shop in the table of demand
	shop     uint16 // the merchant that is in it
	quiet    uint64 // customers it turns away, as a threshold
	own      uint32 // its first card
	cards    uint32
	targets  []target
	spent    bool // it will not attack again
}

// target is a purchase of the attacker's at an honest shop that it will dispute.
type target struct {
	day   uint16
	place uint32
}

const rogueTicket = 20 // dollars

// attackersDemand is how many customers a day its shop has: what its stake at full leverage allows.
func (w *World) attackersDemand() float64 {
	a := &w.Attack
	if a.Kind != Overcharge && a.Kind != ExitScam && a.Kind != Whitewash {
		return 0
	}
	room := float64(w.rogueStake()) / Dollar * float64(w.Params.MaxLeverage) / 16 / float64(w.Params.WindowDays+1)
	if a.Kind == ExitScam {
		return max(float64(w.rogueStake())/Dollar/rogueTicket, 1) // the room of one day, which it wants at the end
	}
	return max(room/(rogueTicket*(1+a.Fraction*(max(a.Factor, 1)-1))), 1)
}

// rogueStake is what an attacker puts down for one identity.
func (w *World) rogueStake() uint64 {
	share := 1 - w.Attack.Wash
	if w.Attack.Kind == Whitewash {
		share = 0.5
	}
	return max(w.Params.LeastStake, uint64(float64(w.budget())*share))
}

// arrive gives a town its attacker.
func (t *town) arrive() {
	a := &t.attacker
	a.seat, a.shop, a.own = uint16(len(t.shops)), closed, uint32(t.w.Cards)
	if t.w.Attack.Kind == Nobody {
		return
	}
	a.cash = int64(t.w.budget())
	t.r.Budget = a.cash
	switch {
	case t.w.Attack.Kind == Sybil:
		a.cards = max(uint32(t.p.MinimumCards), 1)
	case t.w.Attack.Wash > 0:
		a.cards = 10
	}
	for range a.cards {
		t.purses = append(t.purses, purse{perTx: 1 << 40, daily: 1 << 40, monthly: 1 << 40})
		t.born = append(t.born, firstDay)
		a.cash -= int64(t.w.Attack.CardCost * Dollar)
	}
}

// act is the attacker's day.
func (t *town) act() {
	a := &t.attacker
	age := int(t.day - firstDay)
	if t.w.Attack.Kind == Nobody {
		return
	}
	if t.inTail() {
		t.leave()
		return
	}
	switch t.w.Attack.Kind {
	case Overcharge:
		t.settleIn()
		t.washTrade()
	case ExitScam:
		t.settleIn()
		t.exit(age)
	case Whitewash:
		t.whitewash()
	case Sybil:
		t.buyAndDispute(age)
	case Flood:
		t.flood(age)
	}
	a.fraction = 0
	if age >= t.w.Attack.Build && !(t.w.Attack.Careful && t.watched()) {
		a.fraction = threshold(t.w.Attack.Fraction)
	}
}

// watched says that the shop's score is nearer than half to what would flip it.
func (t *town) watched() bool {
	if t.attacker.shop == closed {
		return true
	}
	m := &t.merchants[t.attacker.shop]
	return m.Open >= max(t.p.MinimumCases, 1)-1 && score.Negative(m.GoodSide(t.p), m.Bad, t.p.Ratio/2)
}

// settleIn registers a shop, once.
func (t *town) settleIn() {
	if a := &t.attacker; a.shop == closed && !a.spent {
		t.registerRogue()
		a.spent = true
	}
}

func (t *town) registerRogue() {
	stake := t.w.rogueStake()
	t.attacker.cash -= int64(stake)
	t.attacker.shop = uint16(t.register(stake, shop{ticket: rogueTicket * 100}))
}

// overcharge is what a customer pays, in cents, and what would be fair.
func (t *town) overcharge(cents uint64) (pays, fair uint64, marks uint16) {
	if t.w.Attack.Factor == 0 {
		return cents, 0, fraud
	}
	return uint64(float64(cents) * t.w.Attack.Factor), cents, fraud
}

// washTrade pays the attacker's own shop with its own cards, as much as comes back every day.
func (t *town) washTrade() {
	a := &t.attacker
	if a.cards == 0 || a.shop == closed {
		return
	}
	money := t.w.budget() - min(t.w.budget(), t.w.rogueStake())
	cents := money / cent / uint64(t.p.WindowDays+1) / uint64(a.cards)
	for c := range a.cards {
		if cents > 0 {
			t.buy(a.own+c, a.shop, cents, wash)
		}
	}
}

// buy pays with a card of the attacker's, which it fills first. It is false when the shop has no room.
func (t *town) buy(card uint32, shop uint16, cents uint64, mark uint16) bool {
	a, w := &t.attacker, &t.purses[card]
	if need := cents * cent; w.balance < need {
		a.cash -= int64(need - w.balance)
		t.r.In += int64(need - w.balance)
		w.balance = need
	}
	if !t.pay(card, shop, cents, t.slot+slotsADay/2, t.day/30) {
		return false
	}
	if mark == sybil {
		a.cash += int64(cents) * cent // the goods are worth what they cost
	}
	t.note(sale{amount: uint32(cents), fair: uint32(cents), card: card, merchant: shop, marks: mark}, 0)
	return true
}

// advance takes what the vault pays early, in the first minute of the day after the first cheating, before anybody can
// have opened a case.
func (t *town) advance() {
	a := &t.attacker
	if t.w.Attack.Kind != ExitScam || a.shop == closed || int(t.day-firstDay) <= t.w.Attack.Build {
		return
	}
	m := &t.merchants[a.shop]
	m.Roll(t.p, t.day)
	if most := m.Advanceable(t.p); most > 0 {
		if fee, err := m.Advance(t.p, t.day, most); err == nil {
			t.leaves(int(a.shop), most, fee)
		}
	}
}

// exit keeps the shop quiet until its leverage is built, and leaves when its days of cheating are over.
func (t *town) exit(age int) {
	a := &t.attacker
	build := t.w.Attack.Build
	if a.shop == closed {
		return
	}
	a.quiet = 0
	if age < build {
		a.quiet = threshold(0.95)
	}
	if age >= build+t.w.Attack.Last {
		m := &t.merchants[a.shop]
		_ = m.Close(t.p, t.day) // never refused
		a.shop = closed
	}
}

// whitewash closes a shop that has cases, takes out the stakes of closed ones as soon as it can, and opens another.
func (t *town) whitewash() {
	a := &t.attacker
	if a.shop != closed {
		if m := &t.merchants[a.shop]; m.Open >= t.p.MinimumCases || m.Lost > 0 {
			_ = m.Close(t.p, t.day) // never refused
			a.shop = closed
		}
	}
	t.withdraw()
	if a.shop == closed && a.cash >= int64(t.w.rogueStake()) {
		t.registerRogue()
	}
}

// withdraw takes the stakes out of closed shops of the attacker's that have nothing open.
func (t *town) withdraw() {
	for i := int(t.attacker.seat); i < len(t.merchants); i++ {
		m := &t.merchants[i]
		if m.Flags&score.Closing == 0 || m.Stake == 0 {
			continue
		}
		if out, fee, err := m.Withdraw(t.p, t.day); err == nil {
			t.leaves(i, out, fee)
		}
	}
}

// leave ends the attacker's business: it closes, and takes out what it may, and what is on its cards.
func (t *town) leave() {
	a := &t.attacker
	if a.shop != closed {
		_ = t.merchants[a.shop].Close(t.p, t.day) // never refused
		a.shop = closed
	}
	t.withdraw()
	t.collectCards()
	t.r.Profit = a.cash - t.r.Budget
}
