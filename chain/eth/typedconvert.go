package eth

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// convert reads a value of a built-in type: common.Address, bool, string, []byte or *big.Int.
func (b builtIn) convert(v any) (any, error) {
	switch b.kind {
	case kindAddress:
		return addressValue(v)
	case kindBool:
		if value, ok := v.(bool); ok {
			return value, nil
		}
		return nil, fmt.Errorf("%s is neither true nor false", describeJSON(v))
	case kindUint, kindInt:
		return b.integer(v)
	}
	text, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%s is not a string", describeJSON(v))
	}
	if b.kind == kindString {
		return text, nil
	}
	raw, err := parseHex(text)
	if err != nil {
		return nil, err
	}
	if b.kind == kindFixedBytes && len(raw) != b.size {
		return nil, fmt.Errorf("%d bytes instead of %d", len(raw), b.size)
	}
	return raw, nil
}

func (b builtIn) integer(v any) (*big.Int, error) {
	n, err := quantity(v)
	if err != nil {
		return nil, err
	}
	check := checkUnsigned
	if b.kind == kindInt {
		check = checkSigned
	}
	return n, check(n, b.size)
}

// encodable is a converted value in the form that go-ethereum's encoder takes for it.
func (b builtIn) encodable(value any) any {
	if a, ok := value.(common.Address); ok {
		return a.Hex()
	}
	return value
}
