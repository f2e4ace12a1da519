package monitor

import (
	"math/bits"

	"tapcard.example/pay/vault"
)

// one is 1 in the fractions of Score.sol.
const one = 1 << 32

// most is what fits into the good and the bad side: 56 bits (Merchant.sol, score).
const most = 1<<56 - 1

// keep is 2^32 times what a weight keeps over n days, with the integers of Score.sol.
func keep(slope uint32, n uint64) uint64 {
	x := n * uint64(slope)
	if x>>37 != 0 {
		return 0
	}
	f := x & (one - 1)
	return (one - f*(2_970_392_399-f*(992_828_864-f*169_920_113>>32)>>32)>>32) >> (x >> 32)
}

// fade is a weight after its days.
func fade(weight, kept uint64) uint64 {
	hi, lo := bits.Mul64(weight, kept)
	return hi<<32 | lo>>32
}

// negative says whether disputes weigh more than ratio / 10,000 of the good side (Score.sol, negative).
func negative(good, bad uint64, ratio uint16) bool {
	x, y := bits.Mul64(bad, 10_000)
	h, l := bits.Mul64(good, uint64(ratio))
	return x > h || x == h && y > l
}

// rolled are both sides of a merchant's score as the contract sees them on a day: what was paid on its last day is added, and
// the days in between fade (Rolling.sol, _judge).
func rolled(p vault.Params, m vault.Merchant, today uint64) (good, bad uint64) {
	passed := uint64(uint16(today) - m.Day)
	if passed == 0 {
		return m.Good, m.Bad
	}
	weight := min(m.RoomAtStart-m.Room, uint64(bits.OnesCount64(m.Payers))*p.PayerCap)
	kept := keep(p.Slope, passed)
	return min(fade(m.Good+weight, kept), most), fade(m.Bad, kept)
}

// leastAfter is what a weight is at least worth after some days, whether the contract closes each of them or all at once.
func leastAfter(p vault.Params, weight uint64, days uint8) uint64 {
	daily := weight
	for range days {
		daily = fade(daily, keep(p.Slope, 1))
	}
	return min(daily, fade(weight, keep(p.Slope, uint64(days))))
}
