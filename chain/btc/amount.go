package btc

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxMoney is all bitcoins there will ever be, in satoshi. No amount and no sum of amounts is larger.
const MaxMoney = 21_000_000 * satPerBTC

const satPerBTC = 100_000_000

// FormatAmount writes satoshi as bitcoin with all 8 decimals: "0.00012000 BTC".
func FormatAmount(sat int64) string {
	sign := ""
	if sat < 0 {
		sign, sat = "-", -sat
	}
	return fmt.Sprintf("%s%d.%08d BTC", sign, sat/satPerBTC, sat%satPerBTC)
}

// ParseAmount reads bitcoin, "0.00012" or as nodes print it in JSON "1.2e-4", into satoshi. It fails for anything that
// is not a whole number of satoshi between 0 and MaxMoney.
func ParseAmount(btc string) (int64, error) {
	return parseDecimal(btc, 8, MaxMoney, "bitcoin")
}

// parseDecimal reads s × 10^decimals exactly: a float would round.
func parseDecimal(s string, decimals int, limit int64, unit string) (int64, error) {
	bad := fmt.Errorf("%q is not an amount of %s", s, unit)
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(s), "e")
	shift := decimals
	if scientific {
		e, err := strconv.Atoi(exponent)
		if err != nil || e < -20 || e > 20 {
			return 0, bad
		}
		shift += e
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	fraction = strings.TrimRight(fraction, "0")
	digits := whole + fraction
	shift -= len(fraction)
	if whole == "" || len(digits) > 30 || shift < 0 || strings.Trim(digits, "0123456789") != "" {
		return 0, bad
	}
	n, err := strconv.ParseInt(digits+strings.Repeat("0", shift), 10, 64)
	if err != nil || n > limit {
		return 0, bad
	}
	return n, nil
}

// FeeRate is what a transaction pays for its size, in satoshi per 1000 virtual bytes.
type FeeRate int64

const maxFeeRate = 1_000_000_000 // a million satoshi a byte; there to keep sums in range

// ParseFeeRate reads satoshi per virtual byte, "12" or "1.5", with up to 3 decimals.
func ParseFeeRate(satPerByte string) (FeeRate, error) {
	n, err := parseDecimal(satPerByte, 3, maxFeeRate, "satoshi per virtual byte")
	return FeeRate(n), err
}

// String is "1.5 sat/vB".
func (r FeeRate) String() string {
	return strconv.FormatFloat(float64(r)/1000, 'f', -1, 64) + " sat/vB"
}

// Fee is what size virtual bytes cost, in satoshi, rounded up.
func (r FeeRate) Fee(size int64) int64 { return (int64(r)*size + 999) / 1000 }

// feeRateOf is the rate of a fee, rounded down.
func feeRateOf(fee, size int64) FeeRate {
	if size <= 0 {
		return 0
	}
	return FeeRate(fee * 1000 / size)
}

// addAmounts fails with ErrAmount when a sum leaves the range of money.
func addAmounts(sum, more int64) (int64, error) {
	if more < 0 || more > MaxMoney || sum+more > MaxMoney {
		return 0, fmt.Errorf("%w: %s and %s more", ErrAmount, FormatAmount(sum), FormatAmount(more))
	}
	return sum + more, nil
}
