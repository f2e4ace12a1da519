package main

import (
	"testing"

	"tapcard.example/paycard/wire"
)

func TestAmountsAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]uint64{"0": 0, "1": 1_000_000, "0.000001": 1, "12.5": 12_500_000, "none": wire.NoLimit,
		"18446744073709.551614": wire.NoLimit - 1} {
		var m payAmount
		if err := m.Set(text); err != nil || uint64(m) != want || m.String() != text {
			t.Errorf("%q is %d, %v, written %q", text, m, err, m)
		}
	}
}

func TestWhatIsNoAmountIsRefused(t *testing.T) {
	for _, text := range []string{"", ".5", "-1", "+1", "1.0000001", "1e3", "1.+5", "1_0", "18446744073709.551615", "99999999999999", "1.2.3"} {
		var m payAmount
		if err := m.Set(text); err == nil {
			t.Errorf("%q is taken as %v", text, m)
		}
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	for _, text := range []string{"", "0x", "0x11", "0x0000000000000000000000000000000000000000", "0xzz11111111111111111111111111111111111111"} {
		var p payAddress
		if err := p.Set(text); err == nil {
			t.Errorf("%q is taken as %v", text, p)
		}
	}
}
