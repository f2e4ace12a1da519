package monitor

import (
	"math/bits"

	"tapcard.example/pay/score"
	"tapcard.example/pay/vault"
)

// most is what fits into the good and the bad side: 56 bits (Merchant.sol, score).
const most = 1<<56 - 1

// rolled are both sides of a merchant's score as the contract sees them on a day: what was paid on its last day is added, and
// the days in between fade (Rolling.sol, _judge).
func rolled(p vault.Params, m vault.Merchant, today uint64) (good, bad uint64) {
	passed := uint64(uint16(today) - m.Day)
	if passed == 0 {
		return m.Good, m.Bad
	}
	weight := min(m.RoomAtStart-m.Room, uint64(bits.OnesCount64(m.Payers))*p.PayerCap)
	kept := score.Keep(p.Slope, passed)
	return min(score.Fade(m.Good+weight, kept), most), score.Fade(m.Bad, kept)
}

// leastAfter is what a weight is at least worth after some days, whether the contract closes each of them or all at once.
func leastAfter(p vault.Params, weight uint64, days uint8) uint64 {
	daily := weight
	for range days {
		daily = score.Fade(daily, score.Keep(p.Slope, 1))
	}
	return min(daily, score.Fade(weight, score.Keep(p.Slope, uint64(days))))
}
