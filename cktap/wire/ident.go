package wire

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// CardHashSize is the number of bytes of a card's hash in its URL.
const CardHashSize = 8

// Ident is a card's name for people, made of its public key: 20 characters of base32 in four groups, taken from the
// SHA-256 after its first 8 bytes (Tap protocol, "Pubkeys").
func Ident(card PublicKey) string {
	const characters, group = 20, 5
	h := sha256.Sum256(card[:])
	s := base32.StdEncoding.EncodeToString(h[CardHashSize:])[:characters]
	groups := make([]string, 0, characters/group)
	for ; s != ""; s = s[group:] {
		groups = append(groups, s[:group])
	}
	return strings.Join(groups, "-")
}

// CardHash is how the URL of a TAPSIGNER names its card: the 8 bytes of the SHA-256 that Ident leaves out.
func CardHash(card PublicKey) [CardHashSize]byte {
	h := sha256.Sum256(card[:])
	return [CardHashSize]byte(h[:])
}
