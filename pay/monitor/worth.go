package monitor

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/score"
	"tapcard.example/pay/vault"
)

// Terms say when a challenge is worth it.
type Terms struct {
	Gas   uint64 // of one case from its opening to the reward
	Ether uint64 // what one ether costs, in 1e-6 token
	Cases int    // open at once against one merchant
	Least int64  // expected gain below which nothing is filed, in 1e-6 token
}

// DefaultTerms count a case's gas as measured on a local node, rounded up, and ether as dear.
var DefaultTerms = Terms{Gas: 600_000, Ether: 5_000e6, Cases: 3, Least: 100_000}

// surest is the highest chance, in 1/10,000: an arbitrator may see it otherwise.
const surest = 9_500

// Challenge is a payment that is worth disputing.
type Challenge struct {
	Leaf     common.Hash
	Merchant common.Address
	Amount   uint64
	Reward   uint64 // when it is won
	Chance   uint64 // in 1/10,000
	Gain     int64  // expected, with stake and gas
	day      uint64
	card     common.Address
	counts   bool // a seasoned card's
}

// worth picks the payments of a merchant that are worth a challenge by me: none, unless buyers themselves complained as
// much as the court wants, and the court would decide for them.
//
// A challenger's case weighs as much as a buyer's, so somebody could win with challenges only. This monitor does not: it
// wants the cases of seasoned cards' owners, and adds to them.
func (m *Monitor) worth(ctx context.Context, merchant, me common.Address, s standing) ([]Challenge, error) {
	b := m.s.Recent[len(m.s.Recent)-1]
	lasting, ours := m.lasting(s, b.Time, me)
	if s.cards(lasting, true) < int(m.v.Params.MinimumCards) || !s.Registered {
		return nil, nil
	}
	gas, err := m.gas(ctx)
	if err != nil {
		return nil, err
	}
	candidates, err := m.candidates(ctx, merchant, me, s)
	if err != nil {
		return nil, err
	}
	for n := 1; n <= min(len(candidates), m.Terms.Cases-ours); n++ {
		picked := slices.Clone(candidates[:n])
		if m.weigh(picked, s, lasting, gas) {
			return m.more(picked, candidates[n:], s, lasting, gas, m.Terms.Cases-ours), nil
		}
	}
	return nil, nil
}

// more adds to a choice that wins what still pays.
func (m *Monitor) more(picked, rest []Challenge, s standing, lasting []openCase, gas int64, room int) []Challenge {
	for _, c := range rest {
		larger := append(slices.Clone(picked), c)
		if len(picked) >= room || !m.weigh(larger, s, lasting, gas) {
			break
		}
		picked = larger
	}
	return picked
}

// lasting are the cases that will still be open when one that is opened now is decided, and how many open ones are mine. The
// court counts those, and what the merchant lost or gave in to meanwhile, on which nobody can reckon.
func (m *Monitor) lasting(s standing, now uint64, me common.Address) (out []openCase, ours int) {
	p := m.v.Params
	then := now + uint64(p.DecisionDays)*secondsADay
	for _, c := range s.open {
		if c.Challenger == me {
			ours++
		}
		var until uint64
		switch vault.CaseState(c.State) {
		case vault.CaseOpen:
			until = c.Opened.Uint64() + (uint64(p.DecisionDays)+uint64(p.AppealDays))*secondsADay
		case vault.CaseDecided:
			until = c.Decided.Uint64() + uint64(p.AppealDays)*secondsADay
		default: // an arbitrator may rule at any time
		}
		if until >= then {
			out = append(out, c)
		}
	}
	return out, ours
}

// weigh computes what each of the challenges brings when all of them are filed, and says whether they win and pay.
func (m *Monitor) weigh(picked []Challenge, s standing, open []openCase, gas int64) bool {
	p := m.v.Params
	bad, stake, cards := s.bad, s.Stake-min(s.Stake, s.Advanced), map[common.Address]bool{}
	for _, c := range s.open {
		if !c.ByOwner {
			stake -= min(stake, c.Held.Uint64()/10) // promised to challengers before us
		}
	}
	for _, c := range open {
		if c.Counted {
			cards[c.Card] = true
		}
	}
	bad = leastAfter(p, min(bad, most), p.DecisionDays)
	many := len(open)+len(picked) >= int(p.MinimumCases) && len(cards) >= int(p.MinimumCards)
	sure := !slices.ContainsFunc(picked, func(c Challenge) bool { return c.day > uint64(s.convicted) })
	if !sure && (!many || !score.Negative(s.good, bad, p.Ratio)) { // what a challenger adds does not weigh
		return false
	}
	likely := uint64(surest)
	if !sure {
		likely = chance(s.good, bad, p.Ratio)
	}
	for i := range picked {
		c := &picked[i]
		c.Reward, c.Chance = min(c.Amount/10, stake), likely
		stake -= c.Reward
		c.Gain = (int64(c.Reward*likely)-int64(p.CaseStake*(10_000-likely)))/10_000 - gas
		if c.Gain < m.Terms.Least {
			return false
		}
	}
	return true
}

// chance is a rule of thumb for a score that is negative: even at the line, half of that doubt at twice the line, and so on.
func chance(good, bad uint64, ratio uint16) uint64 {
	line := new(big.Int).Mul(new(big.Int).SetUint64(good), big.NewInt(int64(ratio)))
	weight := new(big.Int).Mul(new(big.Int).SetUint64(bad), big.NewInt(10_000))
	doubt := line.Mul(line, big.NewInt(5_000)).Div(line, weight).Uint64()
	return min(10_000-doubt, surest)
}

// candidates are the payments that can be disputed, the largest first.
func (m *Monitor) candidates(ctx context.Context, merchant, me common.Address, s standing) ([]Challenge, error) {
	at, now := m.newest()
	window := uint64(m.v.Params.WindowDays)
	if uint64(uint16(now)-s.Day) > window {
		return nil, nil // everything is free
	}
	var out []Challenge
	for _, number := range sorted(m.s.Days[merchant]) {
		d := m.s.Days[merchant][number]
		if d.Checked == 0 || number >= now || number+window < now || uint16(number) <= s.MaturedUpTo {
			continue
		}
		left := m.total(merchant, number, d).taken
		if s.Day != uint16(number) {
			c, err := m.v.RingAt(ctx, merchant, number, at)
			if err != nil {
				return nil, err
			}
			left = c.Amount
		}
		for _, l := range d.Links {
			for _, p := range l.Payments {
				if _, disputed := m.s.Cases[p.Leaf]; !disputed && !p.pull() && p.Amount <= left {
					out = append(out, Challenge{Leaf: p.Leaf, Merchant: merchant, Amount: p.Amount, day: number, card: p.Card})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Challenge) int { return cmp.Compare(b.Amount, a.Amount) })
	return m.allowed(ctx, out, me)
}

// allowed keeps the first payments that are not mine and not given back: an owner gets no reward for its own.
func (m *Monitor) allowed(ctx context.Context, all []Challenge, me common.Address) ([]Challenge, error) {
	at, _ := m.newest()
	var out []Challenge
	for _, c := range all {
		if len(out) >= m.Terms.Cases {
			break
		}
		seasoned, owner, err := m.v.Seasoned(ctx, c.card, at)
		if err != nil {
			return nil, err
		}
		given, err := m.v.CaseOf(ctx, c.Leaf, at)
		if err != nil {
			return nil, err
		}
		if c.counts = seasoned; owner != me && given.State == 0 && given.Refunded.Sign() == 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// gas is what the transactions of a case cost now, in 1e-6 token.
func (m *Monitor) gas(ctx context.Context) (int64, error) {
	price, err := m.v.Node().SuggestGasPrice(ctx)
	if err != nil {
		return 0, err
	}
	cost := new(big.Int).Mul(price, new(big.Int).SetUint64(m.Terms.Gas))
	cost.Mul(cost, new(big.Int).SetUint64(m.Terms.Ether)).Div(cost, big.NewInt(1e18))
	if !cost.IsInt64() {
		return 0, fmt.Errorf("gas costs %v wei, which is no price", price)
	}
	return cost.Int64(), nil
}

// why says it to a person.
func (c Challenge) why(stake uint64) string {
	date := time.Unix(int64(c.day*secondsADay), 0).UTC().Format(time.DateOnly)
	why := fmt.Sprintf("its payment of %s by card %s on %s is worth a challenge: stake %s, reward %s, chance %d percent, "+
		"expected gain %s", tokens(c.Amount), c.card, date, tokens(stake), tokens(c.Reward), c.Chance/100, signedTokens(c.Gain))
	return why
}
