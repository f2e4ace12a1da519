package hd

import (
	"crypto/pbkdf2"
	"crypto/sha512"

	"golang.org/x/text/unicode/norm"

	"tapcard.example/secret"
)

const (
	seedRounds = 2048
	seedLength = 64
	saltPrefix = "mnemonic"
)

// Seed makes the 64-byte seed of a sentence and a passphrase, which may be empty (BIP-39, "From mnemonic to seed").
// Both are brought to Unicode NFKD first, and runs of white space in the sentence to one space each; the passphrase's
// spaces all count. The sentence is not checked, as BIP-39 wants it; CheckMnemonic does that.
//
// It takes about a millisecond. Any passphrase leads to a seed, so a mistyped one leads to another wallet.
// Where Go runs in its FIPS-only mode, which forbids so short a salt, the seed is empty, and Master refuses it.
func Seed(mnemonic, passphrase secret.Bytes) secret.Bytes {
	salt := []byte(saltPrefix)
	passphrase.Reveal(func(b []byte) {
		salt = norm.NFKD.Append(append(make([]byte, 0, len(salt)+2*len(b)), salt...), b...)
	})
	defer clear(salt)
	sentence := normalize(mnemonic)
	defer sentence.Destroy()
	var seed []byte
	sentence.Reveal(func(b []byte) {
		// The string and the copies inside crypto/pbkdf2 cannot be zeroed.
		seed, _ = pbkdf2.Key(sha512.New, string(b), salt, seedRounds, seedLength)
	})
	return secret.New(seed)
}
