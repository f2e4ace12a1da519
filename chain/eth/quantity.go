package eth

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// quantity reads a whole number from JSON: a number, or a string in decimal or with 0x in hex. Neither fractions nor
// exponents nor leading zeros of a decimal: 010 is 8 to one program and 10 to the next.
func quantity(v any) (*big.Int, error) {
	switch v := v.(type) {
	case json.Number:
		return parseInteger(v.String())
	case string:
		return parseInteger(v)
	}
	return nil, fmt.Errorf("%s is not a number", describeJSON(v))
}

// parseInteger reads -12, 12 or 0xc. Its cost is bounded: no number here has more than 256 bits.
func parseInteger(text string) (*big.Int, error) {
	const maxDigits = 80 // 2^256 has 78 decimal digits
	if len(text) > maxDigits {
		return nil, errors.New("a number of more than 256 bits")
	}
	digits, base := strings.TrimPrefix(text, "-"), 10
	if rest, ok := strings.CutPrefix(text, "0x"); ok {
		digits, base = rest, 16
	}
	if digits == "" || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return nil, fmt.Errorf("%.80q is not a whole number in decimal or 0x hex", text)
	}
	if base == 10 && len(digits) > 1 && digits[0] == '0' {
		return nil, fmt.Errorf("%q has leading zeros, it is unclear whether decimal is meant", text)
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return nil, fmt.Errorf("%q is not a whole number in decimal or 0x hex", text)
	}
	if text[0] == '-' {
		n.Neg(n)
	}
	return n, nil
}

// checkUnsigned fails when n is negative or needs more than bits.
func checkUnsigned(n *big.Int, bits int) error {
	if n.Sign() < 0 {
		return fmt.Errorf("%v is negative", n)
	}
	if n.BitLen() > bits {
		return fmt.Errorf("%v does not fit in %d bits", n, bits)
	}
	return nil
}

// checkSigned fails when n is outside -2^(bits-1) to 2^(bits-1)-1.
func checkSigned(n *big.Int, bits int) error {
	magnitude := n
	if n.Sign() < 0 {
		magnitude = new(big.Int).Not(n) // -n-1: the negative side reaches one further
	}
	if magnitude.BitLen() > bits-1 {
		return fmt.Errorf("%v does not fit in %d bits with a sign", n, bits)
	}
	return nil
}
