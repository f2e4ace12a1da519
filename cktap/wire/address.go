package wire

import (
	"crypto/sha256"
	"strings"

	//lint:ignore SA1019 Bitcoin's addresses are made with it; nothing rests on its strength
	"golang.org/x/crypto/ripemd160"
)

// Address is the payment address of a key: P2WPKH in bech32 (BIP-84, BIP-173; Tap protocol, "Addresses"). It begins
// with bc1, on a test card with tb1.
func Address(key PublicKey, testnet bool) string {
	hrp := mainHRP
	if testnet {
		hrp = testHRP
	}
	hash := Hash160(key[:])
	return segwitV0(hrp, hash[:])
}

// Hash160 is RIPEMD-160 of SHA-256: what addresses and key fingerprints are made of.
func Hash160(b []byte) [20]byte {
	first := sha256.Sum256(b)
	second := ripemd160.New()
	second.Write(first[:])
	return [20]byte(second.Sum(nil))
}

// Status shows an address with its middle blanked out, so that a host must verify read to learn the rest (Tap protocol,
// "Addresses"): 12 characters, three underscores, 12 characters.
const (
	blankEnds = 12
	blank     = "___"
)

// BlankAddress takes the middle out of an address; one too short for that is returned as it is.
func BlankAddress(address string) string {
	if len(address) < 2*blankEnds {
		return address
	}
	return address[:blankEnds] + blank + address[len(address)-blankEnds:]
}

// MatchesBlanked says whether an address is one that status has blanked out: exactly 12 characters on either side.
func MatchesBlanked(address, blanked string) bool {
	start, end, ok := strings.Cut(blanked, blank)
	return ok && len(start) == blankEnds && len(end) == blankEnds && len(address) > 2*blankEnds &&
		strings.HasPrefix(address, start) && strings.HasSuffix(address, end)
}
