package eth_test

import (
	"errors"
	"strings"
	"testing"

	"tapcard.example/chain/eth"
)

// The examples of EIP-55.
var checksummed = []string{
	"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
	"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	"0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
	"0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
}

func TestAddressesAreWrittenAndReadWithTheirChecksum(t *testing.T) {
	for _, want := range checksummed {
		for _, form := range []string{want, strings.ToLower(want), "0x" + strings.ToUpper(want[2:])} {
			if a, err := eth.ParseAddress(form); err != nil || a.String() != want {
				t.Errorf("%s: %v, %v", form, a, err)
			}
		}
	}
}

func TestAMistypedAddressIsRefused(t *testing.T) {
	good := checksummed[0]
	swapped := strings.Replace(good, "aA", "Aa", 1)
	for _, bad := range []string{"", "0x", good[2:], good[:41], good + "00", swapped, strings.Replace(good, "9", "8", 1),
		strings.Replace(good, "F", "G", 1), "0X" + good[2:], " " + good} {
		if _, err := eth.ParseAddress(bad); !errors.Is(err, eth.ErrAddress) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTheAccountOfAKnownKey(t *testing.T) {
	if got := eth.Address(publicKey(keyFromHex(t, anvilKey))).String(); got != anvilAccount {
		t.Errorf("%s, want %s", got, anvilAccount)
	}
}
