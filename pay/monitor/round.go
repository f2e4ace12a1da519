package monitor

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/vault"
)

// Round reads what is new, checks it, judges, and with a key files challenges and goes on with those that are filed. It
// returns what was not told before.
func (m *Monitor) Round(ctx context.Context, k *vault.Key) ([]Finding, error) {
	if err := m.Follow(ctx); err != nil {
		return nil, err
	}
	if len(m.s.Recent) == 0 {
		return nil, nil
	}
	found, err := m.check(ctx)
	if err != nil {
		return m.unheard(found), err
	}
	more, err := m.patterns(ctx)
	found = append(found, more...)
	if err != nil {
		return m.unheard(found), err
	}
	judged, worth, err := m.judge(ctx, k)
	found = append(found, judged...)
	if err != nil || k == nil {
		return m.unheard(found), err
	}
	done, err := m.work(ctx, k, worth)
	return append(m.unheard(found), done...), err
}

// judge judges every merchant against whom a case is open.
func (m *Monitor) judge(ctx context.Context, k *vault.Key) (found []Finding, all []Challenge, err error) {
	accused := map[common.Address]bool{}
	for _, c := range m.s.Cases {
		if c.Settled == 0 {
			accused[c.Merchant] = true
		}
	}
	var me common.Address
	if k != nil {
		me = k.Address
	}
	for _, merchant := range sorted(accused) {
		s, err := m.stand(ctx, merchant)
		if err != nil {
			return found, all, err
		}
		found = append(found, m.disputes(merchant, s)...)
		worth, err := m.worth(ctx, merchant, me, s)
		if err != nil {
			return found, all, err
		}
		for _, c := range worth {
			why := c.why(m.v.Params.CaseStake)
			found = append(found, Finding{Kind: "challenge", Merchant: merchant, Day: c.day, Leaf: &c.Leaf, Why: why})
		}
		all = append(all, worth...)
	}
	return found, all, nil
}

// unheard drops what was told before.
func (m *Monitor) unheard(found []Finding) []Finding {
	var out []Finding
	for _, f := range found {
		key := f.String()
		if f.Kind == "challenge" {
			key = f.Kind + f.Leaf.Hex() // its expected gain changes with every block
		}
		if !m.told[key] {
			m.told[key] = true
			out = append(out, f)
		}
	}
	return out
}
