package score_test

import (
	"fmt"
	"math"
	"testing"

	"tapcard.example/pay/score"
)

var params = score.Params{WindowDays: 20, DecisionDays: 10, AppealDays: 3, Ratio: 500, MinimumCases: 3, MinimumCards: 2,
	CaseStake: 5e6, LeastStake: 500e6, PayerCap: 200e6, Multiple: 4, MaxLeverage: 48, LeverageStep: 1,
	Slope: score.HalfLife(10), FeeBps: 20, SlashBps: 2500}

const day0 = 20_000

func at(day uint64) uint64 { return day * 86_400 }

func TestWeightsFadeByHalfEveryHalfLife(t *testing.T) {
	for _, half := range []uint32{1, 2, 4, 16} {
		if got := score.Keep(score.HalfLife(half), uint64(half)); half != 1 && got != score.One/2 {
			t.Errorf("half-life %d: %d", half, got)
		}
	}
	for n := range uint64(400) {
		want := math.Exp2(-float64(n) / 10)
		if got := float64(score.Keep(score.HalfLife(10), n)) / score.One; math.Abs(got-want) > 0.0002*want+1e-9 {
			t.Errorf("after %d days %v, not %v", n, got, want)
		}
	}
}

func TestProductsAboveSixtyFourBitsAreCompared(t *testing.T) {
	top := uint64(1<<56 - 1)
	if score.Negative(top, top/20, 500) || !score.Negative(top, top/20+1, 500) {
		t.Error("the bound is not at a twentieth")
	}
	if got := score.Weight(7, 48, math.MaxUint64); got != 7 {
		t.Errorf("weight %d of 7 under no cap", got)
	}
}

// flip is a merchant with a month of 100 a day behind it, three disputes of an afternoon, and their outcome.
func flip(p *score.Params, byOwner bool, eachAmount uint64) (m score.Merchant, wins bool, pay score.Payout) {
	m = score.Register(p, 2000e6, day0)
	day := uint16(day0)
	for ; day < day0+30; day++ {
		for card := range uint64(3) {
			m.Roll(p, day)
			m.Take(eachAmount, score.Mark(card))
		}
	}
	cases := make([]score.Case, 3)
	for i := range cases {
		cases[i] = score.Case{Amount: eachAmount, Card: uint32(i), Day: day - 1, ByOwner: byOwner}
		if err := m.OpenCase(p, &cases[i], at(uint64(day)), true); err != nil {
			panic(err)
		}
	}
	for i := range cases {
		if err := m.Decide(p, &cases[i], at(uint64(day)+10)); err != nil {
			panic(err)
		}
	}
	pay, err := m.Settle(p, &cases[0], at(uint64(day)+14))
	if err != nil {
		panic(err)
	}
	return m, cases[0].BuyerWins, pay
}

func TestThePenaltyIsBurnedFromTheStakeOnlyWhenItIsSet(t *testing.T) {
	p := params
	p.Ratio = 1
	m, wins, pay := flip(&p, true, 30e6)
	if !wins || pay.Burned != 0 || m.Stake != 2000e6 {
		t.Errorf("today's contract burns %d", pay.Burned)
	}
	p.PenaltyBps = 15_000
	if m, _, pay = flip(&p, true, 30e6); pay.Burned != 45e6 || m.Stake != 1955e6 {
		t.Errorf("burned %d, stake %d", pay.Burned, m.Stake)
	}
}

func TestAChallengerAloneFlipsAMerchantUnlessOnlyOwnersCount(t *testing.T) {
	p := params
	p.Ratio = 100
	if _, wins, pay := flip(&p, false, 30e6); !wins || pay.Challenger != 5e6+3e6 {
		t.Errorf("today's contract: %v, %d", wins, pay.Challenger)
	}
	p.OwnersCount = true
	if _, wins, _ := flip(&p, false, 30e6); wins {
		t.Error("a challenger's cases counted")
	}
}

// Three cases are opened; when the merchant wins the first one, today's contract takes its whole weight although it has
// faded, and so part of the others'.
func TestAWonCaseTakesTheWeightOfOthersUnlessItIsFaded(t *testing.T) {
	p := params
	p.Ratio = 10_000
	m, _, _ := flip(&p, true, 30e6)
	p.FadedRelease = true
	faded, _, _ := flip(&p, true, 30e6)
	if m.Bad >= faded.Bad*6/10 {
		t.Errorf("bad side %d, with faded release %d", m.Bad, faded.Bad)
	}
}

// The other customers of a convicted merchant need no quorum of their own, and those of a later day do.
func TestAConvictionDecidesWhatWasPaidBeforeIt(t *testing.T) {
	for _, on := range []bool{false, true} {
		p := params
		p.Ratio, p.Conviction = 1, on
		m, wins, _ := flip(&p, true, 30e6)
		if !wins || m.Convicted != day0+40 {
			t.Fatalf("convicted on day %d", m.Convicted)
		}
		p.MinimumCases = 99 // so that nothing but the conviction decides
		late := day0 + uint64(45)
		m.Roll(&p, uint16(late))
		m.Take(10e6, 1)
		cases := []score.Case{{Amount: 30e6, Day: day0 + 28}, {Amount: 10e6, Day: uint16(late)}}
		for i := range cases {
			if err := m.OpenCase(&p, &cases[i], at(late+1), false); err != nil {
				t.Fatal(err)
			}
		}
		for i := range cases {
			c := &cases[i]
			if err := m.Decide(&p, c, at(late+11)); err != nil {
				t.Fatal(err)
			}
			if c.BuyerWins != (on && c.Day < m.Convicted) {
				t.Errorf("rule %v, payment of day %d: %v", on, c.Day, c.BuyerWins)
			}
		}
	}
}

func TestTheStakeVouchesForANewMerchant(t *testing.T) {
	p := params
	m := score.Register(&p, 1000e6, day0)
	m.Good, m.Advanced = 70, 100e6
	if got := m.GoodSide(&p); got != 70 {
		t.Errorf("today's contract compares with %d", got)
	}
	if p.StakeVouches = true; m.GoodSide(&p) != 900e6+70 {
		t.Errorf("good side %d", m.GoodSide(&p))
	}
}

// A large merchant always has an open case; it is good all the same.
func TestOneOpenCaseStopsTheGrowthOfLeverageUnlessTheScoreIsGood(t *testing.T) {
	for _, on := range []bool{false, true} {
		p := params
		p.GrowWhileGood = on
		m := score.Register(&p, 2000e6, day0)
		m.Take(1000e6, 1<<30-1)
		c := score.Case{Amount: 5e6, Day: day0, ByOwner: true}
		if err := m.OpenCase(&p, &c, at(day0+1), true); err != nil {
			t.Fatal(err)
		}
		was := m.Leverage
		m.Take(10e6, 1)
		m.Roll(&p, day0+2)
		if grew := m.Leverage > was; grew != on {
			t.Errorf("rule %v: leverage %d after %d", on, m.Leverage, was)
		}
	}
}

func TestProvenCheatingCostsAPartOfTheStakeAndMakesTheVictimWhole(t *testing.T) {
	p := params
	m := score.Register(&p, 1000e6, day0)
	m.Take(50e6, score.Mark(1))
	c := score.Case{Amount: 50e6, Day: day0}
	pay, err := m.Convict(&p, &c, at(day0+1))
	if err != nil || pay.Buyer != 50e6 || pay.Challenger != 25e6 || pay.Burned != 225e6 || m.Stake != 750e6 {
		t.Errorf("%+v, %v, stake %d", pay, err, m.Stake)
	}
	was := m
	if _, err := m.Convict(&p, &score.Case{Amount: 50e6, Day: day0 - 40}, at(day0+9)); err == nil || m.Words() != was.Words() {
		t.Error("a payment of an unknown day convicts, or the refusal changed something")
	}
}

// Three votes are lost on two days; the conviction falls from one to the one before as they are turned, in any order.
func TestAConvictionFallsWithTheVotesThatAreTurned(t *testing.T) {
	for _, order := range [][]int{{2, 1, 0}, {0, 1, 2}, {1, 2, 0}} {
		p := params
		p.Conviction, p.MinimumCases, p.MinimumCards, p.Ratio = true, 1, 1, 1
		m := score.Register(&p, 2000e6, day0)
		c := make([]score.Case, 3)
		for i := range c {
			m.Take(50e6, score.Mark(uint64(i)))
		}
		days := []uint64{day0 + 11, day0 + 12, day0 + 12}
		for i := range c {
			c[i] = score.Case{Amount: 50e6, Card: uint32(i), Day: day0, ByOwner: true}
			if err := m.OpenCase(&p, &c[i], at(day0+1), true); err != nil {
				t.Fatal(err)
			}
		}
		for i := range c {
			if err := m.Decide(&p, &c[i], at(days[i])); err != nil || !c[i].BuyerWins {
				t.Fatal(i, err)
			}
		}
		stands := map[int]bool{0: true, 1: true, 2: true}
		for _, i := range order {
			m.Turn(&c[i])
			m.Turn(&c[i]) // nothing happens
			delete(stands, i)
			want := uint64(0)
			for k := range stands {
				want = max(want, days[k])
			}
			if uint64(m.Convicted) != want || c[i].BuyerWins {
				t.Errorf("order %v, after %d: day %d, want %d", order, i, m.Convicted, want)
			}
		}
	}
}

// A merchant takes three payments of 100 on a day; two of them are disputed.
func Example() {
	p := params
	m := score.Register(&p, 500e6, day0)
	for card := range uint64(3) {
		m.Take(100e6, score.Mark(card))
	}
	var c score.Case
	for card := range uint32(2) {
		c = score.Case{Amount: 100e6, Card: card, Day: day0, ByOwner: true}
		if err := m.OpenCase(&p, &c, at(day0+1), true); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(m.Open, m.Unmatured, m.Room, score.Negative(m.Good, m.Bad, p.Ratio), m.Flips(&p, &c))
	// Output: 2 100000000 231250000 true false
}
