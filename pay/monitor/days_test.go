package monitor_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/contracts"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
)

// mixedDay is a day with a link of every kind: links is how many, and pulls which of them are pulls.
func (w *world) mixedDay() (links int, pulls map[int]bool) {
	w.Helper()
	w.tomorrow(1)
	pull := w.mandate(w.cards[0], w.rogue, 50e6)
	through := w.router()
	w.pay(w.cards[0], w.rogue, 10e6)                                                          // 0
	w.send("owner", &w.v.Address, w.batch(w.rogue, 11e6, w.cards[0], w.cards[1], w.cards[2])) // 1
	w.send("rogue", &w.v.Address, pull(5e6))                                                  // 2
	must[*types.Receipt](w.T)(w.v.AddStake(w.Context(), w.owner, w.rogue.Address, 100e6))     // the room changes
	w.send("rogue", &w.v.Address, pull(6e6))                                                  // 3
	through(w.one(w.cards[1], w.rogue, 12e6), w.one(w.cards[2], w.rogue, 13e6))               // 4, 5
	through(w.batch(w.rogue, 14e6, w.cards[1], w.cards[3]), w.batch(w.rogue, 2e6, w.cards[2], w.cards[3]),
		w.one(w.cards[3], w.rogue, 1e6), w.one(w.cards[0], w.honest, 1e6), w.one(w.cards[3], w.rogue, 1e6)) // 6 to 9
	w.pay(w.cards[3], w.rogue, 3e6) // 10
	return 11, map[int]bool{2: true, 3: true}
}

func TestEveryPaymentOfADayIsProven(t *testing.T) {
	w := newWorld(t)
	links, pulls := w.mixedDay()
	m := w.open()
	defer m.Close()
	if found := must[[]monitor.Finding](t)(m.Round(t.Context(), nil)); len(found) != 0 {
		t.Fatal(found)
	}
	number := m.Today()
	w.tomorrow(1)
	w.closed(w.rogue)
	found := kinds(must[[]monitor.Finding](t)(m.Round(t.Context(), nil)))
	if found["mismatch"] != 0 || !m.Checked(w.rogue.Address, number) {
		t.Fatal(found)
	}
	leaves := m.Leaves(w.rogue.Address, number)
	if len(leaves) != links || len(leaves[1]) != 3 || len(leaves[6]) != 2 || len(leaves[7]) != 2 {
		t.Fatalf("links %v", leaves)
	}
	for i, of := range leaves {
		before, rest := m.Tail(w.rogue.Address, number, i)
		if err := w.v.Leads(t.Context(), w.rogue.Address, number, before, rest); err != nil {
			t.Errorf("link %d: %v", i, err)
		}
		for _, leaf := range of {
			p, proof, err := m.Prove(leaf)
			if pulls[i] {
				if !errors.Is(err, monitor.ErrPull) {
					t.Errorf("a pull can be disputed: %v", err)
				}
				continue
			}
			must[*types.Receipt](t)(w.v.OpenCase(t.Context(), w.owner, p, proof))
			if c := must[vault.Case](t)(w.v.CaseOf(t.Context(), leaf, nil)); c.State != uint8(vault.CaseOpen) || err != nil {
				t.Errorf("link %d: %+v, %v", i, c, err)
			}
		}
	}
}

func TestAPullBeforeAChangeOfTheRoomInOneBlockIsUnderstood(t *testing.T) {
	w := newWorld(t)
	w.tomorrow(1)
	pull := w.mandate(w.cards[0], w.rogue, 50e6)
	w.pay(w.cards[1], w.rogue, 5e6)
	token := must[contracts.Artifact](t)(contracts.Load("TestDollar"))
	w.send("owner", &w.v.Params.Token, must[[]byte](t)(token.ABI.Pack("approve", w.v.Address, big.NewInt(1e9))))
	rpc[any](w, "evm_setAutomine", false)
	first := w.put("rogue", &w.v.Address, pull(5e6), 2e9)
	second := w.put("owner", &w.v.Address, w.call("stake", w.rogue.Address, big.NewInt(100e6)), 1e9)
	testnode.Mine(t, w.url, 1)
	a, b := w.mined(first), w.mined(second)
	if a.BlockNumber.Cmp(b.BlockNumber) != 0 || a.TransactionIndex != 0 {
		t.Fatalf("in blocks %v and %v", a.BlockNumber, b.BlockNumber)
	}
	if found := w.round(nil); len(found) != 0 {
		t.Fatal(found)
	}
}

func TestALinkThatIsLeftOutLeadsNowhere(t *testing.T) {
	w := newWorld(t)
	w.tomorrow(1)
	for range 3 {
		w.pay(w.cards[0], w.rogue, 5e6)
	}
	w.tomorrow(1)
	w.closed(w.rogue)
	m := w.open()
	defer m.Close()
	must[[]monitor.Finding](t)(m.Round(t.Context(), nil))
	p, proof, err := m.Prove(m.Leaves(w.rogue.Address, m.Today()-1)[0][0])
	if err != nil {
		t.Fatal(err)
	}
	proof.Links = proof.Links[1:]
	var refused *vault.Refused
	if _, err := w.v.OpenCase(t.Context(), w.owner, p, proof); !errors.As(err, &refused) || refused.Name != "NotInChain" {
		t.Fatal(err)
	}
}

func TestADayWhoseBeginningWasNotReadIsReported(t *testing.T) {
	w := newWorld(t)
	w.tomorrow(1)
	w.pay(w.cards[0], w.rogue, 5e6)
	from := must[uint64](t)(w.v.Node().BlockNumber(t.Context())) + 1
	w.pay(w.cards[1], w.rogue, 5e6)
	m := must[*monitor.Monitor](t)(monitor.Open(w.v, w.state, from))
	defer m.Close()
	w.closed(w.honest) // nothing to do with it
	if found := kinds(must[[]monitor.Finding](t)(m.Round(t.Context(), nil))); found["mismatch"] != 1 {
		t.Fatal(found)
	}
	if _, _, err := m.Prove(m.Leaves(w.rogue.Address, m.Today())[0][0]); err == nil {
		t.Fatal("it proves a payment of a day that it does not know")
	}
}
