package wire

import (
	"encoding/hex"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"golang.org/x/crypto/sha3"
)

// Sizes in bytes.
const (
	AddressSize = 20
	HashSize    = 32
	KeySize     = 33 // a compressed public key
)

// Address is an Ethereum address: the last 20 bytes of the Keccak-256 of a public key, or a contract's.
type Address [AddressSize]byte

// String is 0x and 40 digits; their case is a checksum, from the Keccak-256 of the lower-case digits (EIP-55).
func (a Address) String() string {
	digits := []byte(hex.EncodeToString(a[:]))
	h := sha3.NewLegacyKeccak256()
	h.Write(digits)
	sum := h.Sum(nil)
	for i, d := range digits {
		if nibble := sum[i/2] >> (4 * (1 - i%2)) & 15; d >= 'a' && nibble >= 8 {
			digits[i] = d - 'a' + 'A'
		}
	}
	return "0x" + string(digits)
}

// AddressOf is the address of a public key: Keccak-256 of X ‖ Y, last 20 bytes (Ethereum Yellow Paper, appendix F). A
// card computes it once, when it makes its key.
func AddressOf(pub *secp256k1.PublicKey) (a Address) {
	h := sha3.NewLegacyKeccak256()
	h.Write(pub.SerializeUncompressed()[1:])
	copy(a[:], h.Sum(nil)[32-AddressSize:])
	return a
}

// PublicKey is a compressed key on secp256k1, of an approver or a time authority.
type PublicKey [KeySize]byte

// ParsePublicKey reads 33 bytes and checks that they are a point; anything else is ErrFormat.
func ParsePublicKey(b []byte) (PublicKey, error) {
	if err := sized("public key", b, KeySize); err != nil {
		return PublicKey{}, err
	}
	if _, err := secp256k1.ParsePubKey(b); err != nil {
		return PublicKey{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return PublicKey(b), nil
}
