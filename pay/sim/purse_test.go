package sim

import (
	"math"
	"testing"
)

func TestAPurseRefusesAtEachLimitAndNotBelowIt(t *testing.T) {
	full := func() purse {
		return purse{balance: 1000, perTx: 100, daily: 250, monthly: 400, cooldown: 2, day: 60, month: 2, slot: 60 * slotsADay,
			spentDay: 150, spentMonth: 300}
	}
	const later = 60*slotsADay + 2
	for _, c := range []struct {
		name   string
		change func(*purse)
		amount uint64
		slot   uint32
		day    uint16
		room   uint64
		want   reason
	}{
		{"all that is left", func(*purse) {}, 100, later, 60, 100, paid},
		{"over payment", func(*purse) {}, 101, later, 60, 1000, overPayment},
		{"over balance", func(w *purse) { w.balance = 99 }, 100, later, 60, 1000, overBalance},
		{"cooling", func(*purse) {}, 100, later - 1, 60, 1000, cooling},
		{"cooling across midnight", func(w *purse) { w.slot = 61*slotsADay - 1 }, 10, 61 * slotsADay, 61, 1000, cooling},
		{"older but apart", func(w *purse) { w.slot = later + 2 }, 100, later, 60, 1000, paid},
		{"no cooldown after three days", func(w *purse) { w.slot = 63 * slotsADay }, 10, 63 * slotsADay, 63, 1000, paid},
		{"over day", func(w *purse) { w.spentDay = 151 }, 100, later, 60, 1000, overDay},
		{"another day", func(w *purse) { w.spentDay = 250 }, 100, 61 * slotsADay, 61, 1000, paid},
		{"over month", func(w *purse) { w.spentMonth = 301 }, 100, later, 60, 1000, overMonth},
		{"another month", func(w *purse) { w.spentMonth = 400 }, 100, 90 * slotsADay, 90, 1000, paid},
		{"room", func(*purse) {}, 100, later, 60, 99, noRoom},
	} {
		w := full()
		c.change(&w)
		was := w
		if got := w.charge(c.amount, c.slot, c.day, c.day/30, c.room); got != c.want {
			t.Errorf("%s: %s", c.name, Reasons[got])
		}
		if c.want != paid && w != was {
			t.Errorf("%s: refused, and changed", c.name)
		}
		if c.want == paid && (w.balance != was.balance-c.amount || w.counter != was.counter+1) {
			t.Errorf("%s: %+v", c.name, w)
		}
	}
}

func TestTicketsHaveTheMeanTheyPromise(t *testing.T) {
	sum := 0.0
	for i, v := range ticket {
		sum += float64(v)
		if i > 0 && v < ticket[i-1] {
			t.Fatal("quantiles fall")
		}
	}
	if mean := sum / tableSize / 65_536; math.Abs(mean-1) > 0.001 {
		t.Errorf("mean %v", mean)
	}
	if opening[0] < slotsADay*8/24 || opening[tableSize-1] >= slotsADay*21/24 {
		t.Error("payments outside of opening hours")
	}
}

// The values are those that statistics packages give for one-sided Clopper-Pearson bounds.
func TestTheUpperBoundIsClopperAndPearsons(t *testing.T) {
	for _, c := range []struct {
		k, n uint64
		want float64
	}{{0, 10, 0.258866}, {1, 10, 0.394163}, {3, 100, 0.075716}, {0, 30_000, 9.9853e-5}, {10, 10, 1}, {0, 0, 1}} {
		if got := UpperBound(c.k, c.n); math.Abs(got-c.want) > 1e-4*c.want {
			t.Errorf("%d of %d: %v, not %v", c.k, c.n, got, c.want)
		}
	}
}
