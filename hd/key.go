package hd

import (
	"fmt"
	"sync"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/secret"
)

// Key is an extended private key: a private key and a chain code, 32 bytes each (BIP-32). It may be used by several
// goroutines at once, except for Destroy.
type Key struct {
	material secret.Bytes // private key, then chain code; the chain code is kept secret too, to be printed by nobody
	origin   Origin

	once   sync.Once
	public [65]byte
}

// Origin is a key's place in its tree, as BIP-32 serialises it: depth, fingerprint of the parent, and index under it.
// The zero value is a master key's.
type Origin struct {
	Depth  byte
	Parent [4]byte
	Index  uint32
}

const (
	minSeed   = 16
	maxSeed   = 64
	masterKey = "Bitcoin seed" // the HMAC key of BIP-32, also for coins that are not Bitcoin
)

// Master makes the master key of a seed of 16 to 64 bytes (BIP-32, "Master key generation"). It fails with ErrSeed; for
// a seed of good length this has a probability below 2⁻¹²⁷.
func Master(seed secret.Bytes) (*Key, error) {
	if n := seed.Len(); n < minSeed || n > maxSeed {
		return nil, fmt.Errorf("%w: %d bytes", ErrSeed, n)
	}
	var sum [64]byte
	defer clear(sum[:])
	seed.Reveal(func(b []byte) { sum = StandardHMAC512([]byte(masterKey), b) })
	key, err := newKey(sum[:], Origin{})
	if err != nil {
		return nil, fmt.Errorf("%w: it leads to no master key", ErrSeed)
	}
	return key, nil
}

// NewKey makes an extended key of a private key, 32 bytes from 1 to n-1, and a chain code. It copies private. Its
// Origin is a master key's. It fails with ErrInvalidKey.
func NewKey(private secret.Bytes, chain [32]byte) (*Key, error) {
	if private.Len() != 32 {
		return nil, fmt.Errorf("%w: %d bytes, not 32", ErrInvalidKey, private.Len())
	}
	var both [64]byte
	defer clear(both[:])
	private.Reveal(func(b []byte) { copy(both[:], b) })
	copy(both[32:], chain[:])
	return newKey(both[:], Origin{})
}

// newKey takes private key and chain code, 64 bytes, and copies them.
func newKey(material []byte, origin Origin) (*Key, error) {
	var d secp256k1.ModNScalar
	defer d.Zero()
	if d.SetByteSlice(material[:32]) || d.IsZero() {
		return nil, ErrInvalidKey
	}
	return &Key{material: secret.Copy(material), origin: origin}, nil
}

// Private is a copy of the private key, 32 bytes; empty after Destroy.
func (k *Key) Private() secret.Bytes {
	var private secret.Bytes
	k.material.Reveal(func(b []byte) { private = secret.Copy(b[:min(32, len(b))]) })
	return private
}

// ChainCode is a copy of the chain code; zero after Destroy. With the public key it makes the xpub, with a child's
// private key it gives away the parent's: treat it as half a secret.
func (k *Key) ChainCode() [32]byte {
	var chain [32]byte
	k.material.Reveal(func(b []byte) {
		if len(b) == 64 {
			copy(chain[:], b[32:])
		}
	})
	return chain
}

// Origin is the key's place in its tree.
func (k *Key) Origin() Origin { return k.origin }

// PublicKey is the public key, uncompressed: 04, x, y. It is computed once and kept; zero after Destroy.
func (k *Key) PublicKey() [65]byte {
	k.once.Do(func() {
		var n node
		if n.load(k) == nil {
			k.public = n.publicKey()
		}
		n.zero()
	})
	return k.public
}

// Compressed is the public key, compressed: 02 or 03, x.
func (k *Key) Compressed() [33]byte { return compress(k.PublicKey()) }

// Fingerprint is the first 4 bytes of the hash of the public key (BIP-32, "Key identifiers"). It is no proof: wallets
// use it to find the right key, and anybody can make another with the same.
func (k *Key) Fingerprint() [4]byte { return fingerprint(k.Compressed()) }

// Neuter is the public half (BIP-32, function N).
func (k *Key) Neuter() *XPub {
	return &XPub{public: k.PublicKey(), chain: k.ChainCode(), origin: k.origin}
}

// Destroy zeroes the key. Keys derived from it are not touched.
func (k *Key) Destroy() {
	k.material.Destroy()
	k.once.Do(func() {}) // so that PublicKey does not try again
	k.public = [65]byte{}
}
