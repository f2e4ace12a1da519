package sim

import (
	"fmt"

	"tapcard.example/pay/score"
)

// Scale is how much of a world is played.
type Scale struct {
	Seed   uint64
	Honest int // towns without an attacker, of 24 shops and half a year each: 144 merchant-months
	Attack int // towns of each strategy and budget
}

// The names of the groups that every run has.
const (
	Chosen   = "chosen"
	Plain    = "without the rules of disputes"
	Proposal = "the first proposal's numbers"
	// WindowRatio is the group of the grid of both.
	WindowRatio = "window and ratio"
	// Skimming is the group of cheats that stay below the ratio; Budget 10, by share of sales and by evidence.
	Skimming = "skimming"
)

// Single is everything that is played at one point: the honest world, and each strategy with each budget. change, if not
// nil, changes assumptions.
func (s Scale) Single(group, label string, p score.Params, change func(*World)) (all []Case) {
	add := func(strategy string, w World) {
		if change != nil {
			change(&w)
		}
		all = append(all, Case{group, label, strategy, w})
	}
	add(HonestName, Honest(p, s.Seed, s.Honest))
	for _, x := range Strategies() {
		for _, b := range Budgets {
			x.Attack.Budget = b
			add(x.Name, Attacked(p, x.Attack, s.Seed, s.Attack))
		}
	}
	return all
}

// Main is the chosen point, the same values without the rules of disputes, the first proposal's numbers from within their
// ranges without those rules, and skimming.
func (s Scale) Main() []Case {
	p := score.Defaults()
	all := s.Single(Chosen, "", p, nil)
	all = append(all, s.Single(Plain, "", p.Plain(), nil)...)
	for _, x := range []struct {
		ratio uint16
		stake uint64
		days  uint8
	}{{1500, 5, 10}, {1500, 10, 30}, {2000, 5, 30}} {
		q := p.Plain()
		q.Ratio, q.CaseStake, q.WindowDays = x.ratio, x.stake*Dollar, x.days
		q.MinimumCases, q.MinimumCards = 1, 1
		label := fmt.Sprintf("%d %%, $%d, %d days", x.ratio/100, x.stake, x.days)
		all = append(all, s.Single(Proposal, label, q, nil)...)
	}
	return append(all, s.Skims()...)
}

// Skims is the frontier of what the ratio cannot see: a shop of ten least stakes that overcharges few of its customers by
// three, with and without buyers who hold a signed offer.
func (s Scale) Skims() (all []Case) {
	for _, evidence := range []float64{0, 0.02, 0.1, 0.3} {
		for _, f := range []float64{0.001, 0.0025, 0.005, 0.01, 0.02, 0.05} {
			w := Attacked(score.Defaults(), Attack{Kind: Overcharge, Budget: 10, Fraction: f, Factor: 3}, s.Seed, s.Attack)
			w.Evidence = evidence
			all = append(all, Case{Skimming, fmt.Sprintf("%g %%", f*100), fmt.Sprintf("evidence %g %%", evidence*100), w})
		}
	}
	return all
}

// axis is one parameter or assumption and the values that are tried with all others as chosen.
type axis struct {
	name   string
	values []float64
	set    func(*World, float64)
}

func axes() []axis {
	type W = *World
	return []axis{
		{"least stake, $", []float64{250, 500, 1000, 2000, 5000}, func(w W, v float64) { w.Params.LeastStake = uint64(v) * Dollar }},
		{"half-life, days", []float64{10, 15, 20, 30, 45}, func(w W, v float64) { w.Params.Slope = score.HalfLife(uint32(v)) }},
		{"minimum cases", []float64{3, 4, 5, 6, 8}, func(w W, v float64) {
			w.Params.MinimumCases, w.Params.MinimumCards = uint16(v), min(uint16(v), 3)
		}},
		{"leverage", []float64{1, 2, 3, 4, 6}, func(w W, v float64) { w.Params.MaxLeverage = uint8(v * 16) }},
		{"penalty, %", []float64{0, 50, 100, 200}, func(w W, v float64) { w.Params.PenaltyBps = uint16(v * 100) }},
		{"rule left out", []float64{0, 1, 2, 3, 4}, func(w W, v float64) {
			p := &w.Params
			*[...]*bool{&p.OwnersCount, &p.FadedRelease, &p.Conviction, &p.StakeVouches, &p.GrowWhileGood}[int(v)] = false
		}},
		{"victims who notice, %", []float64{30, 60, 90}, func(w W, v float64) { w.Notice = v / 100 }},
		{"victims with a signed offer, %", []float64{0, 5, 20, 50}, func(w W, v float64) { w.Evidence = v / 100 }},
		{"honest payments disputed, %", []float64{0.1, 0.2, 0.5, 0.7}, func(w W, v float64) { w.Friendly = v / 100 }},
		{"wrong decisions undone by appeal, %", []float64{0, 80, 90, 95}, func(w W, v float64) { w.Overturned = v / 100 }},
		{"challengers", []float64{0, 1}, func(w W, v float64) { w.Challenger = v == 1 }},
	}
}

// Rules names the values of the axis "rule left out".
var Rules = [...]string{"owners count", "faded release", "conviction", "stake vouches", "grow while good"}

// Grid is the sweep: window by ratio in full, and each other axis through the chosen point, with a fifth of the honest
// towns.
func (s Scale) Grid() (all []Case) {
	s.Honest = max(s.Honest/5, 1)
	for _, window := range []uint8{10, 20, 30} {
		for _, ratio := range []uint16{50, 75, 100, 150, 200, 300, 500, 1000, 1500, 2000} {
			p := score.Defaults()
			p.WindowDays, p.Ratio = window, ratio
			all = append(all, s.Single(WindowRatio, fmt.Sprintf("%d days, %g %%", window, float64(ratio)/100), p, nil)...)
		}
	}
	for _, a := range axes() {
		for _, v := range a.values {
			label := fmt.Sprint(v)
			if a.name == "rule left out" {
				label = Rules[int(v)]
			}
			all = append(all, s.Single(a.name, label, score.Defaults(), func(w *World) { a.set(w, v) })...)
		}
	}
	return all
}
