package eth

import (
	"math/big"
	"strings"
)

const (
	etherDecimals = 18
	gweiDecimals  = 9
)

// decimal writes n / 10^decimals exactly: no rounding, no exponent, no trailing zeros. n is not negative.
func decimal(n *big.Int, decimals int) string {
	digits := n.String()
	if pad := decimals + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	whole, fraction := digits[:len(digits)-decimals], strings.TrimRight(digits[len(digits)-decimals:], "0")
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}
