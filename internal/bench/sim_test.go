package bench

import (
	"testing"
	"time"

	"tapcard.example/pay/score"
	"tapcard.example/pay/sim"
)

// simFigures measures how many payments the simulator draws and checks in a second on one core, the building of the
// town included: under full limits, and with two in a hundred honest payments disputed, a rogue shop and challengers.
func simFigures(t *testing.T) []figure {
	calm := sim.Honest(score.Defaults(), 1, 1)
	calm.Friendly = 0
	court := sim.Attacked(score.Defaults(), sim.Attack{Kind: sim.Overcharge, Budget: 10, Fraction: 0.1, Factor: 5}, 1, 1)
	court.Cards, court.Shops, court.Friendly = calm.Cards, calm.Shops, 0.02
	return []figure{
		{"payments simulated under full limits", sampled(t, calm) / 1e6, "M/s", 10, true, 0, ""},
		{"the same with disputes", sampled(t, court) / 1e6, "M/s", 5, true, 0, ""},
	}
}

// sampled is the best of some runs on one core.
func sampled(t *testing.T, w sim.World) (best float64) {
	for range rounds / 10 {
		start := time.Now()
		result, err := sim.Run(t.Context(), &w, 1)
		if err != nil {
			t.Fatal(err)
		}
		best = max(best, float64(result.Samples)/time.Since(start).Seconds())
	}
	return best
}
