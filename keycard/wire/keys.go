package wire

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// Sizes of keys in bytes.
const (
	PublicKeySize  = 65 // uncompressed: 04 || X || Y
	PrivateKeySize = 32
	ChainCodeSize  = 32 // BIP-32
	KeyUIDSize     = 32
)

// maxKeyDraws bounds the search for a private key: a random 32-byte string fails with probability 2^-128, so a source
// that fails this often is not random.
const maxKeyDraws = 16

// ErrRandom means that the random source failed or never gave a usable key.
var ErrRandom = errors.New("the random source is unusable")

// ParsePublicKey reads a 65-byte uncompressed public key and checks that it is on the curve; anything else is
// ErrPoint. The seed allows no other form, and a point off the curve would leak a private key bit by bit.
func ParsePublicKey(pub []byte) (*secp256k1.PublicKey, error) {
	if len(pub) != PublicKeySize || pub[0] != secp256k1.PubKeyFormatUncompressed {
		return nil, fmt.Errorf("%w: %d bytes", ErrPoint, len(pub))
	}
	key, err := secp256k1.ParsePubKey(pub)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPoint, err)
	}
	return key, nil
}

// KeyUID is the name a card gives to its master key: SHA-256 of the 65-byte public key (Keycard seed, LOAD KEY).
func KeyUID(pub [PublicKeySize]byte) [KeyUIDSize]byte { return sha256.Sum256(pub[:]) }

// ECDH multiplies the peer's 65-byte uncompressed public key by priv and returns the X coordinate, always 32 bytes
// (Keycard seed, OPEN SECURE CHANNEL). A key that is not on the curve gives ErrPoint.
func ECDH(priv *secp256k1.PrivateKey, pub []byte) ([32]byte, error) {
	peer, err := ParsePublicKey(pub)
	if err != nil {
		return [32]byte{}, err
	}
	return [32]byte(secp256k1.GenerateSharedSecret(priv, peer)), nil
}

// ChannelKey is one side's key pair of the secure channel: a public key, and something that can do ECDH with the
// private one. It is not simply a private key so that a recorded exchange, of which only the agreed secrets are known,
// can be played again.
type ChannelKey struct {
	Public [PublicKeySize]byte
	Agree  func(peer []byte) ([32]byte, error) // X coordinate; ErrPoint for a key that is not on the curve
}

// NewChannelKey makes a key pair from rand, 32 bytes of it, and also returns the private key for whoever must store
// it.
func NewChannelKey(rand io.Reader) (ChannelKey, [PrivateKeySize]byte, error) {
	var private [PrivateKeySize]byte
	for range maxKeyDraws {
		if _, err := io.ReadFull(rand, private[:]); err != nil {
			return ChannelKey{}, private, fmt.Errorf("%w: %w", ErrRandom, err)
		}
		if key, err := ChannelKeyFrom(private); err == nil {
			return key, private, nil
		}
	}
	return ChannelKey{}, [PrivateKeySize]byte{}, ErrRandom
}

// ChannelKeyFrom makes a key pair from its private key. Zero, and what is not below the group's order, gives ErrKey.
func ChannelKeyFrom(private [PrivateKeySize]byte) (ChannelKey, error) {
	priv, err := parsePrivateKey(private[:])
	if err != nil {
		return ChannelKey{}, err
	}
	return ChannelKey{
		Public: [PublicKeySize]byte(priv.PubKey().SerializeUncompressed()),
		Agree:  func(peer []byte) ([32]byte, error) { return ECDH(priv, peer) },
	}, nil
}

func parsePrivateKey(b []byte) (*secp256k1.PrivateKey, error) {
	var scalar secp256k1.ModNScalar
	if overflow := scalar.SetByteSlice(b); len(b) != PrivateKeySize || overflow || scalar.IsZero() {
		return nil, ErrKey
	}
	return secp256k1.NewPrivateKey(&scalar), nil
}
