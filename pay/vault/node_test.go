package vault_test

import (
	"context"
	"encoding/hex"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// world is a vault on a node, with a merchant and a card's purse.
type world struct {
	*testing.T
	url                   string
	v                     *vault.Vault
	rich, merchant, owner *vault.Key
	card                  *secp256k1.PrivateKey
	counter               uint32
}

func key(t *testing.T, text string) *vault.Key {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	k, err := vault.NewKey(secret.New(raw))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// named makes a key out of a name.
func named(t *testing.T, name string) *vault.Key {
	return key(t, hex.EncodeToString(crypto.Keccak256([]byte(name))))
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var params = vault.Params{
	AnchorLife: 256, OwnerDelay: 3600, WindowDays: 20, DecisionDays: 10, AppealDays: 3, SilenceDays: 30, Ratio: 500,
	MinimumCases: 3, MinimumCards: 2, CaseStake: 5e6, LeastStake: 500e6, PayerCap: 200e6, Multiple: 4, MaxLeverage: 48, LeverageStep: 1,
	Slope: 429_496_729, FeeBps: 20, SlashBps: 2_500,
}

// newWorld deploys a vault; with is what else to deploy before it, and what its parameters become by that.
func newWorld(t *testing.T, node func(testing.TB) string, with ...func(*vault.Params) vault.Step) *world {
	ctx := t.Context()
	w := &world{T: t, url: node(t), rich: key(t, testnode.Rich), merchant: named(t, "merchant"), owner: named(t, "owner")}
	w.card = secp256k1.PrivKeyFromBytes(crypto.Keccak256([]byte("card")))
	chain := must[*vault.Chain](t)(vault.Dial(ctx, w.url))
	t.Cleanup(func() { chain.Close() })
	dollar := must[vault.Step](t)(vault.PlanTestDollar())
	p := params
	p.Token = dollar.Address
	steps := []vault.Step{dollar}
	for _, more := range with {
		steps = append(steps, more(&p))
	}
	steps = append(steps, must[[]vault.Step](t)(vault.Plan(p))...)
	for round := range 2 {
		made := 0
		err := chain.Deploy(ctx, w.rich, steps, func(_ vault.Step, was bool) {
			if !was {
				made++
			}
		})
		if err != nil || made != len(steps)*(1-round) {
			t.Fatalf("round %d: %d contracts made, %v", round, made, err)
		}
	}
	w.v = must[*vault.Vault](t)(chain.Vault(ctx, steps[len(steps)-1].Address))
	for _, k := range []*vault.Key{w.merchant, w.owner} {
		if err := chain.Give(ctx, w.rich, k.Address, big.NewInt(1e18)); err != nil {
			t.Fatal(err)
		}
		must[*types.Receipt](t)(w.v.Mint(ctx, w.rich, dollar.Address, k.Address, 5_000e6))
	}
	must[*types.Receipt](t)(w.v.Register(ctx, w.merchant, [32]byte{1}, w.merchant.Address, 1_000e6))
	proof := wire.Sign(w.card, wire.BindDigest(w.v.Name(), w.address(), wire.Address(w.owner.Address)))
	settings := vault.Settings{Limits: vault.Limits{PerPayment: 50e6, Daily: 100e6, Monthly: 1_000e6}}
	must[*types.Receipt](t)(w.v.Open(ctx, w.owner, common.Address(w.address()), settings, proof))
	must[*types.Receipt](t)(w.v.Deposit(ctx, w.owner, common.Address(w.address()), 300e6))
	return w
}

func (w *world) address() wire.Address { return wire.AddressOf(w.card.PubKey()) }

// sign makes the next payment.
func (w *world) sign(amount uint64) (wire.Payment, wire.Signature) {
	w.Helper()
	a := must[vault.Anchor](w.T)(w.v.Anchor(w.Context()))
	w.counter++
	p := wire.Payment{Purse: w.v.Name(), Counter: w.counter, Order: wire.Order{
		Merchant: wire.Address(w.merchant.Address), Amount: amount, Anchor: a.Block, Block: a.Hash, Offer: [32]byte{9}}}
	return p, wire.Sign(w.card, p.Digest())
}

func (w *world) purse() vault.Purse {
	w.Helper()
	return must[vault.Purse](w.T)(w.v.Purse(w.Context(), common.Address(w.address())))
}

func TestACardPaysAMerchantOnANode(t *testing.T) {
	for name, node := range nodes {
		t.Run(name, func(t *testing.T) { newWorld(t, node).pays(t) })
	}
}

// pays has the card pay, and tries what must not settle.
func (w *world) pays(t *testing.T) {
	ctx := t.Context()
	before := must[vault.Merchant](t)(w.v.Merchant(ctx, w.merchant.Address))
	p, s := w.sign(30e6)
	first := must[*types.Receipt](t)(w.v.Pay(ctx, w.rich, p, s))
	again := must[*types.Receipt](t)(w.v.Pay(ctx, w.rich, p, s))
	if first.TxHash != again.TxHash {
		t.Fatalf("a payment that had settled settled again in %v", again.TxHash)
	}
	after := must[vault.Merchant](t)(w.v.Merchant(ctx, w.merchant.Address))
	if got := w.purse(); got.Balance != 270e6 || got.SpentDay != 30e6 || got.Counter != 1 || before.Room-after.Room != 30e6 {
		t.Fatalf("%+v, room %d", got, after.Room)
	}
	for amount, why := range map[uint64]vault.Reason{51e6: vault.OverPayment, 0: vault.ZeroAmount} {
		p, s := w.sign(amount)
		if _, err := w.v.Pay(ctx, w.rich, p, s); !vault.IsRefused(err, why) {
			t.Errorf("%d: %v", amount, err)
		}
	}
	p, s = w.sign(1e6)
	p.Order.Amount++
	if _, err := w.v.Pay(ctx, w.rich, p, s); err == nil {
		t.Error("a changed payment settled")
	}
}

func TestRevokingIsCarriedByAnybodyAndHoldsAtOnce(t *testing.T) {
	w, ctx := newWorld(t, testnode.Anvil), t.Context()
	card := common.Address(w.address())
	revoke := vault.NewAction(vault.Revoke, card, nil, common.Address{}, [32]byte{}, time.Now())
	nonce := must[*big.Int](t)(w.v.Nonce(ctx, w.owner.Address))
	forged := must[[65]byte](t)(w.v.SignAction(w.merchant, revoke, nonce))
	if _, err := w.v.Act(ctx, w.rich, w.owner.Address, revoke, forged); !errors.Is(err, vault.ErrOtherOwner) {
		t.Fatal(err)
	}
	signed := must[[65]byte](t)(w.v.SignAction(w.owner, revoke, nonce))
	must[*types.Receipt](t)(w.v.Act(ctx, w.rich, w.owner.Address, revoke, signed))
	if !w.purse().Revoked {
		t.Fatal("the purse is not revoked")
	}
	p, s := w.sign(1e6)
	if _, err := w.v.Pay(ctx, w.rich, p, s); !vault.IsRefused(err, vault.Revoked) {
		t.Fatal(err)
	}
}

func TestAnExitWaits(t *testing.T) {
	w, ctx := newWorld(t, testnode.Anvil), t.Context()
	exit := vault.NewAction(vault.Exit, common.Address(w.address()), big.NewInt(100e6), w.owner.Address, [32]byte{}, time.Now())
	nonce := must[*big.Int](t)(w.v.Nonce(ctx, w.owner.Address))
	must[*types.Receipt](t)(w.v.Act(ctx, w.rich, w.owner.Address, exit, must[[65]byte](t)(w.v.SignAction(w.owner, exit, nonce))))
	var refused *vault.Refused
	if _, err := w.v.Execute(ctx, w.rich, exit); !errors.As(err, &refused) || refused.Name != "TooEarly" {
		t.Fatal(err)
	}
	if w.purse().Available != 200e6 {
		t.Fatalf("%+v", w.purse())
	}
	testnode.Mine(t, w.url, params.AnchorLife+1)
	testnode.Pass(t, w.url, 3600)
	before := must[uint64](t)(w.v.Holds(ctx, w.owner.Address))
	must[*types.Receipt](t)(w.v.Execute(ctx, w.rich, exit))
	if after := must[uint64](t)(w.v.Holds(ctx, w.owner.Address)); after-before != 100e6 || w.purse().Balance != 200e6 {
		t.Fatalf("%d, %+v", after-before, w.purse())
	}
}

func TestAnotherContractIsNoVault(t *testing.T) {
	w := newWorld(t, testnode.Anvil)
	if _, err := w.v.Chain.Vault(context.Background(), w.v.Params.Token); !errors.Is(err, vault.ErrNoVault) {
		t.Fatal(err)
	}
}
