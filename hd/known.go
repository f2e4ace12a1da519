package hd

import (
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"strings"
	"sync"

	"tapcard.example/secret"
)

//go:embed testmnemonics.txt
var testMnemonics string

var knownHashes = sync.OnceValue(func() [][sha256.Size]byte {
	var hashes [][sha256.Size]byte
	for line := range strings.Lines(testMnemonics) {
		hashes = append(hashes, sha256.Sum256([]byte(strings.TrimSpace(line))))
	}
	return hashes
})

// KnownTestMnemonic says whether a sentence is one of those that everybody knows: hardhat's and foundry's "test test
// ... junk" and the 24 English test vectors of BIP-39, "abandon ... about" and "zoo ... wrong" among them. Money sent
// to them is taken within seconds, so nobody keeps any there, and a card made of software may have them.
//
// Hashes are compared, all of them and in constant time.
func KnownTestMnemonic(mnemonic secret.Bytes) bool {
	sentence := normalize(mnemonic)
	defer sentence.Destroy()
	found := 0
	sentence.Reveal(func(b []byte) {
		hash := sha256.Sum256(b)
		for _, known := range knownHashes() {
			found |= subtle.ConstantTimeCompare(hash[:], known[:])
		}
	})
	return found == 1
}
