package btc_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/card"
	"tapcard.example/chain/btc"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

// judge runs a signed transaction through btcd's script engine, apart from the code that made it.
func judge(t testing.TB, p *payment, tx *wire.MsgTx) {
	t.Helper()
	coins := txscript.NewMultiPrevOutFetcher(nil)
	for i, in := range tx.TxIn {
		coins.AddPrevOut(in.PreviousOutPoint, p.inputs[i].NonWitnessUtxo.TxOut[1])
	}
	hashes := txscript.NewTxSigHashes(tx, coins)
	for i, in := range tx.TxIn {
		out := coins.FetchPrevOutput(in.PreviousOutPoint)
		e, err := txscript.NewEngine(out.PkScript, tx, i, txscript.StandardVerifyFlags, nil, hashes, out.Value, coins)
		if err == nil {
			err = e.Execute()
		}
		if err != nil {
			t.Errorf("input %d: %v", i, err)
		}
	}
}

// multisigWallet is two of three, the first key of the card, and a descriptor of the wallet.
func multisigWallet(t testing.TB, form string) (*btc.Descriptor, func(branch, index uint32) (btc.Script, []name)) {
	t.Helper()
	var keys []string
	for seed := byte(1); seed <= 3; seed++ {
		m := master(t, seed)
		k := must(m.Derive(path(t, "m/48'/1'/0'/2'")))
		xpub := k.Neuter().Encode(btc.Regtest.Keys())
		keys = append(keys, fmt.Sprintf("[%x/48h/1h/0h/2h]%s/<0;1>/*", m.Fingerprint(), xpub))
	}
	d, err := btc.ParseDescriptor(fmt.Sprintf(form, strings.Join(keys, ",")))
	if err != nil {
		t.Fatal(err)
	}
	return d, func(branch, index uint32) (btc.Script, []name) {
		var names []name
		for seed := byte(1); seed <= 3; seed++ {
			names = append(names, derive(t, master(t, seed), fmt.Sprintf("m/48'/1'/0'/2'/%d/%d", branch, index)))
		}
		return must(d.Script(int(branch), index)), names
	}
}

var regtest = btc.Options{Network: btc.Regtest}

func TestOneTransactionSpendsEveryKindOfCoin(t *testing.T) {
	m := master(t, 1)
	p := newPayment(t)
	for i, kind := range []btc.ScriptType{btc.P2PKH, btc.P2SHP2WPKH, btc.P2WPKH} {
		n := derive(t, m, fmt.Sprintf("m/84'/1'/0'/0/%d", i))
		p.spend(100_000, keyScript(t, kind, n), n)
	}
	w := btc.Wallet{Accounts: []btc.Account{account(t, m, "m/84'/1'/0'"), account(t, m, "m/48'/1'/0'/2'")}}
	for i, form := range []string{"sh(sortedmulti(2,%s))", "sh(wsh(sortedmulti(2,%s)))", "wsh(sortedmulti(2,%s))",
		"wsh(multi(1,%s))"} {
		_, at := multisigWallet(t, form)
		script, names := at(0, uint32(i))
		p.spend(100_000, script, names...)
	}
	p.pay(650_000, stranger(t))
	packet := p.packet()

	d := newDesk(&softCard{master: m})
	r, err := packet.Sign(t.Context(), &d.Signer, w, regtest)
	if err != nil || r.Signed != 7 || r.Complete || len(d.shown) != 1 {
		t.Fatalf("%v: %+v", err, r)
	}
	other := newDesk(&softCard{master: master(t, 2)})
	w2 := btc.Wallet{Accounts: []btc.Account{account(t, master(t, 2), "m/48'/1'/0'/2'")}}
	r, err = packet.Sign(t.Context(), &other.Signer, w2, regtest)
	if err != nil || r.Signed != 4 || !r.Complete {
		t.Fatalf("the second card: %v: %+v", err, r)
	}
	tx := must(packet.Transaction())
	judge(t, p, tx)
	size := int64(3*tx.SerializeSizeStripped()+tx.SerializeSize()+3) / 4
	if r.Review.Size < size || r.Review.Size > size+8 {
		t.Errorf("the size was said to be %d and is %d", r.Review.Size, size)
	}
	if err := packet.Finalize(); err != nil {
		t.Fatal(err)
	}
	if again := must(must(btc.ParsePSBT(packet.Bytes())).Transaction()); again.TxHash() != tx.TxHash() {
		t.Error("the finalized PSBT holds another transaction")
	}
	if _, err := packet.Sign(t.Context(), &d.Signer, w, regtest); !errors.Is(err, btc.ErrNotOurs) {
		t.Errorf("signing again: %v", err)
	}
}

// simple is a payment of 60,000 from a coin of 100,000 with 39,000 of change.
func simple(t testing.TB) (*payment, *desk, btc.Wallet) {
	m := master(t, 1)
	p := newPayment(t)
	n := derive(t, m, "m/84'/1'/0'/0/0")
	p.spend(100_000, keyScript(t, btc.P2WPKH, n), n)
	p.pay(60_000, stranger(t))
	c := derive(t, m, "m/84'/1'/0'/1/7")
	p.pay(39_000, keyScript(t, btc.P2WPKH, c).Output, c)
	return p, newDesk(&softCard{master: m}), btc.Wallet{Accounts: []btc.Account{account(t, m, "m/84'/1'/0'")}}
}

func TestASingleKeyWithoutAnyPathIsFoundByItsScript(t *testing.T) {
	k := secp256k1.PrivKeyFromBytes([]byte{7})
	a, d := single(k)
	p := newPayment(t)
	script := must(btc.KeyScript(btc.P2WPKH, [33]byte(k.PubKey().SerializeCompressed())))
	p.spend(50_000, script)
	p.pay(20_000, stranger(t))
	p.pay(29_000, script.Output)
	packet := p.packet()
	r, err := packet.Sign(t.Context(), &d.Signer, btc.Wallet{Accounts: []btc.Account{a}}, regtest)
	if err != nil || !r.Complete || !r.Review.Outputs[1].Change {
		t.Fatalf("%v: %+v", err, r)
	}
	judge(t, p, must(packet.Transaction()))
}

func TestAWalletThatWasNeverToldTheMasterKeyNamesKeysFromTheAccount(t *testing.T) {
	p, d, w := simple(t)
	x := must(master(t, 1).Derive(path(t, "m/84'/1'/0'")))
	n := derive(t, x, "m/0/0")
	p.inputs[0].Bip32Derivation = derivations([]name{n})
	packet := p.packet()
	if r, err := packet.Sign(t.Context(), &d.Signer, w, regtest); err != nil || !r.Complete {
		t.Errorf("%v: %+v", err, r)
	}
}

// stolen is a key of another wallet.
func stolen(p *payment) name { return derive(p.t, master(p.t, 2), "m/84'/1'/0'/0/0") }

// badPSBTs change one thing each in a good one, and say why it is not signed then.
var badPSBTs = map[string]struct {
	spoil func(p *payment)
	kind  error
}{
	"another master key": {func(p *payment) {
		p.inputs[0].Bip32Derivation = derivations([]name{stolen(p)})
	}, btc.ErrNotOurs},
	"no key named": {func(p *payment) { p.inputs[0].Bip32Derivation = nil }, btc.ErrNotOurs},
	"a key that is not at its path": {func(p *payment) {
		n := stolen(p)
		n.master = master(p.t, 1).Fingerprint()
		p.inputs[0].Bip32Derivation = derivations([]name{n})
	}, btc.ErrKey},
	"a key of ours that the script does not hold": {func(p *payment) {
		p.inputs[0].Bip32Derivation = derivations([]name{derive(p.t, master(p.t, 1), "m/84'/1'/0'/0/1")})
	}, btc.ErrKey},
	"a path outside the account": {func(p *payment) {
		p.inputs[0].Bip32Derivation = derivations([]name{derive(p.t, master(p.t, 1), "m/84'/1'/1'/0/0")})
	}, btc.ErrNotOurs},
	"a hardened path below the account": {func(p *payment) {
		p.inputs[0].Bip32Derivation = derivations([]name{derive(p.t, master(p.t, 1), "m/84'/1'/0'/0'/0")})
	}, btc.ErrNotOurs},
	"a path of 200 steps": {func(p *payment) {
		n := derive(p.t, master(p.t, 1), "m/84'/1'/0'/0/0")
		n.path = append(n.path, make(hd.Path, 195)...)
		p.inputs[0].Bip32Derivation = derivations([]name{n})
	}, btc.ErrNotOurs},
	"a lie about the amount": {func(p *payment) {
		p.inputs[0].WitnessUtxo = wire.NewTxOut(5_000_000, p.inputs[0].WitnessUtxo.PkScript)
	}, btc.ErrCoin},
	"the transaction of another coin": {func(p *payment) { p.inputs[0].NonWitnessUtxo.LockTime++ }, btc.ErrCoin},
	"an output that does not exist":   {func(p *payment) { p.tx.TxIn[0].PreviousOutPoint.Index = 2 }, btc.ErrCoin},
	"nothing about the coin": {func(p *payment) {
		p.inputs[0].NonWitnessUtxo, p.inputs[0].WitnessUtxo = nil, nil
	}, btc.ErrCoin},
	"a second coin whose amount is only claimed": {func(p *payment) {
		in := p.spend(1_000, keyScript(p.t, btc.P2WPKH, stolen(p)), stolen(p))
		in.NonWitnessUtxo = nil
	}, btc.ErrCoin},
	"a second coin that is said to be taproot": {func(p *payment) {
		ours := derive(p.t, master(p.t, 1), "m/84'/1'/0'/0/9")
		in := p.spend(5_000_000, keyScript(p.t, btc.P2WPKH, ours))
		in.NonWitnessUtxo = nil
		in.WitnessUtxo = wire.NewTxOut(1, append([]byte{txscript.OP_1, 32}, ours.public[1:]...))
	}, btc.ErrCoin},
	"payments above the coins":  {func(p *payment) { p.tx.TxOut[0].Value = 100_001 }, btc.ErrAmount},
	"a negative payment":        {func(p *payment) { p.tx.TxOut[0].Value = -1 }, btc.ErrAmount},
	"payments that overflow":    {func(p *payment) { p.tx.TxOut[0].Value = 1 << 62 }, btc.ErrAmount},
	"more than all the money":   {func(p *payment) { p.tx.TxOut[0].Value = btc.MaxMoney }, btc.ErrAmount},
	"SIGHASH_NONE":              {func(p *payment) { p.inputs[0].SighashType = txscript.SigHashNone }, btc.ErrSighash},
	"SIGHASH_SINGLE":            {func(p *payment) { p.inputs[0].SighashType = txscript.SigHashSingle }, btc.ErrSighash},
	"ANYONECANPAY":              {func(p *payment) { p.inputs[0].SighashType = 0x81 }, btc.ErrSighash},
	"a sighash beyond one byte": {func(p *payment) { p.inputs[0].SighashType = 0x101 }, btc.ErrSighash},
	"a script of another kind": {func(p *payment) {
		p.inputs[0].WitnessScript = []byte{0x51}
		p.inputs[0].NonWitnessUtxo.TxOut[1].PkScript = must(txscript.PayToTaprootScript(
			secp256k1.PrivKeyFromBytes([]byte{1}).PubKey()))
		p.inputs[0].WitnessUtxo = p.inputs[0].NonWitnessUtxo.TxOut[1]
		p.tx.TxIn[0].PreviousOutPoint.Hash = p.inputs[0].NonWitnessUtxo.TxHash()
	}, btc.ErrScript},
}

func TestWhatMustNotBeSignedIsNot(t *testing.T) {
	for what, test := range badPSBTs {
		t.Run(what, func(t *testing.T) {
			p, d, w := simple(t)
			test.spoil(p)
			packet := p.packet()
			before := packet.Base64()
			_, err := packet.Sign(t.Context(), &d.Signer, w, regtest)
			if !errors.Is(err, test.kind) || d.signed != 0 || len(d.shown) != 0 || packet.Base64() != before {
				t.Errorf("%v; shown %d times, %d signatures", err, len(d.shown), d.signed)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %q", err)
			}
		})
	}
}

func TestALegacyCoinWithoutItsTransactionIsNeverSigned(t *testing.T) {
	m := master(t, 1)
	p := newPayment(t)
	n := derive(t, m, "m/84'/1'/0'/0/0")
	p.spend(100_000, keyScript(t, btc.P2PKH, n), n).NonWitnessUtxo = nil
	p.pay(99_000, stranger(t))
	d := newDesk(&softCard{master: m})
	o := regtest
	o.TrustAmounts = true
	_, err := p.packet().Sign(t.Context(), &d.Signer, btc.Wallet{Accounts: []btc.Account{account(t, m, "m/84'/1'/0'")}}, o)
	if !errors.Is(err, btc.ErrCoin) || d.signed != 0 {
		t.Errorf("%v", err)
	}
}

func TestOtherSighashesAreSignedWhenAskedWithAWarning(t *testing.T) {
	for _, kind := range []txscript.SigHashType{txscript.SigHashNone, txscript.SigHashSingle, 0x81, 0x82, 0x83} {
		p, d, w := simple(t)
		p.inputs[0].SighashType = kind
		packet := p.packet()
		o := regtest
		o.AnySighash = true
		if r, err := packet.Sign(t.Context(), &d.Signer, w, o); err != nil || !r.Complete {
			t.Errorf("%#x: %v", byte(kind), err)
			continue
		}
		judge(t, p, must(packet.Transaction()))
		if text := d.shown[0].String(); !strings.Contains(text, "others can change the transaction") {
			t.Errorf("%#x: no warning in\n%s", byte(kind), text)
		}
	}
}

func TestSighashSingleWithoutAnOutputIsNeverSigned(t *testing.T) {
	p, d, w := simple(t)
	m := master(t, 1)
	for i := range 2 {
		n := derive(t, m, fmt.Sprintf("m/84'/1'/0'/0/%d", i+1))
		p.spend(1_000, keyScript(t, btc.P2PKH, n), n)
	}
	p.inputs[2].SighashType = txscript.SigHashSingle
	o := regtest
	o.AnySighash = true
	if _, err := p.packet().Sign(t.Context(), &d.Signer, w, o); !errors.Is(err, btc.ErrSighash) || d.signed != 0 {
		t.Errorf("%v", err)
	}
}

func TestACardThatSignsWithAnotherKeyAddsNothing(t *testing.T) {
	p, _, w := simple(t)
	d := newDesk(&softCard{master: master(t, 2)})
	packet := p.packet()
	before := packet.Base64()
	r, err := packet.Sign(t.Context(), &d.Signer, w, regtest)
	if !errors.Is(err, card.ErrCardMismatch) || r.Signed != 0 || packet.Base64() != before {
		t.Errorf("%v: %+v", err, r)
	}
}

func TestSignaturesMadeBeforeACardFailsAreKept(t *testing.T) {
	m := master(t, 1)
	p := newPayment(t)
	for i := range 3 {
		n := derive(t, m, fmt.Sprintf("m/84'/1'/0'/0/%d", i))
		p.spend(100_000, keyScript(t, btc.P2WPKH, n), n)
	}
	p.pay(299_000, stranger(t))
	w := btc.Wallet{Accounts: []btc.Account{account(t, m, "m/84'/1'/0'")}}
	packet := p.packet()
	d := newDesk(&softCard{master: m})
	d.spoil = func(s *signer.Signature) {
		if d.signed == 3 {
			s.R[0] ^= 1
		}
	}
	r, err := packet.Sign(t.Context(), &d.Signer, w, regtest)
	if !errors.Is(err, card.ErrBadSignature) || r.Signed != 2 {
		t.Fatalf("%v: %+v", err, r)
	}
	d.spoil, d.signed = nil, 0
	saved := must(btc.ParsePSBT(packet.Bytes()))
	r, err = saved.Sign(t.Context(), &d.Signer, w, regtest)
	if err != nil || r.Signed != 1 || d.signed != 1 || !r.Complete {
		t.Errorf("resumed: %v: %+v", err, r)
	}
	judge(t, p, must(saved.Transaction()))
}

func TestASignatureThatSomebodyElseSpoiledIsFoundBeforeTheTransactionLeaves(t *testing.T) {
	p, d, w := simple(t)
	packet := p.packet()
	must(packet.Sign(t.Context(), &d.Signer, w, regtest))
	raw := packet.Bytes()
	at := strings.Index(string(raw), "\x30\x44\x02\x20")
	if at < 0 {
		at = strings.Index(string(raw), "\x30\x45\x02\x21")
	}
	raw[at+40] ^= 1
	if _, err := must(btc.ParsePSBT(raw)).Transaction(); err == nil {
		t.Error("a transaction with a bad signature was given out")
	}
}

func TestSigningAVersion2PSBTClosesIt(t *testing.T) {
	v := load[bip370](t, "bip370.json")
	for _, c := range v.Valid {
		if !strings.Contains(c.Case, "all possible") {
			continue
		}
		p := parse(t, c.PSBT)
		if r, err := p.Review(btc.Wallet{}, btc.Options{}); err != nil || len(r.Inputs) != 1 || r.Fee < 0 {
			t.Errorf("%v: %+v", err, r)
		}
	}
	p, d, w := simple(t)
	v2 := must(p.packet().ToV2())
	const version, open = "\x01\xfb\x04\x02\x00\x00\x00", "\x01\x06\x01\x03"
	raw := strings.Replace(string(v2.Bytes()), version, open+version, 1)
	packet := must(btc.ParsePSBT([]byte(raw)))
	if r, err := packet.Sign(t.Context(), &d.Signer, w, regtest); err != nil || !r.Complete {
		t.Fatal(err)
	}
	if !strings.Contains(string(packet.Bytes()), "\x01\x06\x01\x00\x01\xfb") {
		t.Errorf("it still says that it may be changed: %x", packet.Bytes())
	}
}
