package monitor_test

import (
	"testing"

	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
)

func TestAScoreFadesAsInTheContract(t *testing.T) {
	w := newWorld(t)
	w.complain(w.rogue, 3, 3)
	for range 3 {
		w.tomorrow(2)
		before := must[vault.Merchant](t)(w.v.Merchant(t.Context(), w.rogue.Address))
		w.pay(w.cards[0], w.rogue, 10e6)
		after := must[vault.Merchant](t)(w.v.Merchant(t.Context(), w.rogue.Address))
		m := w.open()
		must[[]monitor.Finding](t)(m.Round(t.Context(), nil))
		good, bad := monitor.Rolled(w.v.Params, before, m.Today())
		if good != after.Good || bad != after.Bad || bad == before.Bad {
			t.Fatalf("good %d and bad %d, not %d and %d", good, bad, after.Good, after.Bad)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAMerchantWithOneDisputeIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.complain(w.honest, 4, 1) // three more challenges would win
	for range 2 {
		if found := kinds(w.round(w.hunter)); found["challenge"]+found["filed"]+found["disputes"] != 0 {
			t.Fatal(found)
		}
	}
	if len(w.stages()) != 0 {
		t.Fatal(w.stages())
	}
}

func TestAChallengeThatCostsMoreThanItBringsIsNotFiled(t *testing.T) {
	w := newWorld(t)
	w.complain(w.rogue, 3, 3)
	m := w.open()
	defer m.Close()
	m.Terms.Ether = 1_000_000e6 // gas is dear
	if found := kinds(must[[]monitor.Finding](t)(m.Round(t.Context(), w.hunter))); found["challenge"]+found["filed"] != 0 {
		t.Fatal(found)
	}
}

// Whoever waits long enough can have the buyers' cases settled first, and they count no more then.
func TestCasesThatMayBeSettledBeforeOursIsDecidedDoNotCount(t *testing.T) {
	w := newWorld(t)
	w.complain(w.rogue, 3, 3)
	w.tomorrow(2)
	if found := kinds(w.round(w.hunter)); found["disputes"] != 1 || found["challenge"]+found["filed"] != 0 {
		t.Fatal(found)
	}
}
