package score

import "math/bits"

// One is 1 in the fixed point of [Keep]: 2^32.
const One = 1 << 32

// Keep is 2^32 times what a weight keeps over n days: 2^(-n * slope / 2^32), by a shift and a cubic between the powers of
// two. It is exact at both ends and off by less than 0.02 % between. slope is 2^32 divided by the half-life in days; n is
// at most 2^32-1.
func Keep(slope uint32, n uint64) uint64 {
	x := n * uint64(slope)
	if x>>37 != 0 {
		return 0
	}
	f := x & (One - 1)
	return (One - f*(2970392399-(f*(992828864-(f*169920113>>32))>>32))>>32) >> (x >> 32)
}

// Weight is what a day adds to the good side: what was paid on it, and no more than cap for each distinct payer.
func Weight(amount, payers, cap uint64) uint64 {
	high, most := bits.Mul64(payers, cap)
	if high != 0 || amount < most {
		return amount
	}
	return most
}

// Negative says whether the disputes weigh more than ratio / 10,000 of the good side.
func Negative(good, bad uint64, ratio uint16) bool {
	bh, bl := bits.Mul64(bad, 10_000)
	gh, gl := bits.Mul64(good, uint64(ratio))
	return bh > gh || bh == gh && bl > gl
}

// Fade is v * keep / 2^32, truncated. v is below 2^63 and keep at most 2^32, so that the result fits.
func Fade(v, keep uint64) uint64 {
	high, low := bits.Mul64(v, keep)
	return high<<32 | low>>32
}
