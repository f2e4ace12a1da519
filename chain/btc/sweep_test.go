package btc_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/psbt/v2"
	"github.com/btcsuite/btcd/wire/v2"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/chain/btc"
)

// slot is a key and a coin on its address.
func slot(t testing.TB, key byte, sat int64) (*secp256k1.PrivateKey, btc.Coin) {
	t.Helper()
	k := secp256k1.PrivKeyFromBytes([]byte{key})
	public := [33]byte(k.PubKey().SerializeCompressed())
	from := wire.NewMsgTx(2)
	from.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&chainhash.Hash{key}, 0), nil, nil))
	from.AddTxOut(wire.NewTxOut(sat, must(btc.KeyScript(btc.P2WPKH, public)).Output))
	return k, btc.Coin{ID: from.TxHash(), Previous: btc.EncodeTransaction(from), Key: public}
}

const (
	toTaproot = "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"
	toP2WPKH  = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
)

func TestASweepMovesEverythingForExactlyTheFeeThatWasAskedFor(t *testing.T) {
	for coins := 1; coins <= 5; coins++ {
		key, coin := slot(t, 3, 20_000)
		s := btc.Sweep{Destination: toTaproot, FeeRate: 2_500, Network: btc.Regtest}
		p := newPayment(t)
		for i := range coins {
			c := coin
			from := must(btc.DecodeTransaction(c.Previous))
			from.LockTime = uint32(i)
			from.TxOut = append([]*wire.TxOut{wire.NewTxOut(1, []byte{0x51})}, from.TxOut...)
			c.ID, c.Index, c.Previous = from.TxHash(), 1, btc.EncodeTransaction(from)
			s.Coins = append(s.Coins, c)
			p.inputs = append(p.inputs, psbt.PInput{NonWitnessUtxo: from})
		}
		plan, err := s.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if plan.Total != int64(coins)*20_000 || plan.Amount+plan.Fee != plan.Total || plan.Fee != (plan.Size*2_500+999)/1000 {
			t.Errorf("%+v", plan)
		}
		a, d := single(key)
		r, err := plan.PSBT.Sign(t.Context(), &d.Signer, btc.Wallet{Accounts: []btc.Account{a}}, regtest)
		if err != nil || !r.Complete || r.Signed != coins || r.Review.Fee != plan.Fee {
			t.Fatalf("%v: %+v", err, r)
		}
		tx := must(plan.PSBT.Transaction())
		judge(t, p, tx)
		size := int64(3*tx.SerializeSizeStripped()+tx.SerializeSize()+3) / 4
		if plan.Size < size || plan.Size > size+int64(coins+1)/2 {
			t.Errorf("%d coins: planned %d, is %d", coins, plan.Size, size)
		}
	}
}

// TestTheSizeOfASweepIsTheKnownOne compares with sizes that are known for P2WPKH: 110 virtual bytes to P2WPKH with
// signatures of 72 bytes, 122 to P2TR.
func TestTheSizeOfASweepIsTheKnownOne(t *testing.T) {
	_, coin := slot(t, 3, 20_000)
	for destination, want := range map[string]int64{toP2WPKH: 110, toTaproot: 122} {
		plan, err := btc.Sweep{Coins: []btc.Coin{coin}, Destination: destination, FeeRate: 1_000, Network: btc.Regtest}.Plan()
		if err != nil || plan.Size != want || plan.Fee != want {
			t.Errorf("%s: %+v, %v", destination, plan, err)
		}
	}
}

func TestASweepOfSeveralKeysSignsEachWithItsOwn(t *testing.T) {
	_, one := slot(t, 3, 20_000)
	_, two := slot(t, 4, 30_000)
	s := btc.Sweep{Coins: []btc.Coin{one, two}, Destination: toP2WPKH, FeeRate: 1_000, Network: btc.Regtest, LowR: true}
	plan, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range []byte{3, 4} {
		a, d := single(secp256k1.PrivKeyFromBytes([]byte{key}))
		r, err := plan.PSBT.Sign(t.Context(), &d.Signer, btc.Wallet{Accounts: []btc.Account{a}}, regtest)
		if err != nil || r.Signed != 1 || r.Complete != (i == 1) {
			t.Fatalf("%v: %+v", err, r)
		}
	}
}

func TestASweepThatCannotBeIsRefused(t *testing.T) {
	_, coin := slot(t, 3, 500)
	_, rich := slot(t, 4, 50_000)
	otherKey, otherID, cut, beyond := rich, rich, rich, rich
	otherKey.Key = coin.Key
	otherID.ID[0] ^= 1
	cut.Previous = cut.Previous[:len(cut.Previous)-1]
	beyond.Index = 1
	const mainnet = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
	tests := map[string]struct {
		coins []btc.Coin
		to    string
		rate  btc.FeeRate
		kind  error
	}{
		"dust after the fee":     {[]btc.Coin{coin}, toP2WPKH, 2_000, btc.ErrDust},
		"a fee above everything": {[]btc.Coin{coin}, toP2WPKH, 100_000, btc.ErrDust},
		"nothing":                {nil, toP2WPKH, 1_000, btc.ErrCoin},
		"no fee":                 {[]btc.Coin{rich}, toP2WPKH, 0, btc.ErrAmount},
		"another network":        {[]btc.Coin{rich}, mainnet, 1_000, btc.ErrAddress},
		"another key":            {[]btc.Coin{otherKey}, toP2WPKH, 1_000, btc.ErrCoin},
		"another transaction":    {[]btc.Coin{otherID}, toP2WPKH, 1_000, btc.ErrCoin},
		"a cut transaction":      {[]btc.Coin{cut}, toP2WPKH, 1_000, btc.ErrCoin},
		"no such output":         {[]btc.Coin{beyond}, toP2WPKH, 1_000, btc.ErrCoin},
	}
	for what, test := range tests {
		s := btc.Sweep{Coins: test.coins, Destination: test.to, FeeRate: test.rate, Network: btc.Regtest}
		if plan, err := s.Plan(); !errors.Is(err, test.kind) || plan.PSBT != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func ExampleSweep() {
	from := wire.NewMsgTx(2)
	key := [33]byte(secp256k1.PrivKeyFromBytes([]byte{1}).PubKey().SerializeCompressed())
	from.AddTxIn(wire.NewTxIn(&wire.OutPoint{}, nil, nil))
	from.AddTxOut(wire.NewTxOut(50_000, must(btc.KeyScript(btc.P2WPKH, key)).Output))
	plan, err := btc.Sweep{
		Coins:       []btc.Coin{{ID: from.TxHash(), Previous: btc.EncodeTransaction(from), Key: key}},
		Destination: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
		FeeRate:     must(btc.ParseFeeRate("1.5")),
	}.Plan()
	fmt.Println(err, btc.FormatAmount(plan.Amount), plan.Fee, plan.Size)
	// Output: <nil> 0.00049835 BTC 165 110
}
