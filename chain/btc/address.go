package btc

import (
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/txscript/v2"
)

// ParseAddress gives the output script that an address stands for: P2PKH, P2SH, P2WPKH, P2WSH or P2TR. It fails with
// ErrAddress for one of another network, a bad checksum, or a witness version that no wallet can spend from yet.
func ParseAddress(text string, n Network) ([]byte, error) {
	if len(text) > 100 {
		return nil, fmt.Errorf("%w: %d characters", ErrAddress, len(text))
	}
	if other, ok := foreign(text, n); ok {
		return nil, fmt.Errorf("%w: it is for %v, not for %v", ErrAddress, other, n)
	}
	params := n.facts().params
	a, err := address.DecodeAddress(text, params)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	if _, bareKey := a.(*address.AddressPubKey); bareKey || !a.IsForNet(params) {
		return nil, fmt.Errorf("%w: it is not for %v", ErrAddress, n)
	}
	script, err := txscript.PayToAddrScript(a)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	return script, nil
}

// foreign recognises the segwit addresses of other networks by their beginning, for a better error.
func foreign(text string, n Network) (Network, bool) {
	prefix, _, _ := strings.Cut(strings.ToLower(text), "1")
	own := n.facts().params.Bech32HRPSegwit
	for other := range networks {
		if hrp := networks[other].params.Bech32HRPSegwit; prefix == hrp && hrp != own {
			return Network(other), true
		}
	}
	return 0, false
}

// AddressOf is the address of an output script, if it has one.
func AddressOf(script []byte, n Network) (string, bool) {
	parsed, err := txscript.ParsePkScript(script)
	if err != nil {
		return "", false
	}
	a, err := parsed.Address(n.facts().params)
	if err != nil {
		return "", false
	}
	return a.EncodeAddress(), true
}

// KeyAddress is the address of a key in one of the types with one key. public is compressed.
func KeyAddress(t ScriptType, public [33]byte, n Network) (string, error) {
	script, err := KeyScript(t, public)
	if err != nil {
		return "", err
	}
	text, _ := AddressOf(script.Output, n)
	return text, nil
}

// dustLimit is the least that an output may carry for nodes to relay it, in satoshi: what spending it would cost at 3
// satoshi a byte (Bitcoin Core's default dust relay fee).
func dustLimit(script []byte) int64 {
	size := int64(8 + compactSize(len(script)) + len(script))
	if txscript.IsUnspendable(script) {
		return 0
	}
	if txscript.IsWitnessProgram(script) {
		return 3 * (size + 67)
	}
	return 3 * (size + 148)
}

// compactSize is the length of the length of n bytes.
func compactSize(n int) int {
	switch {
	case n < 0xfd:
		return 1
	case n <= 0xffff:
		return 3
	}
	return 5
}
