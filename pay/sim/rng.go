package sim

import "math"

// rng is SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): one addition and a mix
// for 64 bits, and any seed is a good one.
type rng uint64

const golden = 0x9e3779b97f4a7c15

func (r *rng) next() uint64 {
	*r += golden
	return mix(uint64(*r))
}

// below is a number below n, which is far below 2^32, so that its bias does not matter.
func (r *rng) below(n uint32) uint32 { return uint32(r.next() >> 32 * uint64(n) >> 32) }

// chance is true with a probability of threshold / 2^32.
func (r *rng) chance(threshold uint64) bool { return r.next()>>32 < threshold }

// mix is SplitMix64's finaliser.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// threshold is what [rng.chance] takes for a probability.
func threshold(p float64) uint64 { return uint64(max(0, min(p, 1)) * (1 << 32)) }

const tableSize = 1024

// ticket holds multiples of a shop's mean ticket, in 1/65,536: the quantiles of a log-normal distribution with mean 1 and
// sigma 0.6, which spreads tickets as shops do: half below 0.84, one in a hundred above 3.4.
var ticket = logNormal(0.6)

func logNormal(sigma float64) (out [tableSize]uint32) {
	sum := 0.0
	var raw [tableSize]float64
	for i := range raw {
		q := (float64(i) + 0.5) / tableSize
		raw[i] = math.Exp(sigma * math.Sqrt2 * math.Erfinv(2*q-1))
		sum += raw[i]
	}
	for i, v := range raw {
		out[i] = uint32(v / sum * tableSize * 65_536)
	}
	return out
}

// slotsADay is how many slots of 8 blocks of 12 s a day has: a purse's cooldown counts them.
const slotsADay = 900

// opening holds slots of a day from 8 to 21 o'clock, busier at noon and in the early evening.
var opening = dayCurve()

func dayCurve() (out [tableSize]uint16) {
	weight := func(hour float64) float64 {
		bump := func(at, width float64) float64 { return math.Exp(-(hour - at) * (hour - at) / (2 * width * width)) }
		return 0.3 + bump(12.5, 1.2) + 1.2*bump(18, 1.6)
	}
	const first, last = slotsADay * 8 / 24, slotsADay * 21 / 24
	total := 0.0
	for s := first; s < last; s++ {
		total += weight(float64(s) * 24 / slotsADay)
	}
	sum, i := 0.0, 0
	for s := first; s < last; s++ {
		sum += weight(float64(s) * 24 / slotsADay)
		for ; i < tableSize && (float64(i)+0.5)/tableSize <= sum/total; i++ {
			out[i] = uint16(s)
		}
	}
	return out
}
