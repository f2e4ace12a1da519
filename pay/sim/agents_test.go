package sim

import (
	"testing"

	"tapcard.example/pay/score"
)

func TestWashTradingAloneCostsItsFees(t *testing.T) {
	w := attacked(t, "wash 1:1", 10)
	w.Attack.Fraction, w.Friendly = 0, 0
	r := run(t, w, 2)
	if r.Profit >= 0 || -r.Profit > r.Budget/10 {
		t.Errorf("a profit of %d with a budget of %d", r.Profit, r.Budget)
	}
}

func TestAnHonestShopOfAnAttackerEarnsNothing(t *testing.T) {
	w := attacked(t, "overcharge 10 %", 5)
	w.Attack.Fraction, w.Friendly, w.Params.FeeBps = 0, 0, 0
	if r := run(t, w, 2); r.Profit != 0 || r.Fraud != 0 {
		t.Errorf("profit %d, fraud %d", r.Profit, r.Fraud)
	}
}

func TestNobodyFallsWhenNobodyDisputes(t *testing.T) {
	w := attacked(t, "thief", 5)
	w.Notice, w.Friendly = 0, 0
	r := run(t, w, 2)
	if r.Cases != 0 || r.Flipped != 0 || r.Back != 0 {
		t.Errorf("%d cases", r.Cases)
	}
	if r.Profit <= 0 || r.Profit >= r.Stolen {
		t.Errorf("a thief whom nobody notices has stolen %d and earned %d", r.Stolen, r.Profit)
	}
}

func TestAThiefLosesMoreTheMoreVictimsNotice(t *testing.T) {
	last := 1e9
	for _, notice := range []float64{0, 0.3, 0.9} {
		w := attacked(t, "thief", 10)
		w.Notice, w.Towns = notice, 8
		r := run(t, w, 2)
		if got := r.Return(); got >= last {
			t.Errorf("return %.3f where %g notice, %.3f where fewer do", got, notice, last)
		} else {
			last = got
		}
	}
	if last >= 0 {
		t.Errorf("return %.3f where nine of ten notice", last)
	}
}

func TestFriendlyFraudLosesItsStakes(t *testing.T) {
	w := Honest(score.Defaults(), 3, 4)
	r := run(t, w, 2)
	if r.Cases == 0 || r.FriendlyProfit >= 0 || r.HonestWon != -r.FriendlyProfit {
		t.Errorf("%d cases, a profit of %d, of which shops got %d", r.Cases, r.FriendlyProfit, r.HonestWon)
	}
}

// This is what the new rule about owners is for.
func TestAFloodOfChallengesPaysUnlessOnlyOwnersCount(t *testing.T) {
	w := attacked(t, "challenge flood", 5)
	w.Params = w.Params.Plain()
	if r := run(t, w, 2); r.Profit <= 0 || r.Attacked == 0 {
		t.Errorf("today's contracts: a profit of %d, %d merchants fell", r.Profit, r.Attacked)
	}
	w.Params = score.Defaults()
	if r := run(t, w, 2); r.Profit >= 0 || r.Attacked != 0 {
		t.Errorf("where owners count: a profit of %d, %d merchants fell", r.Profit, r.Attacked)
	}
}

func TestSybilDisputesPayUnlessAppealsUndoThem(t *testing.T) {
	w := attacked(t, "sybil disputes", 10)
	if r := run(t, w, 2); r.Profit <= 0 || r.Attacked == 0 {
		t.Errorf("a profit of %d, %d merchants fell", r.Profit, r.Attacked)
	}
	w.Overturned = 1
	if r := run(t, w, 2); r.Profit >= 0 || r.HonestLost != 0 {
		t.Errorf("with appeals: a profit of %d, shops lost %d", r.Profit, r.HonestLost)
	}
}

func TestThePenaltyMakesAThiefPay(t *testing.T) {
	w := attacked(t, "whitewash thief", 10)
	with := run(t, w, 2)
	w.Params.PenaltyBps = 0
	if without := run(t, w, 2); with.Burned == 0 || with.Return() >= without.Return() {
		t.Errorf("return %.3f with penalty and %.3f without, %d burned", with.Return(), without.Return(), with.Burned)
	}
}

func TestEvidenceMakesSkimmingLoss(t *testing.T) {
	w := Attacked(score.Defaults(), Attack{Kind: Overcharge, Budget: 10, Fraction: 0.001, Factor: 3}, 5, 24)
	if r := run(t, w, 2); r.Profit <= 0 {
		t.Errorf("a skimmer whom nobody can convict has a profit of %d", r.Profit)
	}
	w.Evidence = 0.3
	if r := run(t, w, 2); r.Profit >= 0 || r.Burned == 0 {
		t.Errorf("with evidence a skimmer has a profit of %d", r.Profit)
	}
}

func TestTheAdvanceOfAnExitScamIsNotMoreThanItsStake(t *testing.T) {
	w := attacked(t, "exit scam", 5)
	w.Friendly = 0 // an open case would stop it
	town := newTown(&w, 0)
	advanced := uint64(0)
	for range w.Days + w.tail() {
		town.live()
		m := &town.merchants[len(town.merchants)-1]
		if m.Advanced > m.Stake {
			t.Fatalf("advanced %d of a stake of %d", m.Advanced, m.Stake)
		}
		advanced = max(advanced, m.Advanced)
	}
	if advanced == 0 {
		t.Error("it took no advance")
	}
}
