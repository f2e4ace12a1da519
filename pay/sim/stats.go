package sim

import "math"

// UpperBound is the 95 % upper bound of a rate of which k events were seen in n: the one-sided bound of Clopper and
// Pearson (Biometrika 26, 1934), the p for which seeing at most k events has a probability of 5 %:
//
//	sum over i from 0 to k of C(n, i) p^i (1-p)^(n-i) = 0.05
//
// For k = 0 that is 1 - 0.05^(1/n), about 3/n.
func UpperBound(k, n uint64) float64 {
	if n == 0 || k >= n {
		return 1
	}
	low, high := float64(k)/float64(n), 1.0
	for range 100 {
		if p := (low + high) / 2; atMost(k, n, p) > 0.05 {
			low = p
		} else {
			high = p
		}
	}
	return high
}

// atMost is the probability of at most k events in n of probability p.
func atMost(k, n uint64, p float64) float64 {
	term := float64(n) * math.Log1p(-p)
	sum := math.Exp(term)
	for i := range k {
		term += math.Log(float64(n-i)) - math.Log(float64(i+1)) + math.Log(p) - math.Log1p(-p)
		sum += math.Exp(term)
	}
	return sum
}
