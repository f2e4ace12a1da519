package eth

import (
	"encoding/hex"
	"errors"
	"strings"
)

// parseHex reads 0x and an even number of hex digits; "0x" is no bytes.
func parseHex(text string) ([]byte, error) {
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok {
		return nil, errors.New("hex must begin with 0x")
	}
	if len(digits)%2 != 0 {
		return nil, errors.New("an odd number of hex digits")
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, errors.New("not all characters are hex digits")
	}
	return b, nil
}
