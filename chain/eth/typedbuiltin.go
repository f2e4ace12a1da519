package eth

import (
	"strconv"
	"strings"
)

// builtIn is a type that EIP-712 defines.
type builtIn struct {
	kind kind
	size int // bits of an integer, bytes of fixed bytes
}

type kind int

const (
	kindAddress kind = iota
	kindBool
	kindString
	kindBytes
	kindFixedBytes
	kindUint
	kindInt
)

// builtInType knows address, bool, string, bytes, bytes1 to bytes32, uint8 to uint256 and int8 to int256. There are no
// aliases uint and int in EIP-712.
func builtInType(name string) (builtIn, bool) {
	switch name {
	case "address":
		return builtIn{kind: kindAddress}, true
	case "bool":
		return builtIn{kind: kindBool}, true
	case "string":
		return builtIn{kind: kindString}, true
	case "bytes":
		return builtIn{kind: kindBytes}, true
	}
	for _, family := range []struct {
		prefix    string
		kind      kind
		step, max int
	}{{"bytes", kindFixedBytes, 1, 32}, {"uint", kindUint, 8, 256}, {"int", kindInt, 8, 256}} {
		digits, ok := strings.CutPrefix(name, family.prefix)
		size, err := strconv.Atoi(digits)
		if ok && err == nil && strconv.Itoa(size) == digits && size > 0 && size <= family.max && size%family.step == 0 {
			return builtIn{family.kind, size}, true
		}
	}
	return builtIn{}, false
}

// looksBuiltIn also knows the names that look like one of Solidity's types and are none here: uint, int7, bytes33.
func looksBuiltIn(name string) bool {
	switch strings.TrimRight(name, "0123456789") {
	case "address", "bool", "string", "bytes", "uint", "int":
		return true
	}
	return false
}
