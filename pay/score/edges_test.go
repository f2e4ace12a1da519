package score_test

import (
	"math/rand/v2"

	"tapcard.example/pay/score"
)

// edges are histories at the bounds: of the window, of the ring, of the fields' widths and of the score.
func edges() (all []*history) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, window := range []uint8{1, 10, 20, 30, 31} {
		for _, late := range []uint64{0, 1} {
			p := randomParams(r)
			p.WindowDays, p.DecisionDays, p.AppealDays, p.MaxLeverage, p.LeverageStep = window, 10, 3, 48, 1
			p.Ratio, p.MinimumCases, p.MinimumCards, p.PayerCap = 500, 1, 0, 200e6
			h := begin(p, 2e9, 20_000*86_400)
			for i := range uint8(4) {
				h.step(opPay, i, 50e6)
				h.now += 86_400
			}
			h.now += (uint64(window) + late - 1) * 86_400 // the last payment's last day, or the day after
			h.dispute(3, opSettle)
			h.now += 40 * 86_400
			h.step(opClaim, 0, 0)
			h.step(opClose, 0, 0)
			h.step(opWithdraw, 0, 0)
			all = append(all, h)
		}
	}
	for _, ratio := range []uint16{0, 1, 65_535} {
		p := randomParams(r)
		p.Ratio, p.MinimumCases, p.MinimumCards, p.Multiple, p.MaxLeverage, p.LeverageStep = ratio, 1, 1, 255, 255, 255
		p.DecisionDays, p.WindowDays = 2, 31
		h := begin(p, 1<<43, 65_000*86_400)
		h.step(opPay, 1, 1<<43)
		h.now += 86_400
		h.step(opPay, 2, 1<<42)
		h.step(opAdvance, 0, 1<<42)
		h.dispute(0, opSettle)
		h.step(opAdvance, 0, h.m.Advanceable(&h.p))
		all = append(all, h)
	}
	return all
}

// flips are merchants some of whose customers dispute together, above and below the ratio.
func flips() (all []*history) {
	for ratio := range uint16(24) {
		p := randomParams(rand.New(rand.NewPCG(uint64(ratio), 2)))
		p.WindowDays, p.DecisionDays, p.Ratio, p.MinimumCases, p.MinimumCards = 20, 10, ratio*100, 2, 1
		p.PayerCap = 200e6
		h := begin(p, 150e6, 20_000*86_400)
		for i := range uint64(6) {
			h.step(opPay, uint8(3+6*i), 20e6+i*1e6) // seasoned, and disputed by their owners
			h.now += 40_000
		}
		h.now += 86_400
		for i := range uint64(3) {
			h.step(opOpen, 0, i)
		}
		for op := uint8(opDecide); op <= opSettle; op++ {
			h.now += 11 * 86_400
			for i := range uint64(3) {
				h.step(op, 0, i)
			}
		}
		all = append(all, h)
	}
	return all
}

// own opens a case of the card's owner; what a stranger opened before makes room for it, or nothing happens.
func (h *history) own(c *score.Case) error {
	m, was := h.m, *c
	_, _ = h.m.Displace(&h.p, c, h.now)
	c.ByOwner = true
	err := h.m.OpenCase(&h.p, c, h.now, c.Card%2 == 1)
	if err != nil {
		h.m, *c = m, was
	}
	return err
}
