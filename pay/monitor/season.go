package monitor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/vault"
)

// What makes a card's disputes count (Court.sol, season).
const (
	seasonDays      = 30
	seasonMerchants = 3
)

// ErrSeasoned says that a card's disputes count already.
var ErrSeasoned = errors.New("this card's disputes count already")

// ErrNotSeasoned says that a card's disputes cannot count yet.
var ErrNotSeasoned = errors.New("this card's disputes cannot count yet")

// Season makes a card's disputes count: it proves three payments of it to three merchants. Where nobody closed a merchant's
// day since, the key does. It returns the payments. Follow comes before it.
func (m *Monitor) Season(ctx context.Context, k *vault.Key, card common.Address) ([]Paid, error) {
	purse, err := m.v.Purse(ctx, card)
	if err != nil {
		return nil, err
	}
	now, err := m.v.Now(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case !purse.Active:
		return nil, fmt.Errorf("%w: it has no purse in this vault", ErrNotSeasoned)
	case purse.Seasoned:
		return nil, ErrSeasoned
	case today(now) < purse.Born+seasonDays:
		from := time.Unix(int64((purse.Born+seasonDays)*secondsADay), 0).UTC().Format(time.DateOnly)
		return nil, fmt.Errorf("%w: its purse has to be %d days old, which it is on %s", ErrNotSeasoned, seasonDays, from)
	}
	picked, err := m.three(ctx, card, today(now))
	if err != nil {
		return nil, err
	}
	var payments []vault.Payment
	var proofs []vault.Proof
	for _, one := range picked {
		if err := m.closed(ctx, k, one.Merchant, one.Day); err != nil {
			return nil, err
		}
		p, proof, err := m.Prepare(ctx, k, one.Leaf)
		if err != nil {
			return nil, err
		}
		payments, proofs = append(payments, p), append(proofs, proof)
	}
	_, err = m.v.Season(ctx, k, payments, proofs)
	return picked, err
}

// three picks the newest payments before a day that a card can prove, each to another merchant: they stay provable for longest.
func (m *Monitor) three(ctx context.Context, card common.Address, before uint64) ([]Paid, error) {
	all := m.Paid(func(p Paid) bool { return p.Card == card && !p.Pull && p.Day < before })
	slices.SortStableFunc(all, func(a, b Paid) int { return cmp.Compare(b.Day, a.Day) })
	var picked []Paid
	for _, p := range all {
		same := func(other Paid) bool { return other.Merchant == p.Merchant }
		if slices.ContainsFunc(picked, same) {
			continue
		}
		kept, err := m.kept(ctx, p.Merchant, p.Day)
		if err != nil {
			return nil, err
		}
		if kept {
			picked = append(picked, p)
		}
		if len(picked) == seasonMerchants {
			return picked, nil
		}
	}
	return nil, fmt.Errorf("%w: it has to have paid %d merchants on days that are over and not older than 32 days, and paid %d",
		ErrNotSeasoned, seasonMerchants, len(picked))
}

// kept says whether the contract still keeps a merchant's day, as it is known here.
func (m *Monitor) kept(ctx context.Context, merchant common.Address, number uint64) (bool, error) {
	if m.s.Days[merchant][number].Broken != "" {
		return false, nil
	}
	w, err := m.v.Merchant(ctx, merchant)
	if err != nil || w.Day == uint16(number) {
		return err == nil, err
	}
	c, err := m.v.RingAt(ctx, merchant, number, nil)
	return err == nil && c.Day == uint16(number), err
}
