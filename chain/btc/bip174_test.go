package btc_test

import (
	"errors"
	"testing"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

// workflowWallet is the wallet of the signers of BIP-174, some paths of it.
func workflowWallet(t *testing.T, v bip174, paths ...string) (*hd.Key, btc.Wallet) {
	t.Helper()
	m, _, err := hd.ParseXPrv(secret.Copy([]byte(v.Workflow.Master)))
	if err != nil {
		t.Fatal(err)
	}
	var w btc.Wallet
	for _, p := range paths {
		w.Accounts = append(w.Accounts, account(t, m, p))
	}
	return m, w
}

// strictlyNot: the second coin of BIP-174's example comes without its transaction.
var bip174Options = btc.Options{Network: btc.Testnet, TrustAmounts: true}

func TestASignerMakesThePSBTsThatBIP174Gives(t *testing.T) {
	v := load[bip174](t, "bip174.json")
	for _, c := range []struct {
		paths  []string
		result string
	}{
		{[]string{"m/0'/0'/0'", "m/0'/0'/2'"}, v.Workflow.SignedBy0And2},
		{[]string{"m/0'/0'/1'", "m/0'/0'/3'"}, v.Workflow.SignedBy1And3},
	} {
		m, w := workflowWallet(t, v, c.paths...)
		d := newDesk(&softCard{master: m})
		p := parse(t, v.Workflow.WithSighash)
		r, err := p.Sign(t.Context(), &d.Signer, w, bip174Options)
		if err != nil || r.Signed != 2 || r.Complete || len(d.shown) != 1 {
			t.Fatalf("%v: %+v", err, r)
		}
		if p.Base64() != c.result {
			t.Errorf("%v: got\n%s\nwant\n%s", c.paths, p.Base64(), c.result)
		}
	}
}

func TestTheRolesAfterTheSignerAreThoseOfBIP174(t *testing.T) {
	v := load[bip174](t, "bip174.json")
	p := parse(t, v.Workflow.SignedBy0And2)
	if _, err := p.Transaction(); !errors.Is(err, btc.ErrIncomplete) {
		t.Errorf("half signed: %v", err)
	}
	if err := p.Combine(parse(t, v.Workflow.SignedBy1And3)); err != nil || !samePairs(t, p, v.Workflow.Combined) {
		t.Errorf("combined: %v\n%s\nwant\n%s", err, p.Base64(), v.Workflow.Combined)
	}
	if err := p.Finalize(); err != nil || p.Base64() != v.Workflow.Finalized {
		t.Errorf("finalized: %v\n%s\nwant\n%s", err, p.Base64(), v.Workflow.Finalized)
	}
	for _, from := range []string{v.Workflow.Combined, v.Workflow.Finalized} {
		tx, err := parse(t, from).Transaction()
		if err != nil || hexOf(btc.EncodeTransaction(tx)) != v.Workflow.Transaction {
			t.Errorf("extracted: %v", err)
		}
	}
	if err := p.Combine(parse(t, v.Valid[0].PSBT)); !errors.Is(err, btc.ErrPSBT) {
		t.Errorf("combined with another transaction: %v", err)
	}
}

func TestASignerAlsoSignsVersion2AndTheTransactionIsTheSame(t *testing.T) {
	v := load[bip174](t, "bip174.json")
	m, w := workflowWallet(t, v, "m/0'/0'/0'", "m/0'/0'/1'", "m/0'/0'/2'", "m/0'/0'/3'")
	p, err := parse(t, v.Workflow.WithSighash).ToV2()
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(&softCard{master: m})
	r, err := p.Sign(t.Context(), &d.Signer, w, bip174Options)
	if err != nil || r.Signed != 4 || !r.Complete || p.Version() != 2 {
		t.Fatalf("%v: %+v", err, r)
	}
	tx, err := parse(t, p.Base64()).Transaction()
	if err != nil || hexOf(btc.EncodeTransaction(tx)) != v.Workflow.Transaction {
		t.Errorf("%v", err)
	}
}

func TestWhatASignerMustCheckByBIP174IsChecked(t *testing.T) {
	v := load[bip174](t, "bip174.json")
	m, w := workflowWallet(t, v, "m/0'/0'/0'", "m/0'/0'/2'")
	if len(v.RefusedBySigner) != 4 {
		t.Fatalf("%d vectors", len(v.RefusedBySigner))
	}
	for _, c := range v.RefusedBySigner {
		d := newDesk(&softCard{master: m})
		_, err := parse(t, c.PSBT).Sign(t.Context(), &d.Signer, w, bip174Options)
		if !errors.Is(err, btc.ErrCoin) || d.signed != 0 {
			t.Errorf("%s: %v", c.Case, err)
		}
		t.Logf("%s: %v", c.Case, err)
	}
}

func TestSeveralCoinsNeedTheirTransactions(t *testing.T) {
	v := load[bip174](t, "bip174.json")
	m, w := workflowWallet(t, v, "m/0'/0'/0'", "m/0'/0'/2'")
	d := newDesk(&softCard{master: m})
	_, err := parse(t, v.Workflow.WithSighash).Sign(t.Context(), &d.Signer, w, btc.Options{Network: btc.Testnet})
	if !errors.Is(err, btc.ErrCoin) || d.signed != 0 {
		t.Errorf("%v", err)
	}
}

// samePairs says whether two PSBTs say the same, in whatever order: adding one to the other changes neither.
func samePairs(t *testing.T, p *btc.Packet, text string) bool {
	a, b := parse(t, p.Base64()), parse(t, text)
	return a.Combine(parse(t, text)) == nil && a.Base64() == p.Base64() && b.Combine(p) == nil && b.Base64() == text
}
