package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"tapcard.example/paycard/wire"
)

// tokenDecimals: a vault counts in millionths of a token (paycard/PROTOCOL.md).
const tokenDecimals = 6

const noLimit = "none"

// payAmount is a limit in tokens, as a flag and in results: "12.5", or "none".
type payAmount uint64

// String is the amount without trailing zeros.
func (m payAmount) String() string {
	if m == wire.NoLimit {
		return noLimit
	}
	s := fmt.Sprintf("%d.%06d", m/1e6, m%1e6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// MarshalText is String: numbers of JSON are too small for some limits.
func (m payAmount) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Type is what help calls it.
func (m *payAmount) Type() string { return "AMOUNT" }

// Set reads tokens with at most 6 decimals, or "none".
func (m *payAmount) Set(text string) error {
	if text == noLimit {
		*m = wire.NoLimit
		return nil
	}
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > tokenDecimals || strings.ContainsAny(text, "+-") {
		return fmt.Errorf("%q is no amount: tokens with at most %d decimals, or %q", text, tokenDecimals, noLimit)
	}
	n, err := strconv.ParseUint(whole+part+strings.Repeat("0", tokenDecimals-len(part)), 10, 64)
	if err != nil || n == wire.NoLimit || whole == "" {
		return fmt.Errorf("%q is no amount: tokens with at most %d decimals, or %q", text, tokenDecimals, noLimit)
	}
	*m = payAmount(n)
	return nil
}

// payAddress is an Ethereum address as a flag and in results.
type payAddress wire.Address

// String is 0x and 40 digits.
func (p payAddress) String() string { return wire.Address(p).String() }

// MarshalText is String.
func (p payAddress) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Type is what help calls it.
func (p *payAddress) Type() string { return "ADDRESS" }

// Set reads 0x and 40 hexadecimal digits; the zero address is refused.
func (p *payAddress) Set(text string) error {
	b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(b) != wire.AddressSize || payAddress(b) == (payAddress{}) {
		return fmt.Errorf("%q is no address: 0x and 40 hexadecimal digits", text)
	}
	*p = payAddress(b)
	return nil
}

// payCount is a number that may be unlimited; JSON null then.
func payCount(n uint32) *uint32 {
	if n == wire.NoCounterLimit {
		return nil
	}
	return &n
}

func payCountText(n *uint32) string {
	if n == nil {
		return "no limit"
	}
	return fmt.Sprint(*n)
}
