package monitor

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/score"
	"tapcard.example/pay/vault"
)

// What makes a pattern. None of them proves anything, so they are told to people and decide nothing.
const (
	manyPayments = 5  // of one card on one day
	fewPayments  = 3  // below them an amount is no pattern
	nearLimit    = 95 // percent of a purse's limit for one payment
	nearRoom     = 90 // percent of what a day can take
)

// patterns looks at the days that ended since it looked last.
func (m *Monitor) patterns(ctx context.Context) ([]Finding, error) {
	var found []Finding
	_, now := m.newest()
	for _, merchant := range sorted(m.s.Days) {
		for _, number := range sorted(m.s.Days[merchant]) {
			d := m.s.Days[merchant][number]
			if d.judged || d.Checked == 0 || number >= now {
				continue
			}
			whys, err := m.suspect(ctx, merchant, number, d)
			if err != nil {
				return nil, err
			}
			for _, why := range whys {
				found = append(found, Finding{Kind: "pattern", Merchant: merchant, Day: number, Why: why})
			}
			d.judged = true
		}
	}
	return found, nil
}

func (m *Monitor) suspect(ctx context.Context, merchant common.Address, number uint64, d *day) ([]string, error) {
	var whys []string
	times, all := map[common.Address]int{}, 0
	for _, l := range d.Links {
		for _, p := range l.Payments {
			times[p.Card]++
			all++
		}
	}
	for _, card := range sorted(times) {
		if n := times[card]; n >= manyPayments && 2*n >= all {
			whys = append(whys, fmt.Sprintf("on day %d card %s made %d of its %d payments", number, card, n, all))
		}
	}
	limits, err := m.atLimits(ctx, d, all)
	if err != nil {
		return nil, err
	}
	if limits != 0 {
		whys = append(whys, fmt.Sprintf("on day %d %d of its %d payments were within %d percent of what the card's owner allows",
			number, limits, all, 100-nearLimit))
	}
	burst, err := m.burst(ctx, merchant, number, d)
	if burst != "" {
		whys = append(whys, burst)
	}
	return whys, err
}

// atLimits counts the payments that are as large as their cards allow, when they are most of a day's.
func (m *Monitor) atLimits(ctx context.Context, d *day, all int) (int, error) {
	if all < fewPayments {
		return 0, nil
	}
	limits, n := map[common.Address]uint64{}, 0
	for _, l := range d.Links {
		for _, p := range l.Payments {
			if _, read := limits[p.Card]; !read {
				purse, err := m.v.Purse(ctx, p.Card)
				if err != nil {
					return 0, err
				}
				limits[p.Card] = purse.PerPayment
			}
			if limit := limits[p.Card]; p.Amount <= limit && p.Amount >= limit/100*nearLimit {
				n++
			}
		}
	}
	if n < fewPayments || 2*n < all {
		return 0, nil
	}
	return n, nil
}

// burst says when one day took nearly all that the contract's rules allow (Rolling.sol, _room).
func (m *Monitor) burst(ctx context.Context, merchant common.Address, number uint64, d *day) (string, error) {
	taken, others, before := m.total(merchant, number, d).taken, uint64(0), uint64(0)
	for n, other := range m.s.Days[merchant] {
		if n < number {
			others++
			before += m.total(merchant, n, other).taken
		}
	}
	w, err := m.v.Merchant(ctx, merchant)
	if err != nil {
		return "", err
	}
	room := w.Stake
	if others >= fewPayments {
		room = max(room, before/others*uint64(m.v.Params.Multiple))
	}
	if room == 0 || taken < room/100*nearRoom {
		return "", nil
	}
	return fmt.Sprintf("on day %d it took %s; on the %d days known before it took %s together, and its stake is %s",
		number, tokens(taken), others, tokens(before), tokens(w.Stake)), nil
}

// tokens writes an amount of 1e-6 token.
func tokens(amount uint64) string {
	return fmt.Sprintf("%d.%02d", amount/1_000_000, amount%1_000_000/10_000)
}

// signedTokens writes what may be a loss.
func signedTokens(amount int64) string {
	if amount < 0 {
		return "-" + tokens(uint64(-amount))
	}
	return tokens(uint64(amount))
}

// standing is how a merchant stands before the court.
type standing struct {
	vault.Merchant
	good, bad uint64 // as of today
	convicted uint16 // day of the last vote that it lost
	open      []openCase
}

// openCase is a case that is not settled.
type openCase struct {
	vault.Case
	leaf common.Hash
}

// stand reads how a merchant stands.
func (m *Monitor) stand(ctx context.Context, merchant common.Address) (standing, error) {
	at, now := m.newest()
	w, err := m.v.MerchantAt(ctx, merchant, at)
	if err != nil {
		return standing{}, err
	}
	s := standing{Merchant: w}
	s.good, s.bad = rolled(m.v.Params, w, now)
	s.good += w.Stake - min(w.Stake, w.Advanced) // it vouches, as in Court.open
	if _, _, s.convicted, err = m.v.Disputers(ctx, merchant, at); err != nil {
		return standing{}, err
	}
	for _, leaf := range sorted(m.s.Cases) {
		if c := m.s.Cases[leaf]; c.Merchant != merchant || c.Settled != 0 {
			continue
		}
		c, err := m.v.CaseOf(ctx, leaf, at)
		if err != nil {
			return standing{}, err
		}
		s.open = append(s.open, openCase{c, leaf})
	}
	return s, nil
}

// cards are the seasoned cards among cases; owners counts only cases that the cards' owners opened.
func (s standing) cards(cases []openCase, owners bool) int {
	seen := map[common.Address]bool{}
	for _, c := range cases {
		if c.Counted && (c.ByOwner || !owners) {
			seen[c.Card] = true
		}
	}
	return len(seen)
}

// disputes says what buyers hold against a merchant.
func (m *Monitor) disputes(merchant common.Address, s standing) []Finding {
	var found []Finding
	if n := s.cards(s.open, true); n > 1 {
		state := "is not negative"
		if score.Negative(s.good, s.bad, m.v.Params.Ratio) {
			state = "is negative"
		}
		found = append(found, Finding{Kind: "disputes", Merchant: merchant, Why: fmt.Sprintf(
			"%d cases are open against it, %d seasoned cards among them; disputes weigh %s against %s, and its score %s",
			len(s.open), n, tokens(s.bad), tokens(s.good), state)})
	}
	if s.Lost > 0 {
		found = append(found, Finding{Kind: "lost", Merchant: merchant, Why: fmt.Sprintf("it lost %d cases before", s.Lost)})
	}
	return found
}
