package monitor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"path/filepath"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/contracts"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

var params = vault.Params{
	AnchorLife: 64, OwnerDelay: 60, WindowDays: 10, DecisionDays: 2, AppealDays: 1, SilenceDays: 2, Ratio: 150,
	MinimumCases: 3, MinimumCards: 2, CaseStake: 1e6, LeastStake: 500e6, PayerCap: 200e6, Multiple: 4, MaxLeverage: 48,
	LeverageStep: 1, Slope: 429_496_729, FeeBps: 20, SlashBps: 2_500,
}

// world is a vault on a node with people around it.
type world struct {
	*testing.T
	url                  string
	v                    *vault.Vault
	rich, owner, hunter  *vault.Key
	rogue, honest, third *vault.Key
	cards                []*secp256k1.PrivateKey
	counters             map[common.Address]uint32
	state                string
	seasoned             uint64 // the day on which the cards paid three merchants
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

func named(t *testing.T, name string) *vault.Key {
	return must[*vault.Key](t)(vault.NewKey(secret.New(crypto.Keccak256([]byte(name)))))
}

// newWorld deploys a vault; with is what else to deploy before it, and what its parameters become by that.
func newWorld(t *testing.T, with ...func(*vault.Params) vault.Step) *world {
	t.Parallel() // each world has a node of its own
	ctx := t.Context()
	w := &world{T: t, url: testnode.Anvil(t), counters: map[common.Address]uint32{}}
	w.state = filepath.Join(t.TempDir(), "state", "monitor.json")
	w.rich = must[*vault.Key](t)(vault.NewKey(secret.New(hexutil.MustDecode("0x" + testnode.Rich))))
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
	if err := chain.Deploy(ctx, w.rich, steps, func(vault.Step, bool) {}); err != nil {
		t.Fatal(err)
	}
	w.v = must[*vault.Vault](t)(chain.Vault(ctx, steps[len(steps)-1].Address))
	for name, k := range map[string]**vault.Key{
		"owner": &w.owner, "hunter": &w.hunter, "rogue": &w.rogue, "honest": &w.honest, "third": &w.third} {
		*k = named(t, name)
		if err := chain.Give(ctx, w.rich, (*k).Address, big.NewInt(1e18)); err != nil {
			t.Fatal(err)
		}
		must[*types.Receipt](t)(w.v.Mint(ctx, w.rich, dollar.Address, (*k).Address, 5_000e6))
	}
	for k, stake := range map[*vault.Key]uint64{w.rogue: 1_000e6, w.honest: 1_000e6, w.third: 500e6} {
		must[*types.Receipt](t)(w.v.Register(ctx, k, [32]byte{1}, k.Address, stake))
	}
	for i := range 4 {
		w.bind(secp256k1.PrivKeyFromBytes(crypto.Keccak256(fmt.Appendf(nil, "card %d", i))))
	}
	return w
}

func (w *world) bind(card *secp256k1.PrivateKey) {
	w.Helper()
	w.cards = append(w.cards, card)
	proof := wire.Sign(card, wire.BindDigest(w.v.Name(), wire.AddressOf(card.PubKey()), wire.Address(w.owner.Address)))
	settings := vault.Settings{Limits: vault.Limits{PerPayment: 60e6, Daily: 200e6, Monthly: 1_000e6}}
	must[*types.Receipt](w.T)(w.v.Open(w.Context(), w.owner, address(card), settings, proof))
	must[*types.Receipt](w.T)(w.v.Deposit(w.Context(), w.owner, address(card), 400e6))
}

func address(card *secp256k1.PrivateKey) common.Address {
	return common.Address(wire.AddressOf(card.PubKey()))
}

// sign makes a card's next payment.
func (w *world) sign(card *secp256k1.PrivateKey, to *vault.Key, amount uint64) (wire.Payment, wire.Signature) {
	w.Helper()
	a := must[vault.Anchor](w.T)(w.v.Anchor(w.Context()))
	w.counters[address(card)]++
	p := wire.Payment{Purse: w.v.Name(), Counter: w.counters[address(card)], Order: wire.Order{
		Merchant: wire.Address(to.Address), Amount: amount, Anchor: a.Block, Block: a.Hash, Offer: [32]byte{9}}}
	return p, wire.Sign(card, p.Digest())
}

func (w *world) pay(card *secp256k1.PrivateKey, to *vault.Key, amount uint64) {
	w.Helper()
	p, s := w.sign(card, to, amount)
	must[*types.Receipt](w.T)(w.v.Pay(w.Context(), w.rich, p, s))
}

// call packs a call of the vault.
func (w *world) call(method string, args ...any) []byte {
	w.Helper()
	a := must[contracts.Artifact](w.T)(contracts.Load("Vault"))
	return must[[]byte](w.T)(a.ABI.Pack(method, args...))
}

// send sends a transaction that has to succeed; to nobody it makes a contract.
func (w *world) send(name string, to *common.Address, data []byte) *types.Receipt {
	w.Helper()
	return w.mined(w.put(name, to, data, 1e9))
}

// put sends a transaction; those with larger tips, in wei for each gas, come earlier in their block.
func (w *world) put(name string, to *common.Address, data []byte, tip int64) common.Hash {
	w.Helper()
	ctx, key := w.Context(), must[*ecdsa.PrivateKey](w.T)(crypto.ToECDSA(crypto.Keccak256([]byte(name))))
	from, node := crypto.PubkeyToAddress(key.PublicKey), w.v.Node()
	nonce, id := must[uint64](w.T)(node.PendingNonceAt(ctx, from)), new(big.Int).SetUint64(w.v.ID)
	tx := types.MustSignNewTx(key, types.LatestSignerForChainID(id), &types.DynamicFeeTx{ChainID: id, Nonce: nonce,
		GasTipCap: big.NewInt(tip), GasFeeCap: big.NewInt(1e11), Gas: 3_000_000, To: to, Data: data})
	if err := node.SendTransaction(ctx, tx); err != nil {
		w.Fatal(err)
	}
	return tx.Hash()
}

// mined waits for a transaction, which has to succeed.
func (w *world) mined(tx common.Hash) *types.Receipt {
	w.Helper()
	r := must[*types.Receipt](w.T)(bind.WaitMined(w.Context(), w.v.Node(), tx))
	if r.Status != types.ReceiptStatusSuccessful {
		w.Fatalf("transaction %s failed", tx)
	}
	return r
}

// one is a payment in a call of its own.
func (w *world) one(card *secp256k1.PrivateKey, to *vault.Key, amount uint64) []byte {
	p, s := w.sign(card, to, amount)
	b := p.Encode()
	r, vs := vault.Compact(s.R, s.S, s.V)
	return w.call("pay", new(big.Int).SetBytes(b[56:88]), new(big.Int).SetUint64(p.Order.Anchor), p.Order.Offer, r, vs)
}

// batch is a call with a payment of each card.
func (w *world) batch(to *vault.Key, amount uint64, cards ...*secp256k1.PrivateKey) []byte {
	var data []byte
	var anchor uint64
	for _, card := range cards {
		p, s := w.sign(card, to, amount)
		anchor = p.Order.Anchor
		r, vs := vault.Compact(s.R, s.S, s.V)
		data = binary.BigEndian.AppendUint64(data, p.Order.Amount)
		data = append(binary.BigEndian.AppendUint32(data, p.Counter), 0)
		data = append(append(append(data, p.Order.Offer[:]...), r[:]...), vs[:]...)
	}
	return w.call("payBatch", to.Address, []*big.Int{new(big.Int).SetUint64(anchor)}, data)
}

// mandate starts a mandate for a payee and gives what pulls under it.
func (w *world) mandate(card *secp256k1.PrivateKey, payee *vault.Key, most uint64) func(amount uint64) []byte {
	p, _ := w.sign(card, payee, most)
	p.Order.Offer = [32]byte{}
	binary.BigEndian.PutUint32(p.Order.Offer[:], secondsADay)
	binary.BigEndian.PutUint32(p.Order.Offer[4:], 1<<32-1)
	b := p.Encode()
	copy(b, "TAPMAN\x00\x01")
	s := wire.Sign(card, sha256.Sum256(b))
	r, vs := vault.Compact(s.R, s.S, s.V)
	head, anchor := new(big.Int).SetBytes(b[56:88]), new(big.Int).SetUint64(p.Order.Anchor)
	w.send("owner", &w.v.Address, w.call("startMandate", head, anchor, p.Order.Offer, r, vs))
	return func(amount uint64) []byte {
		return w.call("pull", address(card), head, anchor, p.Order.Block, p.Order.Offer, amount)
	}
}

// router is a contract that makes several calls of the vault in one transaction: length 32 | call, and so on.
func (w *world) router() func(calls ...[]byte) {
	w.Helper()
	code := "5f" + "5b" + "803611" + "15" + "60%02x57" + "8035" + "80" + "82602001" + "5f37" + "5f5f825f5f73%x5af1" + "15" +
		"60%02x57" + "01602001" + "600156" + "5b00" + "5b5f5ffd"
	length := len(fmt.Sprintf(code, 0, w.v.Address, 0)) / 2
	runtime := common.FromHex(fmt.Sprintf(code, length-6, w.v.Address, length-4))
	at := w.send("owner", nil, append([]byte{0x60, byte(length), 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3}, runtime...)).ContractAddress
	return func(calls ...[]byte) {
		w.Helper()
		var data []byte
		for _, c := range calls {
			data = append(append(data, common.BigToHash(big.NewInt(int64(len(c)))).Bytes()...), c...)
		}
		w.send("owner", &at, data)
	}
}

const secondsADay = 86_400

// tomorrow goes to an hour after a midnight, so that what follows is on one day.
func (w *world) tomorrow(days uint64) {
	w.Helper()
	h := must[*types.Header](w.T)(w.v.Node().HeaderByNumber(w.Context(), nil))
	testnode.Pass(w.T, w.url, int(days*secondsADay-h.Time%secondsADay+3_600))
}

// closed closes days that are over.
func (w *world) closed(of ...*vault.Key) {
	w.Helper()
	for _, k := range of {
		must[*types.Receipt](w.T)(w.v.CloseDay(w.Context(), w.rich, k.Address))
	}
}

// open opens the monitor's state until the test ends or it is closed.
func (w *world) open() *monitor.Monitor {
	w.Helper()
	return must[*monitor.Monitor](w.T)(monitor.Open(w.v, w.state, 0))
}

// round is one round of a monitor that was just started and ends after it.
func (w *world) round(k *vault.Key) []monitor.Finding {
	w.Helper()
	m := w.open()
	defer m.Close()
	return must[[]monitor.Finding](w.T)(m.Round(w.Context(), k))
}

func kinds(found []monitor.Finding) map[string]int {
	out := map[string]int{}
	for _, f := range found {
		out[f.Kind]++
	}
	return out
}

// rpc makes a call of the node that has a result.
func rpc[T any](w *world, method string, args ...any) (out T) {
	w.Helper()
	if err := w.v.Node().Client().CallContext(context.Background(), &out, method, args...); err != nil {
		w.Fatal(err)
	}
	return out
}
