package eth

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Address is the account of an uncompressed public key (65 bytes, 04 || X || Y): the last 20 bytes of the Keccak-256
// of X || Y. Its String method writes it with the checksum of EIP-55. The key must be a point of secp256k1; a
// signer.Signer only knows such keys.
func Address(pub [65]byte) common.Address {
	return common.BytesToAddress(crypto.Keccak256(pub[1:])[12:])
}

// addressText is Address as a signer.AddressText.
func addressText(pub [65]byte) string { return Address(pub).String() }

// ParseAddress reads 0x and 40 hex digits. Digits of mixed case carry a checksum (EIP-55), and it must be right: a
// mistyped address is money lost. All lower or all upper case carries none and is accepted. The error is ErrAddress.
func ParseAddress(text string) (common.Address, error) {
	raw, err := parseHex(text)
	if err != nil {
		return common.Address{}, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	if len(raw) != common.AddressLength {
		return common.Address{}, fmt.Errorf("%w: %d bytes, not 20", ErrAddress, len(raw))
	}
	a := common.Address(raw)
	if mixedCase(text[2:]) && a.Hex() != text {
		return common.Address{}, fmt.Errorf("%w: the checksum of %s is wrong, a digit or its case was changed",
			ErrAddress, text)
	}
	return a, nil
}

// mixedCase says whether hex digits have both cases among their letters.
func mixedCase(digits string) bool {
	var lower, upper bool
	for _, d := range digits {
		lower = lower || d >= 'a' && d <= 'f'
		upper = upper || d >= 'A' && d <= 'F'
	}
	return lower && upper
}
