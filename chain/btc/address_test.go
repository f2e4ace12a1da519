package btc_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tapcard.example/chain/btc"
)

type addressVectors struct {
	Valid   []struct{ Address, Script string }
	Invalid []struct{ Address, Reason string }
}

func networkOf(address string) btc.Network {
	if strings.HasPrefix(strings.ToLower(address), "tb") {
		return btc.Testnet
	}
	return btc.Mainnet
}

func TestSegwitAddressesOfBIP350AreReadUnlessNobodyCanSpendFromThem(t *testing.T) {
	read := 0
	for _, v := range load[addressVectors](t, "addresses.json").Valid {
		script, err := btc.ParseAddress(v.Address, networkOf(v.Address))
		taproot := strings.HasPrefix(v.Script, "5120")
		if known := strings.HasPrefix(v.Script, "00") || taproot; !known {
			if !errors.Is(err, btc.ErrAddress) {
				t.Errorf("%s: %v", v.Address, err)
			}
			continue
		}
		read++
		if err != nil || hex.EncodeToString(script) != v.Script {
			t.Errorf("%s: %x, %v", v.Address, script, err)
		}
		if back, ok := btc.AddressOf(script, networkOf(v.Address)); !ok || back != strings.ToLower(v.Address) {
			t.Errorf("%s came back as %s", v.Address, back)
		}
	}
	if read != 5 {
		t.Errorf("%d read", read)
	}
}

func TestAddressesThatBIP350CallsInvalidAreRefused(t *testing.T) {
	v := load[addressVectors](t, "addresses.json")
	if len(v.Invalid) < 20 {
		t.Fatalf("%d vectors", len(v.Invalid))
	}
	for _, a := range v.Invalid {
		for n := btc.Mainnet; n <= btc.Regtest; n++ {
			if _, err := btc.ParseAddress(a.Address, n); !errors.Is(err, btc.ErrAddress) {
				t.Errorf("%s (%s): %v", a.Address, a.Reason, err)
			}
		}
	}
}

func TestEveryKindOfAddressOnEveryNetworkComesBack(t *testing.T) {
	beginnings := map[btc.Network]string{
		btc.Mainnet: "1 3 bc1q", btc.Testnet: "mn 2 tb1q", btc.Signet: "mn 2 tb1q", btc.Regtest: "mn 2 bcrt1q",
	}
	key := derive(t, abandon(t), "m/0").public
	for n, all := range beginnings {
		for kind, beginning := range strings.Fields(all) {
			address := must(btc.KeyAddress(btc.ScriptType(kind), key, n))
			script, err := btc.ParseAddress(address, n)
			if err != nil || hexOf(script) != hexOf(must(btc.KeyScript(btc.ScriptType(kind), key)).Output) {
				t.Errorf("%v: %s: %v", n, address, err)
			}
			if !strings.HasPrefix(address, beginning) && !strings.Contains(beginning, address[:1]) {
				t.Errorf("%v: %s does not begin with %s", n, address, beginning)
			}
			if other := btc.Mainnet; n != btc.Mainnet {
				if _, err := btc.ParseAddress(address, other); !errors.Is(err, btc.ErrAddress) {
					t.Errorf("%s of %v on %v: %v", address, n, other, err)
				}
			}
		}
	}
}

func TestAnAddressOfAnotherNetworkIsRefusedByName(t *testing.T) {
	for address, n := range map[string]btc.Network{
		"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080": btc.Mainnet,
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4":   btc.Regtest,
	} {
		if _, err := btc.ParseAddress(address, n); err == nil || !strings.Contains(err.Error(), "not for "+n.String()) {
			t.Errorf("%s on %v: %v", address, n, err)
		}
	}
}

func TestAmountsAreReadExactly(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1": 100_000_000, "0.00000001": 1, "1e-8": 1, "1.2E-4": 12_000,
		"20999999.9769": 2_099_999_997_690_000, "21000000.00000000": btc.MaxMoney, "0.100000000000": 10_000_000} {
		if got, err := btc.ParseAmount(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-1", "+1", ".5", "1,5", "0.000000001", "21000000.00000001", "1e99", "1e", "0x1",
		"NaN", " 1", strings.Repeat("9", 40), "1e-9", "1_0"} {
		if got, err := btc.ParseAmount(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
	if s := btc.FormatAmount(-123_456_789); s != "-1.23456789 BTC" {
		t.Error(s)
	}
	r, err := btc.ParseFeeRate("1.125")
	if err != nil || r != 1_125 || r.Fee(200) != 225 || r.Fee(1) != 2 || r.String() != "1.125 sat/vB" {
		t.Errorf("%v %v", r, err)
	}
}

func TestNetworksHaveTheNamesOfBitcoinCore(t *testing.T) {
	for _, name := range []string{"main", "test", "signet", "regtest", "testnet4", "mainnet"} {
		if n, err := btc.ParseNetwork(name); err != nil || !strings.HasPrefix(n.String(), strings.TrimSuffix(name, "net4")) {
			t.Errorf("%s: %v, %v", name, n, err)
		}
	}
	if _, err := btc.ParseNetwork("dogecoin"); err == nil {
		t.Error("dogecoin is a network")
	}
	if n := btc.Network(99); n.String() != "testnet" {
		t.Error("a number that is no network is taken for mainnet")
	}
}

func FuzzParseAddress(f *testing.F) {
	v := load[addressVectors](f, "addresses.json")
	for _, a := range v.Valid {
		f.Add(a.Address)
	}
	f.Add("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")
	f.Add("3B5fQsEXEaV8v6U3ejYc8XaKXAkyQj2MjV")
	f.Fuzz(func(t *testing.T, text string) {
		for n := btc.Mainnet; n <= btc.Regtest; n++ {
			script, err := btc.ParseAddress(text, n)
			if err != nil {
				continue
			}
			if back, ok := btc.AddressOf(script, n); !ok || !strings.EqualFold(back, text) {
				t.Errorf("%q came back as %q", text, back)
			}
		}
	})
}

func ExampleParseAddress() {
	script, err := btc.ParseAddress("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", btc.Mainnet)
	fmt.Printf("%x %v\n", script, err)
	// Output: 0014751e76e8199196d454941c45d1b3a323f1433bd6 <nil>
}
