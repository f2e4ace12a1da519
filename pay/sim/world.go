package sim

import "tapcard.example/pay/score"

// Dollar is one unit of the token: amounts are in 1e-6.
const Dollar = 1_000_000

// firstDay is the day on which towns begin, in days since 1970; any would do.
const firstDay = 20_010

// Shops are honest merchants of one size.
type Shops struct {
	Count  int     `json:"count"`  // in a town
	Ticket float64 `json:"ticket"` // mean payment, in dollars
	PerDay float64 `json:"per_day"`
}

// World is everything that a simulation depends on. Probabilities are from 0 to 1.
type World struct {
	Params score.Params `json:"params"`
	Seed   uint64       `json:"seed"`
	Towns  int          `json:"towns"`
	Days   int          `json:"days"`  // before the tail in which everything is settled
	Cards  int          `json:"cards"` // in a town, seasoned from the beginning
	Shops  []Shops      `json:"shops"`

	Notice     float64 `json:"notice"`   // that an owner notices an overcharged payment
	Dispute    float64 `json:"dispute"`  // that one who noticed disputes it
	Friendly   float64 `json:"friendly"` // that an owner disputes an honest payment
	Evidence   float64 `json:"evidence"` // that one who noticed holds a signed offer that differs
	Challenger bool    `json:"challenger"`
	Overturned float64 `json:"overturned"` // that an honest merchant's lost case is won by appeal

	Attack Attack `json:"attack"`
}

// Attack is one attacker's plan.
type Attack struct {
	Kind     Kind    `json:"kind"`
	Budget   float64 `json:"budget"`    // in least stakes
	Fraction float64 `json:"fraction"`  // of its sales that are overcharged
	Factor   float64 `json:"factor"`    // paid over fair; 0 = nothing was given for it
	Wash     float64 `json:"wash"`      // of the budget that trades with itself
	Build    int     `json:"build"`     // honest days before it begins
	Last     int     `json:"last"`      // days that it cheats; 0 = to the end
	Careful  bool    `json:"careful"`   // cheats only while its score is far from the ratio
	CardCost float64 `json:"card_cost"` // dollars for each of its own cards: gas, and the three purchases that season it
}

// Kind is what an attacker does.
type Kind uint8

// The kinds of attackers.
const (
	Nobody     Kind = iota
	Overcharge      // a shop that overcharges some of its sales, and trades with itself if Wash says so
	ExitScam        // builds leverage, then overcharges everything, takes advances and leaves
	Whitewash       // leaves with its stake when cases come, and registers again
	Sybil           // buys at honest shops with many cards of its own and disputes everything
	Flood           // challenges what strangers paid at honest shops, for the reward
)

// String names the kind.
func (k Kind) String() string {
	return [...]string{"nobody", "overcharge", "exit scam", "whitewash", "sybil disputes", "challenge flood"}[k]
}

// HighStreet is a town's usual shops: turnovers of 60, 450, 2,500 and 12,000 dollars a day.
func HighStreet() []Shops {
	return []Shops{{Count: 12, Ticket: 10, PerDay: 6}, {Count: 8, Ticket: 15, PerDay: 30}, {Count: 3, Ticket: 25, PerDay: 100},
		{Count: 1, Ticket: 30, PerDay: 400}}
}

// Honest is a world without an attacker, for the rate of false flips.
func Honest(p score.Params, seed uint64, towns int) World {
	return World{Params: p, Seed: seed, Towns: towns, Days: 180, Cards: 1200, Shops: HighStreet(), Notice: 0.6, Dispute: 0.7,
		Friendly: 0.002, Challenger: true}
}

// Attacked is a small town with an attacker.
func Attacked(p score.Params, a Attack, seed uint64, towns int) World {
	w := Honest(p, seed, towns)
	w.Days, w.Cards, w.Attack = 120, 400, a
	w.Shops = []Shops{{Count: 2, Ticket: 10, PerDay: 6}, {Count: 1, Ticket: 15, PerDay: 30}}
	return w
}

// tail is how many days after the last are needed for everything to be settled and taken out.
func (w *World) tail() int {
	p := &w.Params
	return int(p.WindowDays) + 2*(int(p.DecisionDays)+int(p.AppealDays)) + 12
}

// budget in 1e-6 token.
func (w *World) budget() uint64 {
	return uint64(w.Attack.Budget * float64(w.Params.LeastStake))
}

// stakeFor is what an honest shop puts down so that its turnover fits at full leverage, with a third to spare.
func stakeFor(p *score.Params, turnover float64) uint64 {
	days := float64(p.WindowDays) + 2
	need := turnover * days * 4 / 3 * 16 / float64(max(p.MaxLeverage, 16))
	return max(p.LeastStake, uint64(need)*Dollar)
}
