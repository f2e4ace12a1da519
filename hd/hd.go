// Package hd grows trees of keys from one secret: mnemonic sentences (BIP-39), extended keys and their children
// (BIP-32), and the paths that name them. Cards made of software use it to hold keys, hosts to follow them.
//
// A sentence of 12 to 24 words encodes 16 to 32 random bytes. With an optional passphrase it gives a seed of 64 bytes,
// the seed a master key, the master key 2³² children, each child as many again:
//
//	seed := hd.Seed(mnemonic, secret.Bytes{})
//	master, err := hd.Master(seed)
//	path, err := hd.ParsePath("m/44'/60'/0'/0/0")
//	key, err := master.Derive(path)
//
// A Key is a private key with its chain code; an XPub is its public half, enough to find the public keys of all
// children that are not hardened. Both are secp256k1. A Key shows nothing when it is printed, and Destroy zeroes it.
//
// The arithmetic with the curve's base point takes a time that depends on the key, as everywhere where decred's
// secp256k1 signs. Software cards are for tests; real cards have their own countermeasures.
package hd

import (
	"crypto/hmac"
	"crypto/sha512"
	"errors"
)

// Hardened is the bit that makes a child hardened: derivable from the private key only (BIP-32). 44' is 44 | Hardened.
const Hardened uint32 = 1 << 31

// MaxDepth is the deepest level that an extended key can have; its serialisation has one byte for it (BIP-32).
const MaxDepth = 255

var (
	// ErrInvalidChild says that an index leads to no valid key (BIP-32: probability below 2⁻¹²⁷). Take the next one.
	ErrInvalidChild = errors.New("no valid key at this index")
	// ErrInvalidKey says that bytes are no key: a scalar outside 1 to n-1, or a point that is not on the curve.
	ErrInvalidKey = errors.New("not a valid secp256k1 key")
	// ErrSeed says that a seed is not 16 to 64 bytes, or leads to no master key.
	ErrSeed = errors.New("not a valid seed")
	// ErrHardened says that a hardened child was asked of a public key.
	ErrHardened = errors.New("a hardened child needs the private key")
	// ErrDepth says that a child would be deeper than MaxDepth.
	ErrDepth = errors.New("deeper than 255 levels")
	// ErrDestroyed says that the key was destroyed before it was used.
	ErrDestroyed = errors.New("the key was destroyed")
	// ErrPath is wrapped by every error about the form of a path.
	ErrPath = errors.New("malformed key path")
	// ErrExtendedKey is wrapped by every error about the form of an xpub or xprv.
	ErrExtendedKey = errors.New("malformed extended key")
	// ErrMnemonic is wrapped by every error about a mnemonic. No such error contains a word of it.
	ErrMnemonic = errors.New("not a valid mnemonic")
)

// HMAC512 is the function from which BIP-32 derives children: HMAC-SHA512 of data under key. It is a parameter of
// ChildWith and DeriveWith only because the cases that BIP-32 calls invalid cannot be met otherwise.
type HMAC512 func(key, data []byte) [64]byte

// StandardHMAC512 is HMAC-SHA512 (RFC 4231), what BIP-32 uses.
func StandardHMAC512(key, data []byte) [64]byte {
	m := hmac.New(sha512.New, key)
	m.Write(data)
	var sum [64]byte
	m.Sum(sum[:0])
	result := sum
	clear(sum[:]) // sum is on the heap and outlives the call
	return result
}
