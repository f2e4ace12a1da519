package btc_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

// abandon is the master key of the mnemonic that the BIPs take for their examples.
func abandon(t testing.TB) *hd.Key {
	t.Helper()
	words := secret.Copy([]byte(strings.Repeat("abandon ", 11) + "about"))
	m, err := hd.Master(hd.Seed(words, secret.Bytes{}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBitcoinCoreGetsBothBranchesWithChecksums(t *testing.T) {
	a := account(t, abandon(t), "m/84'/0'/0'")
	d := must(a.Descriptor(btc.P2WPKH, btc.Mainnet))
	if got, _, _ := strings.Cut(d.String(), "#"); got != wallet84 {
		t.Errorf("%s", got)
	}
	var entries []struct {
		Desc      string
		Active    bool
		Internal  bool
		Range     []int
		Timestamp any
	}
	if err := json.Unmarshal(must(d.CoreImport(time.Time{}, "")), &entries); err != nil || len(entries) != 2 {
		t.Fatalf("%v: %v", err, entries)
	}
	for i, e := range entries {
		one, err := btc.ParseDescriptor(e.Desc)
		if err != nil || !strings.Contains(e.Desc, "#") || one.Branches() != 1 {
			t.Errorf("%s: %v", e.Desc, err)
		}
		if !e.Active || e.Internal != (i == 1) || e.Timestamp != "now" || len(e.Range) != 2 {
			t.Errorf("%+v", e)
		}
	}
}

func TestBitcoinCoreGetsASingleKeyWithoutARange(t *testing.T) {
	_, coin := slot(t, 3, 1)
	public := must(hd.NewXPub(coin.Key[:], [32]byte{}, hd.Origin{})).PublicKey()
	d := must(btc.SingleKey(public, nil).Descriptor(btc.P2WPKH, btc.Mainnet))
	raw := string(must(d.CoreImport(time.Unix(1_700_000_000, 0), "slot 1")))
	for _, want := range []string{`"desc": "wpkh(`, `"timestamp": 1700000000`, `"label": "slot 1"`} {
		if !strings.Contains(raw, want) {
			t.Errorf("%s is not in %s", want, raw)
		}
	}
	if strings.Contains(raw, "range") || strings.Contains(raw, "active") {
		t.Errorf("a single key has a range: %s", raw)
	}
}

func TestTheGenericFileHasTheAddressesOfTheBIPs(t *testing.T) {
	m := abandon(t)
	raw := must(btc.GenericExport([]btc.Account{account(t, m, "m/44'/0'/0'"), account(t, m, "m/49'/0'/0'"),
		account(t, m, "m/84'/0'/0'")}, btc.Mainnet))
	var file struct {
		Chain, XFP          string
		Account             int
		BIP44, BIP49, BIP84 struct{ Name, XFP, Deriv, XPub, Desc, First string }
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if file.Chain != "BTC" || file.XFP != "73C5DA0A" || file.BIP84.Deriv != "m/84'/0'/0'" || file.BIP84.Name != "p2wpkh" {
		t.Errorf("%s", raw)
	}
	for got, want := range map[string]string{file.BIP84.First: "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
		file.BIP44.First: "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", file.BIP49.First: "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf"} {
		if got != want {
			t.Errorf("first address %s, want %s", got, want)
		}
	}
	if _, err := btc.ParseDescriptor(file.BIP84.Desc); err != nil {
		t.Error(err)
	}
}

func TestAccountsThatTheGenericFileHasNoPlaceForAreRefused(t *testing.T) {
	m := abandon(t)
	for _, accounts := range [][]btc.Account{nil, {account(t, m, "m/48'/0'/0'")}, {account(t, m, "m/84'/0'")},
		{btc.SingleKey(m.PublicKey(), nil)}, {account(t, m, "m/84'/0'/0'"), account(t, m, "m/84'/0'/1'")}} {
		if _, err := btc.GenericExport(accounts, btc.Mainnet); !errors.Is(err, btc.ErrDescriptor) {
			t.Errorf("%v", err)
		}
	}
}
