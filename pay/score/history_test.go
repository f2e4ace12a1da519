package score_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tapcard.example/pay/score"
)

var update = flag.Bool("update", false, "write the histories that the contracts replay")

// What one step of a history is; pay/contracts/test/History.t.sol has the same numbers.
const (
	opPay = iota + 1
	opOpen
	opDecide
	opSettle
	opConcede
	opRefund
	opClaim
	opAdvance
	opStake
	opClose
	opWithdraw
	opRoll
	opOwn // the card's owner opens a case, maybe in a stranger's place
	opEnd = 255
)

const firstCard = 0xca00 // address of card 0 in a history

// history is a merchant's life, and its record for the contracts: big-endian fields of fixed width.
type history struct {
	p     score.Params
	m     score.Merchant
	cases []score.Case
	now   uint64
	out   bytes.Buffer
	took  [opOwn + 1][2]int // steps of each kind that were done, and that were refused
}

func begin(p score.Params, stake, now uint64) *history {
	p.OwnersCount, p.FadedRelease, p.Conviction, p.StakeVouches, p.GrowWhileGood = true, true, true, true, true
	h := &history{p: p, m: score.Register(&p, stake, uint16(now/86_400)), now: now}
	for _, v := range []any{p.WindowDays, p.DecisionDays, p.AppealDays, p.Ratio, p.MinimumCases, p.MinimumCards, p.CaseStake,
		p.PayerCap, p.Multiple, p.MaxLeverage, p.LeverageStep, p.Slope, p.FeeBps, p.PenaltyBps, stake, now} {
		h.put(v)
	}
	return h
}

func (h *history) put(v any) {
	if err := binary.Write(&h.out, binary.BigEndian, v); err != nil {
		panic(err)
	}
}

// step does one thing on both sides: here at once, and there from what is recorded.
func (h *history) step(op, card uint8, value uint64) {
	err := h.apply(op, card, value)
	h.put(op)
	h.put(h.now)
	h.put(card)
	h.put(value)
	h.put(err == nil)
	w := h.m.Words()
	h.out.Write(w.Today[:16])
	h.out.Write(w.Merchant[:])
	h.out.Write(w.Score[:])
	h.put(uint8(h.m.Disputers))
	if err == nil {
		h.took[op][0]++
	} else {
		h.took[op][1]++
	}
}

// apply is what a step means; value is an amount, or a payment's number and for refunds an amount above 8 bits.
func (h *history) apply(op, card uint8, value uint64) (err error) {
	day := uint16(h.now / 86_400)
	switch op {
	case opPay:
		if err = h.m.Pay(&h.p, day, value, score.Mark(firstCard+uint64(card))); err == nil {
			h.cases = append(h.cases, score.Case{Amount: value, Card: uint32(card), Day: day, ByOwner: card%3 == 0})
		}
	case opOpen:
		err = h.m.OpenCase(&h.p, &h.cases[value], h.now, h.cases[value].Card%2 == 1)
	case opOwn:
		err = h.own(&h.cases[value])
	case opDecide:
		err = h.m.Decide(&h.p, &h.cases[value], h.now)
	case opSettle:
		_, err = h.m.Settle(&h.p, &h.cases[value], h.now)
	case opConcede:
		_, err = h.m.Concede(&h.p, &h.cases[value], h.now)
	case opRefund:
		err = h.m.Refund(&h.p, &h.cases[value&0xff], h.now, value>>8)
	case opClaim:
		h.m.Claim(&h.p, day)
	case opAdvance:
		_, err = h.m.Advance(&h.p, day, value)
	case opStake:
		err = h.m.AddStake(&h.p, day, value)
	case opClose:
		err = h.m.Close(&h.p, day)
	case opWithdraw:
		_, _, err = h.m.Withdraw(&h.p, day)
	case opRoll:
		h.m.Roll(&h.p, day)
	}
	return err
}

// line ends the record with the ring and which cases buyers have won.
func (h *history) line() string {
	h.put(uint8(opEnd))
	for _, e := range h.m.Ring {
		w := e.Word()
		h.out.Write(w[:16])
	}
	h.put(uint8(len(h.cases)))
	for _, c := range h.cases {
		h.put(c.State)
		h.put(c.BuyerWins)
		h.put(c.GoodAtOpen)
	}
	return "0x" + hex.EncodeToString(h.out.Bytes()) + "\n"
}

func randomParams(r *rand.Rand) score.Params {
	half := []uint32{1, 5, 10, 30, 365}
	return score.Params{WindowDays: uint8(r.IntN(32)), DecisionDays: uint8(r.IntN(12)), AppealDays: uint8(r.IntN(4)),
		Ratio: uint16(r.IntN(2000) / (1 + r.IntN(20))), MinimumCases: uint16(r.IntN(3)),
		MinimumCards: uint16(r.IntN(2)), CaseStake: 5e6,
		PayerCap: 1 << (10 + r.IntN(54)), Multiple: uint8(1 + r.IntN(255)), MaxLeverage: uint8(16 + r.IntN(200)),
		LeverageStep: uint8(r.IntN(256)), Slope: score.HalfLife(half[r.IntN(len(half))]) - uint32(r.IntN(2)),
		FeeBps: uint16(r.IntN(200)), PenaltyBps: uint16(r.IntN(20_000))}
}

// random is a history in which most steps make sense, some do not, and idle times are of every length.
func random(seed uint64, steps int) *history {
	r := rand.New(rand.NewPCG(seed, 4))
	stake := uint64(1) << (20 + r.IntN(24))
	h := begin(randomParams(r), stake+uint64(r.IntN(1000)), 20_000*86_400+uint64(r.IntN(86_400)))
	for range steps {
		h.now += gap(r)
		op := [...]uint8{opPay, opPay, opPay, opPay, opPay, opPay, opOpen, opOpen, opOpen, opDecide, opDecide, opSettle, opSettle,
			opConcede, opRefund, opClaim, opAdvance, opStake, opRoll, opWithdraw, opClose, opOwn}[r.IntN(22)]
		if op == opClose && r.IntN(3) != 0 {
			op = opPay
		}
		card, value := uint8(r.IntN(60)), h.value(r, op)
		if op >= opOpen && op <= opRefund || op == opOwn {
			if len(h.cases) == 0 {
				continue
			}
			value |= h.target(r, op)
		}
		h.step(op, card, value)
	}
	return h
}

// gap is how long nothing happens: seconds, a day, a window, a ring or longer.
func gap(r *rand.Rand) uint64 {
	switch r.IntN(8) {
	case 0, 1, 2:
		return uint64(r.IntN(20_000))
	case 3, 4, 5:
		return uint64(40_000 + r.IntN(200_000))
	case 6:
		return uint64(r.IntN(20 * 86_400))
	}
	return uint64(r.IntN(70 * 86_400))
}

func (h *history) value(r *rand.Rand, op uint8) uint64 {
	switch op {
	case opPay:
		return min(1+h.m.Room/uint64(1+r.IntN(12)), 1<<43)
	case opRefund:
		return (1 + r.Uint64N(1<<(4+r.IntN(30)))) << 8
	case opAdvance:
		return h.m.Advanceable(&h.p) / uint64(1+r.IntN(3))
	case opStake:
		return r.Uint64N(1 << 30)
	}
	return 0
}

// target is the number of a payment that a step makes sense for, mostly; else of one of the last three.
func (h *history) target(r *rand.Rand, op uint8) uint64 {
	wanted := map[uint8]uint8{opDecide: score.Opened, opSettle: score.Decided, opConcede: score.Opened}
	for i, c := range h.cases {
		if state, ok := wanted[op]; ok && c.State == state && r.IntN(4) != 0 {
			return uint64(i)
		}
	}
	return uint64(len(h.cases) - 1 - r.IntN(min(len(h.cases), 3)))
}

// dispute takes the payment with this number through a whole case.
func (h *history) dispute(i uint64, settle uint8) {
	h.step(opOpen, 0, i)
	h.now += uint64(h.p.DecisionDays)*86_400 - 1
	h.step(opDecide, 0, i) // a second too early
	h.now++
	h.step(opDecide, 0, i)
	h.now += uint64(h.p.AppealDays) * 86_400
	h.step(settle, 0, i)
	h.now++
	h.step(settle, 0, i)
}

func histories() (all []*history) {
	all = append(edges(), flips()...)
	for seed := range uint64(200) {
		all = append(all, random(seed, 16))
	}
	return all
}

// The file is what forge replays on the libraries; this test says that it is of today's arithmetic.
func TestTheHistoriesForTheContractsAreUpToDate(t *testing.T) {
	name := filepath.Join("..", "contracts", "test", "histories", "histories.txt")
	var text bytes.Buffer
	for _, h := range histories() {
		text.WriteString(h.line())
	}
	got := text.Bytes()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("other histories; if that is meant: go test ./pay/score -update, then forge test --mt History")
	}
}

// Histories in which nothing happens would agree too.
func TestTheHistoriesDoEverythingAndAreRefusedEverything(t *testing.T) {
	var took [opOwn + 1][2]int
	wins := map[bool]int{}
	for _, h := range histories() {
		for op, n := range h.took {
			took[op][0] += n[0]
			took[op][1] += n[1]
		}
		for _, c := range h.cases {
			if c.State == score.Settled {
				wins[c.BuyerWins]++
			}
		}
	}
	for op := opPay; op <= opOwn; op++ {
		never := op == opPay || op == opClaim || op == opStake || op == opClose || op == opRoll
		if took[op][0] < 5 || took[op][1] < 5 && !never {
			t.Errorf("step %d: %d done, %d refused", op, took[op][0], took[op][1])
		}
	}
	if wins[true] < 20 || wins[false] < 20 {
		t.Errorf("who won: %v", wins)
	}
}

func TestWordsUnpackToTheMerchantTheyWereMadeOf(t *testing.T) {
	for seed := range uint64(100) {
		h := random(seed, 30)
		u := score.Unpack(h.m.Words())
		if u.Words() != h.m.Words() {
			t.Fatalf("%+v\n%+v", u, h.m)
		}
		for _, e := range h.m.Ring {
			if score.UnpackEntry(e.Word()) != e {
				t.Fatal(e)
			}
		}
	}
}
