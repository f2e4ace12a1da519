package monitor_test

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
)

// complain makes the cards old, lets each pay three merchants, seasons the first of them, and has their owner dispute what
// the first ones paid to a merchant.
func (w *world) complain(against *vault.Key, seasoned, disputed int) {
	w.Helper()
	ctx := w.Context()
	w.tomorrow(31)
	for _, card := range w.cards {
		for _, to := range []*vault.Key{w.rogue, w.honest, w.third} {
			w.pay(card, to, 50e6)
		}
	}
	for range 2 { // after those that are disputed
		w.pay(w.cards[3], w.rogue, 1e6)
	}
	w.tomorrow(1)
	w.closed(w.rogue, w.honest, w.third)
	m := w.open()
	defer m.Close()
	must[[]monitor.Finding](w.T)(m.Round(ctx, nil))
	w.seasoned = m.Today() - 1
	for i := range seasoned {
		var payments []vault.Payment
		var proofs []vault.Proof
		for _, to := range []*vault.Key{w.rogue, w.honest, w.third} {
			p, proof, err := m.Prove(m.Leaves(to.Address, w.seasoned)[i][0])
			if err != nil {
				w.Fatal(err)
			}
			payments, proofs = append(payments, p), append(proofs, proof)
		}
		must[*types.Receipt](w.T)(w.v.Season(ctx, w.rich, payments, proofs))
		if i >= disputed {
			continue
		}
		p, proof, err := m.Prove(m.Leaves(against.Address, w.seasoned)[i][0])
		if err != nil {
			w.Fatal(err)
		}
		must[*types.Receipt](w.T)(w.v.OpenCase(ctx, w.owner, p, proof))
	}
}

// fourth is the payment that nobody disputed.
func (w *world) fourth() common.Hash {
	m := w.open()
	defer m.Close()
	return m.Leaves(w.rogue.Address, w.seasoned)[3][0]
}

func (w *world) stages() []monitor.Stage {
	m := w.open()
	defer m.Close()
	return m.Stages()
}

// gasOf is what all transactions of a key took.
func (w *world) gasOf(k *vault.Key) (gas uint64) {
	w.Helper()
	ctx, node := w.Context(), w.v.Node()
	for n := must[uint64](w.T)(node.BlockNumber(ctx)); n > 0; n-- {
		b := must[*types.Block](w.T)(node.BlockByNumber(ctx, new(big.Int).SetUint64(n)))
		for _, tx := range b.Transactions() {
			if from := must[common.Address](w.T)(types.Sender(types.LatestSignerForChainID(tx.ChainId()), tx)); from == k.Address {
				gas += must[*types.Receipt](w.T)(node.TransactionReceipt(ctx, tx.Hash())).GasUsed
			}
		}
	}
	return gas
}

// Every round is a monitor of its own that is started on the state file and ends.
func TestAChallengeIsFiledWonAndCollectedAcrossRestarts(t *testing.T) {
	w := newWorld(t)
	w.complain(w.rogue, 3, 3)
	ctx, before := t.Context(), must[uint64](t)(w.v.Holds(t.Context(), w.hunter.Address))
	dry := kinds(w.round(nil))
	if dry["challenge"] != 1 || dry["disputes"] != 1 || len(w.stages()) != 0 {
		t.Fatalf("without a key: %v, %v", dry, w.stages())
	}
	standing := must[vault.Merchant](t)(w.v.Merchant(ctx, w.rogue.Address))
	filed := kinds(w.round(w.hunter))
	fourth := w.fourth()
	c := must[vault.Case](t)(w.v.CaseOf(ctx, fourth, nil))
	good, _ := monitor.Rolled(w.v.Params, standing, w.seasoned+1)
	if filed["filed"] != 1 || c.Challenger != w.hunter.Address || c.GoodAtOpen.Uint64() != good+standing.Stake-standing.Advanced {
		t.Fatalf("%v, %+v, good %d", filed, c, good)
	}
	nonce := must[uint64](t)(w.v.Node().NonceAt(ctx, w.hunter.Address, nil))
	for range 3 {
		w.round(w.hunter)
	}
	if again := must[uint64](t)(w.v.Node().NonceAt(ctx, w.hunter.Address, nil)); again != nonce {
		t.Fatalf("%d transactions more", again-nonce)
	}
	for _, step := range []struct {
		days uint64
		want monitor.Stage
	}{{1, monitor.Filed}, {2, monitor.Won}, {0, monitor.Won}, {2, monitor.Collected}, {1, monitor.Collected}} {
		if step.days != 0 {
			w.tomorrow(step.days)
		}
		w.round(w.hunter)
		if got := w.stages(); !slices.Equal(got, []monitor.Stage{step.want}) {
			t.Fatalf("after %d days more: %v, not %s", step.days, got, step.want)
		}
	}
	after := must[uint64](t)(w.v.Holds(ctx, w.hunter.Address))
	if after-before != 5e6 {
		t.Fatalf("a tenth of 50 is %d millionths", after-before)
	}
	gas := w.gasOf(w.hunter)
	t.Logf("a case took %d gas", gas)
	if gas > monitor.DefaultTerms.Gas || gas < monitor.DefaultTerms.Gas/2 {
		t.Errorf("a case took %d gas, and it is counted as %d", gas, monitor.DefaultTerms.Gas)
	}
	if p := must[vault.Purse](t)(w.v.Purse(ctx, address(w.cards[3]))); p.Balance != 298e6 {
		t.Fatalf("the buyer has %d", p.Balance)
	}
}

// A monitor is killed after each of the two transactions that a challenge takes, before they are in a block.
func TestAMonitorThatWasKilledWaitsForWhatItSent(t *testing.T) {
	w := newWorld(t)
	w.complain(w.rogue, 3, 3)
	w.round(nil)
	ctx, node := t.Context(), w.v.Node()
	pending := func() uint64 { return must[uint64](t)(node.PendingNonceAt(ctx, w.hunter.Address)) }
	for sent := range uint64(2) {
		rpc[any](w, "evm_setAutomine", false)
		killed, kill := context.WithCancel(ctx)
		m, end := w.open(), make(chan error)
		go func() {
			_, err := m.Round(killed, w.hunter)
			end <- err
		}()
		for pending() == sent {
			select {
			case err := <-end:
				t.Fatalf("it ended without sending anything: %v", err)
			default:
			}
		}
		kill()
		if err := errors.Join(<-end, m.Close()); err == nil {
			t.Fatal("it was not interrupted")
		}
		w.round(w.hunter)
		if now := pending(); now != sent+1 {
			t.Fatalf("%d transactions instead of %d", now, sent+1)
		}
		rpc[any](w, "evm_setAutomine", true)
		testnode.Mine(t, w.url, 1)
	}
	w.round(w.hunter)
	if c := must[vault.Case](t)(w.v.CaseOf(ctx, w.fourth(), nil)); pending() != 2 || c.Challenger != w.hunter.Address {
		t.Fatalf("%d transactions, %+v", pending(), c)
	}
}

func TestALongDayIsProvenInPieces(t *testing.T) {
	defer monitor.InPieces(1)()
	w := newWorld(t)
	w.tomorrow(1)
	w.complain(w.rogue, 2, 2)
	found := kinds(w.round(w.hunter))
	nonce := must[uint64](t)(w.v.Node().NonceAt(t.Context(), w.hunter.Address, nil))
	if found["filed"] != 2 || nonce != 2+2+2 {
		t.Fatalf("%v with %d transactions: two approvals, two pieces, two cases are six", found, nonce)
	}
}

func TestAChallengeThatWasUndoneIsFiledAgain(t *testing.T) {
	w := newWorld(t)
	w.complain(w.rogue, 3, 3)
	before := rpc[string](w, "evm_snapshot")
	w.round(w.hunter)
	rpc[bool](w, "evm_revert", before)
	if c := must[vault.Case](t)(w.v.CaseOf(t.Context(), w.fourth(), nil)); c.State != 0 {
		t.Fatalf("%+v", c)
	}
	w.round(w.hunter)
	if c := must[vault.Case](t)(w.v.CaseOf(t.Context(), w.fourth(), nil)); c.Challenger != w.hunter.Address {
		t.Fatalf("%+v", c)
	}
}

// The merchant gives in to the buyers, who get their money back, and the challenge stands alone: it counts all the same.
func TestAMerchantThatGivesInToTheBuyersStillLosesToTheChallenger(t *testing.T) {
	w := newWorld(t)
	w.complain(w.rogue, 3, 3)
	w.round(w.hunter)
	m := w.open()
	leaves := m.Leaves(w.rogue.Address, w.seasoned)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	for _, of := range leaves[:3] {
		w.send("rogue", &w.v.Address, w.call("concede", of[0]))
	}
	for _, step := range []struct {
		days uint64
		want monitor.Stage
	}{{1, monitor.Filed}, {2, monitor.Won}} {
		w.tomorrow(step.days)
		w.round(w.hunter)
		if got := w.stages(); !slices.Equal(got, []monitor.Stage{step.want}) {
			t.Fatalf("%v, not %s", got, step.want)
		}
	}
}

// The merchant gives in to the challenger, before anything was decided.
func TestAChallengeThatTheMerchantGivesInToIsCollected(t *testing.T) {
	w := newWorld(t)
	w.complain(w.rogue, 3, 3)
	before := must[uint64](t)(w.v.Holds(t.Context(), w.hunter.Address))
	w.round(w.hunter)
	fourth := w.fourth()
	c := must[vault.Case](t)(w.v.CaseOf(t.Context(), fourth, nil))
	if wins := must[bool](t)(monitor.Wins(t.Context(), w.v, c)); !wins {
		t.Fatal("with three seasoned cards against it the merchant would win")
	}
	must[*types.Receipt](t)(w.v.Concede(t.Context(), w.rogue, fourth))
	w.round(w.hunter)
	after := must[uint64](t)(w.v.Holds(t.Context(), w.hunter.Address))
	if got := w.stages(); !slices.Equal(got, []monitor.Stage{monitor.Collected}) || after-before != 5e6 {
		t.Fatalf("%v, and %d millionths", got, after-before)
	}
}
