package paycard

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"tapcard.example/paycard/wire"
)

// Unit is how many of a vault's units make one of its token: amounts have six decimals (PROTOCOL.md).
const Unit = 1_000_000

// ErrAmount says that a text is no amount.
var ErrAmount = errors.New("an amount is a number such as 12.50, with at most six decimals")

// ParseAmount reads an amount of the token, such as "12.50", into 1e-6 token.
func ParseAmount(text string) (uint64, error) {
	r, ok := new(big.Rat).SetString(text)
	if ok = ok && strings.Trim(text, "0123456789.") == ""; ok {
		r.Mul(r, big.NewRat(Unit, 1))
	}
	if !ok || !r.IsInt() || !r.Num().IsUint64() || r.Num().Uint64() == wire.NoLimit {
		return 0, ErrAmount
	}
	return r.Num().Uint64(), nil
}

// AmountText is the opposite.
func AmountText(v uint64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%06d", v/Unit, v%Unit), "0"), ".")
}
