package sim

import (
	"context"
	"testing"

	"tapcard.example/pay/score"
)

var guess = score.Params{WindowDays: 20, DecisionDays: 10, AppealDays: 3, Ratio: 500, MinimumCases: 3, MinimumCards: 2,
	CaseStake: 5e6, LeastStake: 500e6, PayerCap: 200e6, Multiple: 4, MaxLeverage: 48, LeverageStep: 1,
	Slope: score.HalfLife(10), FeeBps: 20, SlashBps: 2500}

func run(t testing.TB, w World, cores int) Result {
	t.Helper()
	r, err := Run(context.Background(), &w, cores)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func BenchmarkHonest(b *testing.B) {
	w := Honest(guess, 1, 1)
	w.Friendly = 0
	bench(b, w)
}

func BenchmarkDisputes(b *testing.B) {
	w := Attacked(guess, Attack{Kind: Overcharge, Budget: 10, Fraction: 0.1, Factor: 5}, 1, 1)
	w.Cards, w.Shops, w.Friendly = 1200, HighStreet(), 0.02
	bench(b, w)
}

func bench(b *testing.B, w World) {
	var n uint64
	for b.Loop() {
		r := run(b, w, 1)
		n += r.Samples
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "payments/s")
}

func TestX(t *testing.T) {
	w := Honest(guess, 1, 2)
	t.Logf("%+v", run(t, w, 2))
	for k := Overcharge; k <= Flood; k++ {
		w := Attacked(guess, Attack{Kind: k, Budget: 4, Fraction: 0.3, Factor: 5}, 1, 4)
		r := run(t, w, 2)
		t.Logf("%v: ROI %.3f recovered %.3f overall %.3f %+v", k, r.Return(), r.Recovered(), r.RecoveredOverall(), r)
		if r.In != r.Out+r.InVault {
			t.Error(r.In - r.Out - r.InVault)
		}
	}
}
