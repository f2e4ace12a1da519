package vault_test

import (
	"errors"
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
)

// salted is a vault with a salt of two operators out of three.
type salted struct {
	*world
	keys      []*vault.Key
	operators []*vault.Operator
}

const (
	saltRound    = 32
	saltPatience = 12
)

func newSalted(t *testing.T, node func(testing.TB) string) *salted {
	s := &salted{}
	terms := vault.SaltTerms{Round: saltRound, Quorum: 2, Patience: saltPatience}
	for i := range 3 {
		k := named(t, fmt.Sprint("operator ", i))
		o := vault.NewOperator(k, 31337, "test")
		s.keys, s.operators = append(s.keys, k), append(s.operators, o)
		terms.Operators = append(terms.Operators, vault.SaltOperator{Address: o.Address(), Commitment: o.First()})
	}
	s.world = newWorld(t, node, func(p *vault.Params) vault.Step {
		step := must[vault.Step](t)(vault.PlanSalt(terms))
		p.Salt, p.AnchorLife = step.Address, 2*saltRound
		return step
	})
	for _, k := range s.keys {
		if err := s.v.Give(t.Context(), s.rich, k.Address, big.NewInt(1e18)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *salted) state() vault.SaltState {
	s.Helper()
	return must[vault.SaltState](s.T)(s.v.Salt.State(s.Context()))
}

// begin goes to a block of the next round.
func (s *salted) begin(offset uint64) {
	s.Helper()
	st := s.state()
	testnode.Mine(s.T, s.url, st.Next-st.Block+offset)
}

func (s *salted) reveal(i int) vault.Turn {
	s.Helper()
	return must[vault.Turn](s.T)(s.operators[i].Reveal(s.Context(), s.v.Salt))
}

// rotated begins a round whose operators give it a salt.
func (s *salted) rotated(who ...int) {
	s.Helper()
	s.begin(0)
	for _, i := range who {
		s.reveal(i)
	}
	if s.state().Salt == ([32]byte{}) {
		s.Fatal("the round has no salt")
	}
}

// settles has the card pay with the newest anchor.
func (s *salted) settles() vault.Anchor {
	s.Helper()
	p, signature := s.sign(1e6)
	must[*types.Receipt](s.T)(s.v.Pay(s.Context(), s.rich, p, signature))
	return vault.Anchor{Block: p.Order.Anchor, Hash: p.Order.Block}
}

func TestACardPaysAtAVaultWithASalt(t *testing.T) {
	s := newSalted(t, testnode.Anvil)
	if _, err := s.v.Anchor(t.Context()); !errors.Is(err, vault.ErrNoSalt) {
		t.Fatalf("before the first round: %v", err)
	}
	s.rotated(0, 2)
	round := s.state().Round
	testnode.Mine(t, s.url, 9)
	if a := s.settles(); a.Block != round*saltRound+8 || a.Hash != s.state().Salt {
		t.Fatalf("%+v", a)
	}
	s.begin(15)
	if a := s.settles(); a.Block != (round+1)*saltRound-8 { // the new round has no salt yet
		t.Fatalf("%+v", a)
	}
	s.reveal(1)
	s.reveal(0)
	if a := s.settles(); a.Block != (round+1)*saltRound+8 || a.Hash != s.state().Salt {
		t.Fatalf("%+v", a)
	}
	if got := s.purse(); got.Balance != 297e6 {
		t.Fatalf("%+v", got)
	}
}

func TestAQuorumMakesTheSaltWhileOneOperatorSleeps(t *testing.T) {
	s := newSalted(t, testnode.Anvil)
	s.begin(0)
	if first := s.reveal(0); first.Salt != ([32]byte{}) || s.state().Revealed != 1 {
		t.Fatalf("one made it alone: %+v", first)
	}
	if second := s.reveal(1); second.Salt == ([32]byte{}) || second.Waking || second.Salt != s.state().Salt {
		t.Fatalf("%+v", second)
	}
	for range 3 { // it slept through several rounds, and its secret is still the first
		s.rotated(0, 1)
	}
	s.rotated(2, 1)
}

func TestAnybodyWakesASaltWhoseOperatorsSleep(t *testing.T) {
	s, ctx := newSalted(t, testnode.Anvil), t.Context()
	s.begin(4)
	before := s.balance(s.rich)
	if _, err := s.v.Salt.Wake(ctx, s.rich); !errors.Is(err, vault.ErrNotNow) || s.balance(s.rich) != before {
		t.Fatalf("too early: %v", err)
	}
	testnode.Mine(t, s.url, saltPatience)
	woke := must[vault.Turn](t)(s.v.Salt.Wake(ctx, s.rich))
	if !woke.Waking || woke.Salt != s.state().Salt || woke.Salt == ([32]byte{}) {
		t.Fatalf("%+v", woke)
	}
	s.settles()
	before = s.balance(s.rich)
	if _, err := s.v.Salt.Wake(ctx, s.rich); !errors.Is(err, vault.ErrNotNow) || s.balance(s.rich) != before {
		t.Fatalf("twice: %v", err)
	}
	s.rotated(0, 1)
}

func (s *salted) balance(k *vault.Key) string {
	s.Helper()
	return must[*big.Int](s.T)(s.v.Node().BalanceAt(s.Context(), k.Address, nil)).String()
}

func TestAPaymentWithAnAnchorOfARoundWithoutSaltIsRefused(t *testing.T) {
	s := newSalted(t, testnode.Anvil)
	s.rotated(0, 1)
	s.begin(0)
	testnode.Mine(t, s.url, 12)
	st := s.state()
	p, _ := s.sign(1e6)
	p.Order.Anchor = st.Round*saltRound + 8
	block := must[*types.Header](t)(s.v.Node().HeaderByNumber(t.Context(), big.NewInt(int64(p.Order.Anchor))))
	for _, hash := range [][32]byte{{}, p.Order.Block, block.Hash()} {
		p.Order.Block = hash
		if _, err := s.v.Pay(t.Context(), s.rich, p, wire.Sign(s.card, p.Digest())); !vault.IsRefused(err, vault.BadAnchor) {
			t.Errorf("%x: %v", hash, err)
		}
	}
	if _, err := s.v.HashAt(t.Context(), p.Order.Anchor); !errors.Is(err, vault.ErrNoSalt) {
		t.Error(err)
	}
	testnode.Mine(t, s.url, 2*saltRound)
	if _, err := s.v.Anchor(t.Context()); !errors.Is(err, vault.ErrNoSalt) {
		t.Errorf("an anchor although all are dead: %v", err)
	}
}

func TestTheSaltOfAForgottenRoundIsReadFromItsEvent(t *testing.T) {
	s := newSalted(t, testnode.Anvil)
	s.rotated(0, 1)
	st := s.state()
	word := func(n uint64) []byte { return common.BigToHash(new(big.Int).SetUint64(n)).Bytes() }
	place := crypto.Keccak256Hash(word(st.Round%1024), word(1)) // _rounds
	s.call("anvil_setStorageAt", s.v.Salt.Address, place, common.Hash{})
	if remembered := must[[32]byte](t)(s.v.Salt.Of(t.Context(), st.Round)); remembered != ([32]byte{}) {
		t.Fatal("the contract remembers it still")
	}
	if h := must[[32]byte](t)(s.v.HashAt(t.Context(), st.Round*saltRound+8)); h != st.Salt {
		t.Fatalf("%x, and it was %x", h, st.Salt)
	}
}

func TestASaltIsReadOnAnotherKindOfNode(t *testing.T) {
	s := newSalted(t, nodes["geth"])
	st := s.state()
	turn := s.reveal(1)
	if was := must[bool](t)(s.v.Salt.Revealed(t.Context(), turn.Round, s.keys[1].Address)); !was || turn.Salt != ([32]byte{}) {
		t.Fatalf("%v %+v, before %+v", was, turn, st)
	}
	if _, err := s.operators[1].Reveal(t.Context(), s.v.Salt); turn.Round == s.state().Round && !errors.Is(err, vault.ErrNotNow) {
		t.Fatal(err)
	}
}

func TestAnotherContractIsNoSalt(t *testing.T) {
	s, ctx := newSalted(t, testnode.Anvil), t.Context()
	for _, at := range []common.Address{s.v.Params.Token, s.v.Address, s.rich.Address} {
		if _, err := s.v.OpenSalt(ctx, at); !errors.Is(err, vault.ErrNotSalt) {
			t.Errorf("%s: %v", at, err)
		}
	}
	code := must[[]byte](t)(s.v.Node().CodeAt(ctx, s.v.Salt.Address, nil))
	code[len(code)-1] ^= 1
	s.call("anvil_setCode", s.v.Salt.Address, "0x"+common.Bytes2Hex(code))
	if _, err := s.v.Chain.Vault(ctx, s.v.Address); !errors.Is(err, vault.ErrNotSalt) {
		t.Errorf("its code is not ours: %v", err)
	}
}

func TestTermsThatCannotWorkAreNotDeployed(t *testing.T) {
	good := func() vault.SaltTerms {
		one := vault.SaltOperator{Address: common.Address{1}, Commitment: [32]byte{1}}
		return vault.SaltTerms{Round: 16, Quorum: 1, Patience: 8, Operators: []vault.SaltOperator{one}}
	}
	must[vault.Step](t)(vault.PlanSalt(good()))
	for name, spoil := range map[string]func(*vault.SaltTerms){
		"no round": func(t *vault.SaltTerms) { t.Round = 0 }, "12": func(t *vault.SaltTerms) { t.Round = 12 },
		"no patience": func(t *vault.SaltTerms) { t.Patience = 0 }, "patience": func(t *vault.SaltTerms) { t.Patience = 15 },
		"no quorum": func(t *vault.SaltTerms) { t.Quorum = 0 }, "quorum": func(t *vault.SaltTerms) { t.Quorum = 2 },
		"twice": func(t *vault.SaltTerms) { t.Operators = append(t.Operators, t.Operators[0]) },
		"0":     func(t *vault.SaltTerms) { t.Operators[0].Commitment = [32]byte{} },
	} {
		terms := good()
		if spoil(&terms); func() error { _, err := vault.PlanSalt(terms); return err }() == nil {
			t.Error(name)
		}
	}
}
