package btc_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"tapcard.example/chain/btc"
)

var update = flag.Bool("update", false, "write the summaries in testdata/summaries instead of comparing")

// toSelf adds an output to a key of the wallet.
func toSelf(p *payment, sat int64, kind btc.ScriptType, at string) {
	n := derive(p.t, master(p.t, 1), at)
	p.pay(sat, keyScript(p.t, kind, n).Output, n)
}

// summaryCases change one thing each in a simple payment.
var summaryCases = map[string]struct {
	change func(p *payment, o *btc.Options)
	want   []string // must be in the summary, whatever else the file says
}{
	"payment": {func(*payment, *btc.Options) {}, []string{"Change:", "Leaves the wallet: 0.00061000 BTC"}},
	"mainnet": {func(_ *payment, o *btc.Options) { o.Network = btc.Mainnet }, []string{"Bitcoin transaction\n", "bc1q"}},
	"change that is only claimed": {func(p *payment, _ *btc.Options) {
		p.tx.TxOut[1].PkScript = stranger(p.t)
		p.tx.TxOut[0].PkScript = keyScript(p.t, btc.P2PKH, derive(p.t, master(p.t, 98), "m/0")).Output
	}, []string{"Leaves the wallet: 0.00100000 BTC"}},
	"change with a key that is not ours": {func(p *payment, _ *btc.Options) {
		n := derive(p.t, master(p.t, 99), "m/0")
		n.master, n.path = master(p.t, 1).Fingerprint(), path(p.t, "m/84'/1'/0'/1/7")
		p.outs[1].Bip32Derivation = derivations([]name{n})
		p.tx.TxOut[1].PkScript = keyScript(p.t, btc.P2WPKH, n).Output
	}, []string{"WARNING: output 1 is said to be ours"}},
	"change of another kind": {func(p *payment, _ *btc.Options) {
		n := derive(p.t, master(p.t, 1), "m/84'/1'/0'/1/7")
		p.tx.TxOut[1].PkScript = keyScript(p.t, btc.P2PKH, n).Output
	}, []string{"WARNING: output 1 returns", "p2pkh"}},
	"change far away": {func(p *payment, _ *btc.Options) {
		p.tx.TxOut[1].Value -= 20_000
		toSelf(p, 20_000, btc.P2WPKH, "m/84'/1'/0'/1/123456789")
	}, []string{"123456789", "WARNING"}},
	"change at an odd path": {func(p *payment, _ *btc.Options) {
		p.tx.TxOut[1].Value -= 20_000
		toSelf(p, 20_000, btc.P2WPKH, "m/84'/1'/0'/2/0")
	}, []string{"where wallets do not look"}},
	"payment to oneself": {func(p *payment, _ *btc.Options) {
		p.tx.TxOut[1].Value -= 20_000
		toSelf(p, 20_000, btc.P2WPKH, "m/84'/1'/0'/0/3")
	}, []string{"To self:"}},
	"a foreign coin": {func(p *payment, o *btc.Options) {
		n := derive(p.t, master(p.t, 2), "m/84'/1'/0'/0/0")
		p.spend(50_000, keyScript(p.t, btc.P2WPKH, n), n)
		p.pay(50_000, keyScript(p.t, btc.P2WPKH, n).Output, n)
	}, []string{"1 not of this wallet", "Leaves the wallet: 0.00061000 BTC"}},
	"an amount that is not proven": {func(p *payment, o *btc.Options) {
		n := derive(p.t, master(p.t, 1), "m/84'/1'/0'/0/1")
		p.spend(50_000, keyScript(p.t, btc.P2WPKH, n), n).NonWitnessUtxo = nil
		p.tx.TxOut[0].Value += 50_000
		o.TrustAmounts = true
	}, []string{"WARNING: the amount of input 1 is not proven"}},
	"absurd share": {func(p *payment, _ *btc.Options) { p.tx.TxOut[0].Value = 30_000 },
		[]string{"WARNING: the fee is more than 10 %"}},
	"absurd rate": {func(p *payment, _ *btc.Options) {
		*p = *newPayment(p.t)
		n := derive(p.t, master(p.t, 1), "m/84'/1'/0'/0/0")
		p.spend(100_000_000, keyScript(p.t, btc.P2WPKH, n), n)
		p.pay(99_900_000, stranger(p.t))
	}, []string{"WARNING: the fee is more than 500 sat/vB"}},
	"dust and data": {func(p *payment, _ *btc.Options) {
		p.tx.TxOut[1].Value -= 2_000
		p.pay(200, keyScript(p.t, btc.P2PKH, derive(p.t, master(p.t, 98), "m/0")).Output)
		p.pay(0, must(txscript.NullDataScript([]byte("hello\n\x1b[2J"))))
		p.pay(5, must(txscript.NullDataScript([]byte("burn"))))
		p.pay(1_000, []byte{txscript.OP_TRUE})
	}, []string{"dust", `hello\x0a`, "WARNING: output 4 destroys", "WARNING: output 5 pays to a script"}},
	"twice the same": {func(p *payment, _ *btc.Options) { p.pay(300, stranger(p.t)) },
		[]string{"WARNING: output 2 pays to the same address"}},
	"lock time, tip unknown": {func(p *payment, _ *btc.Options) {
		p.tx.LockTime, p.tx.TxIn[0].Sequence = 800_000, 0xfffffffd
	}, []string{"Replaceable", "WARNING: the transaction cannot be mined before block 800000"}},
	"lock time, reached": {func(p *payment, o *btc.Options) {
		p.tx.LockTime, p.tx.TxIn[0].Sequence, o.Tip = 800_000, 0xfffffffe, 800_000
	}, []string{"Not before"}},
	"lock time, far": {func(p *payment, o *btc.Options) {
		p.tx.LockTime, p.tx.TxIn[0].Sequence, o.Tip = 900_000, 0xfffffffe, 800_000
	}, []string{"100000 from now"}},
	"lock time without effect": {func(p *payment, o *btc.Options) { p.tx.LockTime = 900_000 }, nil},
	"a time to wait for": {func(p *payment, o *btc.Options) {
		p.tx.LockTime, p.tx.TxIn[0].Sequence = 2_000_000_000, 0
		o.Now = time.Unix(1_900_000_000, 0)
	}, []string{"2033-05-18", "WARNING"}},
	"a version from nowhere": {func(p *payment, _ *btc.Options) { p.tx.Version = -7 },
		[]string{"WARNING: the transaction has version -7"}},
}

// TestWhatIsShown compares every summary with a file that a person has read.
func TestWhatIsShown(t *testing.T) {
	for what, test := range summaryCases {
		t.Run(what, func(t *testing.T) {
			p, _, w := simple(t)
			o := regtest
			test.change(p, &o)
			r, err := p.packet().Review(w, o)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range test.want {
				if !strings.Contains(r.Summary.String(), want) {
					t.Errorf("%q is missing", want)
				}
			}
			compare(t, what, r.Summary.String())
		})
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/summaries/" + strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), ",", "") + ".txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%v: got\n%swant\n%s", err, got, want)
	}
}

func TestChangeOfAMultisigWalletIsRecognisedByItsDescriptorOnly(t *testing.T) {
	d, at := multisigWallet(t, "wsh(sortedmulti(2,%s))")
	p := newPayment(t)
	script, names := at(0, 4)
	p.spend(100_000, script, names...)
	change, changeNames := at(1, 9)
	p.pay(60_000, stranger(t))
	p.pay(39_000, change.Output, changeNames...)
	w := btc.Wallet{Accounts: []btc.Account{account(t, master(t, 1), "m/48'/1'/0'/2'")}}
	r, err := p.packet().Review(w, regtest)
	if err != nil || r.Outputs[1].Ours {
		t.Fatalf("without a descriptor: %v %+v", err, r.Outputs[1])
	}
	w.Descriptors = []*btc.Descriptor{d}
	if r, err = p.packet().Review(w, regtest); err != nil || !r.Outputs[1].Change || r.Outputs[0].Ours {
		t.Fatalf("with it: %v %+v", err, r.Outputs)
	}
	compare(t, "multisig", r.Summary.String())

	text, _, _ := strings.Cut(d.String(), "#")
	thief := must(btc.ParseDescriptor(strings.Replace(text, "sortedmulti(2", "sortedmulti(1", 1)))
	p.tx.TxOut[1].PkScript = must(thief.Script(1, 9)).Output
	if r, err = p.packet().Review(w, regtest); err != nil || r.Outputs[1].Ours {
		t.Errorf("one of three instead of two: %v %+v", err, r.Outputs[1])
	}
}

func TestAReviewWithoutAWalletSaysWhatItCan(t *testing.T) {
	p, _, _ := simple(t)
	r, err := p.packet().Review(btc.Wallet{}, regtest)
	if err != nil || r.Fee != 1_000 || len(r.Outputs) != 2 || r.Outputs[1].Ours {
		t.Errorf("%v: %+v", err, r)
	}
	p.inputs[0].NonWitnessUtxo, p.inputs[0].WitnessUtxo = nil, nil
	if r, err = p.packet().Review(btc.Wallet{}, regtest); err == nil || r.Fee != -1 ||
		!strings.Contains(r.Summary.String(), "fee is not known") {
		t.Errorf("%v: %+v", err, r)
	}
	p.tx = wire.NewMsgTx(2)
	p.inputs, p.outs = nil, nil
	if r, err = p.packet().Review(btc.Wallet{}, regtest); err != nil || r.Fee != 0 {
		t.Errorf("an empty one: %v: %+v", err, r)
	}
}
