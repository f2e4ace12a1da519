package monitor_test

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/monitor"
)

func TestPatternsAreToldOnceWhenTheirDayIsOver(t *testing.T) {
	w := newWorld(t)
	w.tomorrow(1)
	for range 5 {
		w.pay(w.cards[3], w.rogue, 10e6) // one card again and again
	}
	for i, times := range []int{3, 3, 2} {
		for range times {
			w.pay(w.cards[i], w.third, 60e6) // what the owners allow at most, until the stake is used up
		}
	}
	w.pay(w.cards[3], w.honest, 10e6)
	w.pay(w.cards[2], w.honest, 10e6)
	m := w.open()
	defer m.Close()
	if found := must[[]monitor.Finding](t)(m.Round(t.Context(), nil)); len(found) != 0 {
		t.Fatal(found)
	}
	w.tomorrow(1)
	want := map[common.Address][]string{
		w.rogue.Address: {"made 5 of its 5 payments"},
		w.third.Address: {"8 of its 8 payments were within 5 percent", "it took 480.00;"},
	}
	for _, f := range must[[]monitor.Finding](t)(m.Round(t.Context(), nil)) {
		rest := want[f.Merchant]
		if f.Kind != "pattern" || len(rest) == 0 || !strings.Contains(f.Why, rest[0]) {
			t.Errorf("%v", f)
			continue
		}
		want[f.Merchant] = rest[1:]
	}
	for merchant, rest := range want {
		if len(rest) != 0 {
			t.Errorf("nobody said of %s: %q", merchant, rest)
		}
	}
	w.tomorrow(1)
	if found := must[[]monitor.Finding](t)(m.Round(t.Context(), nil)); len(found) != 0 {
		t.Fatal(found)
	}
}
