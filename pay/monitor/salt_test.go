package monitor_test

import (
	"testing"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
)

func TestPaymentsAtAVaultWithASaltAreRebuiltFromEvents(t *testing.T) {
	o := vault.NewOperator(named(t, "owner"), 31337, "test")
	w := newWorld(t, func(p *vault.Params) vault.Step {
		terms := vault.SaltTerms{Round: 32, Quorum: 1, Patience: 16,
			Operators: []vault.SaltOperator{{Address: o.Address(), Commitment: o.First()}}}
		s := must[vault.Step](t)(vault.PlanSalt(terms))
		p.Salt = s.Address
		return s
	})
	w.tomorrow(1)
	for range 3 {
		testnode.Mine(t, w.url, 32)
		must[vault.Turn](t)(o.Reveal(t.Context(), w.v.Salt))
		testnode.Mine(t, w.url, 11)
		for i := range 2 {
			w.pay(w.cards[i], w.honest, 5e6)
		}
	}
	w.tomorrow(1)
	m := w.open()
	defer m.Close()
	found := kinds(must[[]monitor.Finding](t)(m.Round(t.Context(), nil)))
	if number := m.Today() - 1; found["mismatch"] != 0 || !m.Checked(w.honest.Address, number) || len(m.Leaves(w.honest.Address, number)) != 6 {
		t.Fatalf("%v, day %d has %d payments", found, number, len(m.Leaves(w.honest.Address, number)))
	}
}
