package btc_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/wire/v2"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/chain/btc"
	"tapcard.example/chain/btc/node"
)

// minerKey gets the coins of the blocks.
const minerKey = 42

// minerCoins are coins of the miner that can be spent, and who signs for them.
func minerCoins(t testing.TB, c node.Chain) ([]btc.Coin, btc.Account, *desk) {
	t.Helper()
	k := secp256k1.PrivKeyFromBytes([]byte{minerKey})
	coins, err := node.Coins(t.Context(), c, btc.Regtest, [][33]byte{[33]byte(k.PubKey().SerializeCompressed())})
	if err != nil {
		t.Fatal(err)
	}
	a, d := single(k)
	return coins, a, d
}

func minerAddress(t testing.TB) string {
	k := secp256k1.PrivKeyFromBytes([]byte{minerKey})
	return must(btc.KeyAddress(btc.P2WPKH, [33]byte(k.PubKey().SerializeCompressed()), btc.Regtest))
}

// fund sends a coin of the miner to scripts, each with the same amount, and has it mined.
func (b *btcd) fund(t testing.TB, scripts []btc.Script, sat int64) *wire.MsgTx {
	t.Helper()
	coins, a, d := minerCoins(t, b.RPC)
	coin := coins[0]
	from := must(btc.DecodeTransaction(coin.Previous))
	p := newPayment(t)
	in := p.spend(1, btc.Script{})
	in.NonWitnessUtxo, in.WitnessUtxo = from, from.TxOut[coin.Index]
	id := from.TxHash()
	p.tx.TxIn[0].PreviousOutPoint = *wire.NewOutPoint(&id, coin.Index)
	for _, s := range scripts {
		p.pay(sat, s.Output)
	}
	p.pay(in.WitnessUtxo.Value-int64(len(scripts))*sat-5_000, stranger(t))
	packet := p.packet()
	if _, err := packet.Sign(t.Context(), &d.Signer, btc.Wallet{Accounts: []btc.Account{a}}, regtest); err != nil {
		t.Fatal(err)
	}
	tx := must(packet.Transaction())
	if _, err := b.RPC.Broadcast(t.Context(), btc.EncodeTransaction(tx)); err != nil {
		t.Fatal(err)
	}
	b.Mine(1)
	return tx
}

func TestANodeMinesWhatTwoCardsSignForEveryKindOfScript(t *testing.T) {
	b := startBtcd(t, minerAddress(t))
	b.Mine(101)
	m := master(t, 1)
	var scripts []btc.Script
	var names [][]name
	for i, kind := range []btc.ScriptType{btc.P2PKH, btc.P2SHP2WPKH, btc.P2WPKH} {
		n := derive(t, m, fmt.Sprintf("m/84'/1'/0'/0/%d", i))
		scripts, names = append(scripts, keyScript(t, kind, n)), append(names, []name{n})
	}
	for _, form := range []string{"sh(sortedmulti(2,%s))", "sh(wsh(sortedmulti(2,%s)))", "wsh(sortedmulti(2,%s))"} {
		_, at := multisigWallet(t, form)
		s, n := at(0, 3)
		scripts, names = append(scripts, s), append(names, n)
	}
	funding := b.fund(t, scripts, 100_000)

	p := newPayment(t)
	for i, s := range scripts {
		in := p.spend(100_000, s, names[i]...)
		id := funding.TxHash()
		in.NonWitnessUtxo, in.WitnessUtxo = funding, nil
		p.tx.TxIn[i].PreviousOutPoint = *wire.NewOutPoint(&id, uint32(i))
	}
	p.pay(590_000, stranger(t))
	packet := must(p.packet().ToV2())
	for seed := byte(1); seed <= 2; seed++ {
		d := newDesk(&softCard{master: master(t, seed)})
		w := btc.Wallet{Accounts: []btc.Account{account(t, d.master, "m/84'/1'/0'"), account(t, d.master, "m/48'/1'/0'/2'")}}
		if _, err := packet.Sign(t.Context(), &d.Signer, w, regtest); err != nil {
			t.Fatal(err)
		}
	}
	if err := packet.Finalize(); err != nil {
		t.Fatal(err)
	}
	raw := btc.EncodeTransaction(must(packet.Transaction()))
	id, err := b.RPC.Broadcast(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.RPC.Broadcast(t.Context(), raw); err != nil || again != id {
		t.Errorf("broadcast again: %v, %v", again, err)
	}
	b.Mine(1)
	if !b.mined(id) {
		t.Errorf("%v was not mined", id)
	}
	if again, err := b.RPC.Transaction(t.Context(), id, 0); err != nil || hexOf(again) != hexOf(raw) {
		t.Errorf("the node gives another transaction: %v", err)
	}
}

func TestANodeMinesASweepOfAllCoinsThroughEveryKindOfBackend(t *testing.T) {
	b := startBtcd(t, minerAddress(t))
	b.Mine(103)
	esplora := b.esplora(t)
	for name, c := range map[string]node.Chain{"rpc": b.RPC, "esplora": esplora} {
		t.Run(name, func(t *testing.T) { sweepThrough(t, b, c) })
	}
}

func sweepThrough(t *testing.T, b *btcd, c node.Chain) {
	if err := node.Check(t.Context(), c, btc.Regtest); err != nil {
		t.Error(err)
	}
	if err := node.Check(t.Context(), c, btc.Mainnet); !errors.Is(err, node.ErrNetwork) {
		t.Errorf("another network: %v", err)
	}
	tip, err := c.Tip(t.Context())
	if err != nil || tip < 103 {
		t.Errorf("tip %d, %v", tip, err)
	}
	var slots [][33]byte
	var scripts []btc.Script
	for key := byte(50); key < 53; key++ {
		_, coin := slot(t, key, 1)
		slots = append(slots, coin.Key)
		scripts = append(scripts, must(btc.KeyScript(btc.P2WPKH, coin.Key)))
	}
	b.fund(t, append(scripts, scripts[0]), 40_000)
	coins, err := node.Coins(t.Context(), c, btc.Regtest, slots)
	if err != nil || len(coins) != 4 {
		t.Fatalf("%d coins, %v", len(coins), err)
	}
	plan, err := btc.Sweep{Coins: coins, Destination: toTaproot, FeeRate: 1_500, Network: btc.Regtest}.Plan()
	if err != nil || plan.Total != 160_000 {
		t.Fatalf("%+v, %v", plan, err)
	}
	for key := byte(50); key < 53; key++ {
		a, d := single(secp256k1.PrivKeyFromBytes([]byte{key}))
		if _, err := plan.PSBT.Sign(t.Context(), &d.Signer, btc.Wallet{Accounts: []btc.Account{a}}, regtest); err != nil {
			t.Fatal(err)
		}
	}
	tx := must(plan.PSBT.Transaction())
	spoiled := tx.Copy()
	spoiled.TxIn[0].Witness[0][10] ^= 1
	if _, err := c.Broadcast(t.Context(), btc.EncodeTransaction(spoiled)); !errors.Is(err, node.ErrRejected) {
		t.Errorf("a bad signature: %v", err)
	} else if !strings.Contains(err.Error(), "failed") {
		t.Errorf("the reason is not said: %v", err)
	}
	id, err := c.Broadcast(t.Context(), btc.EncodeTransaction(tx))
	if err != nil {
		t.Fatal(err)
	}
	b.Mine(1)
	if !b.mined(id) {
		t.Error("not mined")
	}
	if left, err := node.Coins(t.Context(), c, btc.Regtest, slots); err != nil || len(left) != 0 {
		t.Errorf("%d coins are left, %v", len(left), err)
	}
	if _, err := c.Transaction(t.Context(), [32]byte{1}, 0); err == nil {
		t.Error("a transaction that does not exist was found")
	}
	rate, err := c.FeeRate(t.Context(), 3)
	if !errors.Is(err, node.ErrNoEstimate) && (err != nil || rate <= 0) {
		t.Errorf("fee rate %v, %v", rate, err)
	}
}
