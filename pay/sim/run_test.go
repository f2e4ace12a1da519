package sim

import (
	"context"
	"testing"

	"tapcard.example/pay/score"
)

func run(t testing.TB, w World, cores int) Result {
	t.Helper()
	r, err := Run(context.Background(), &w, cores)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// attacked is a small world with the named strategy.
func attacked(t *testing.T, name string, budget float64) World {
	t.Helper()
	for _, s := range Strategies() {
		if s.Name == name {
			s.Attack.Budget = budget
			return Attacked(score.Defaults(), s.Attack, 5, 4)
		}
	}
	t.Fatalf("no strategy %q", name)
	return World{}
}

func TestAnyNumberOfCoresGivesTheSameResult(t *testing.T) {
	for _, s := range Strategies() {
		w := attacked(t, s.Name, 2)
		w.Towns = 7
		one := run(t, w, 1)
		for _, cores := range []int{2, 5} {
			if more := run(t, w, cores); more != one {
				t.Errorf("%s: with %d cores\n%+v\nand not\n%+v", s.Name, cores, more, one)
			}
		}
	}
}

func TestAnotherSeedGivesOtherSamples(t *testing.T) {
	a := Honest(score.Defaults(), 1, 1)
	b := a
	b.Seed++
	if x, y := run(t, a, 1), run(t, b, 1); x.Hash == y.Hash || x == y {
		t.Error("two seeds, one result")
	}
	c := a
	c.Towns++
	if x, y := run(t, a, 1), run(t, c, 1); 2*x.Hash == y.Hash {
		t.Error("two towns, one sample")
	}
}

// What came into vaults is in them, or has left them: purses, merchants and cases are all there is.
func TestMoneyIsNeitherMadeNorLost(t *testing.T) {
	for _, rules := range []score.Params{score.Defaults(), score.Defaults().Plain()} {
		for _, s := range Strategies() {
			w := attacked(t, s.Name, 3)
			w.Params, w.Evidence, w.Friendly = rules, 0.1, 0.01
			r := run(t, w, 2)
			if r.In != r.Out+r.InVault || r.In == 0 {
				t.Errorf("%s: %d came in, %d left and %d is there: %d is missing", s.Name, r.In, r.Out, r.InVault, r.In-r.Out-r.InVault)
			}
		}
	}
}

func TestARunThatIsStoppedSaysSo(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	w := Honest(score.Defaults(), 1, 3)
	if _, err := Run(ctx, &w, 2); err == nil {
		t.Error("no error")
	}
}
