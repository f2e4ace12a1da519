package bench

import (
	"fmt"
	"testing"
	"time"
)

// figure is one promise and what was measured.
type figure struct {
	name   string
	value  float64
	unit   string
	target float64
	least  bool    // the target is a lower bound, otherwise an upper one
	bare   float64 // the bare primitives in the same unit; 0 when there is nothing to compare with
	of     string  // what the bare primitives are
}

func (f figure) missed() bool { return f.least && f.value < f.target || !f.least && f.value > f.target }

func (f figure) String() string {
	bound, verdict := "at most", "met"
	if f.least {
		bound = "at least"
	}
	if f.missed() {
		verdict = "MISSED"
	}
	line := fmt.Sprintf("%-52s %9s %-4s target %s %s: %s", f.name, number(f.value), f.unit, bound, number(f.target), verdict)
	if f.bare == 0 {
		return line
	}
	return fmt.Sprintf("%s\n%52s %9s %-4s ratio %.2f (%s)", line, "bare", number(f.bare), f.unit, f.value/f.bare, f.of)
}

func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 1:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// rounds is how often each thing is measured, and for a short time only, so that some rounds are left in peace on a busy
// machine. The best one counts: whatever else the machine does only adds to it.
const rounds = 30

// fastest measures several things in turn, so that a busy moment hits them all, and returns the shortest mean time of
// each.
func fastest(things ...func()) []time.Duration {
	best := make([]time.Duration, len(things))
	for range rounds {
		for i, thing := range things {
			took := time.Duration(mean(thing).NsPerOp())
			if best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	return best
}

func mean(thing func()) testing.BenchmarkResult {
	return testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			thing()
		}
	})
}

// perSecond turns a time into a rate.
func perSecond(d time.Duration) float64 { return float64(time.Second) / float64(d) }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func TestABoundIsMetOnItsOwnSide(t *testing.T) {
	for _, f := range []figure{{value: 1, target: 2, least: true}, {value: 2, target: 1}} {
		if !f.missed() {
			t.Errorf("met: %v", f)
		}
		f.value, f.target = f.target, f.value
		if f.missed() {
			t.Errorf("missed: %v", f)
		}
	}
}
