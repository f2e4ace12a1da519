package eth

import (
	"encoding/binary"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

func TestSelectorsAreTheHashesOfTheirSignatures(t *testing.T) {
	for _, selector := range []uint32{0xa9059cbb, 0x095ea7b3, 0x23b872dd, 0x39509351, 0xa22cb465} {
		m, ok := methodOf(selector)
		if !ok || binary.BigEndian.Uint32(crypto.Keccak256([]byte(m.signature))) != selector {
			t.Errorf("%08x is not %q", selector, m.signature)
		}
	}
}

func TestUnlimitedAllowances(t *testing.T) {
	one := big.NewInt(1)
	for bits, want := range map[uint]bool{256: true, 160: true, 128: true, 127: false, 96: true, 64: false} {
		n := new(big.Int).Sub(new(big.Int).Lsh(one, bits), one)
		if unlimited(n) != want {
			t.Errorf("2^%d-1: %v", bits, !want)
		}
	}
}

func TestAmountsAreExact(t *testing.T) {
	for in, want := range map[string]string{"0": "0", "1": "0.000000000000000001", "1000000000000000000": "1",
		"1500000000000000000": "1.5", "123456789012345678901": "123.456789012345678901"} {
		n, _ := new(big.Int).SetString(in, 10)
		if got := decimal(n, etherDecimals); got != want {
			t.Errorf("%s wei is %s ether, want %s", in, got, want)
		}
	}
}

func TestHalfSurrogatesAreFoundAndWholeOnesAreNot(t *testing.T) {
	for in, want := range map[string]bool{`"\ud83d\ude42"`: false, `"\ud83d"`: true, `"\ude42\ud83d"`: true,
		`"\\ud83d"`: false, `"\ud83dx"`: true, `"\ud83d\n"`: true, `"\u0041"`: false, `"\\\ud83d"`: true,
		`"\ud83d\u0041"`: true, `"\uD83D\uDE42"`: false} {
		if got := halfSurrogate([]byte(in)); got != want {
			t.Errorf("%s: %v", in, got)
		}
	}
}
