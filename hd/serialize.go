package hd

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/secret"
)

// Network says for which Bitcoin network a serialised key is marked. The keys themselves are the same.
type Network int

// Mainnet keys begin with xpub and xprv, Testnet keys with tpub and tprv (BIP-32, "Serialization format").
const (
	Mainnet Network = iota
	Testnet
)

const (
	serializedLength = 78 // version 4, depth 1, parent 4, index 4, chain code 32, key 33
	maxEncoded       = 112
)

type version struct {
	public, private uint32
}

var versions = map[Network]version{
	Mainnet: {public: 0x0488B21E, private: 0x0488ADE4},
	Testnet: {public: 0x043587CF, private: 0x04358394},
}

// String is the xpub, base58 with checksum, 111 characters, marked for the main network.
func (x *XPub) String() string { return x.Encode(Mainnet) }

// Encode is the xpub or tpub: base58 with checksum, 111 characters (BIP-32, "Serialization format"). A network that is
// neither Mainnet nor Testnet counts as Testnet.
func (x *XPub) Encode(n Network) string {
	compressed := x.Compressed()
	return string(encodeCheck(serialize(versionOf(n).public, x.origin, x.chain, compressed[:])))
}

// XPrv is the xprv or tprv, 111 characters: the whole key, so a secret. It is empty after Destroy.
func (k *Key) XPrv(n Network) secret.Bytes {
	var encoded secret.Bytes
	chain := k.ChainCode()
	k.material.Reveal(func(b []byte) {
		if len(b) != 64 {
			return
		}
		var key [33]byte
		copy(key[1:], b[:32])
		plain := serialize(versionOf(n).private, k.origin, chain, key[:])
		encoded = secret.New(encodeCheck(plain))
		clear(plain)
		clear(key[:])
	})
	return encoded
}

func versionOf(n Network) version {
	if n == Mainnet {
		return versions[Mainnet]
	}
	return versions[Testnet]
}

func serialize(v uint32, o Origin, chain [32]byte, key []byte) []byte {
	b := make([]byte, 0, serializedLength+4)
	b = binary.BigEndian.AppendUint32(b, v)
	b = append(append(b, o.Depth), o.Parent[:]...)
	b = binary.BigEndian.AppendUint32(b, o.Index)
	return append(append(b, chain[:]...), key...)
}

// ParseXPub reads an xpub or tpub. It fails with ErrExtendedKey when s is anything else: an xprv, another version
// (ypub, zpub), a point that is not on the curve, a master key with a parent.
func ParseXPub(s string) (*XPub, Network, error) {
	var f fields
	if err := f.parse([]byte(s)); err != nil {
		return nil, 0, err
	}
	defer clear(f.key)
	if f.private {
		return nil, 0, fmt.Errorf("%w: this is a private key (xprv), not an xpub", ErrExtendedKey)
	}
	x, err := NewXPub(f.key, f.chain, f.origin)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrExtendedKey, err)
	}
	return x, f.network, nil
}

// ParseXPrv reads an xprv or tprv. It fails with ErrExtendedKey when s is anything else; no error shows any of it.
func ParseXPrv(s secret.Bytes) (*Key, Network, error) {
	var f fields
	var err error
	s.Reveal(func(text []byte) { err = f.parse(text) })
	if err != nil {
		return nil, 0, err
	}
	defer clear(f.key)
	if !f.private || f.key[0] != 0 {
		return nil, 0, fmt.Errorf("%w: no private key (xprv) in it", ErrExtendedKey)
	}
	var material [64]byte
	defer clear(material[:])
	copy(material[:], f.key[1:])
	copy(material[32:], f.chain[:])
	k, err := newKey(material[:], f.origin)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrExtendedKey, err)
	}
	return k, f.network, nil
}

// fields are what is serialised. The key is 33 bytes: a compressed point, or zero and a private key.
type fields struct {
	network Network
	private bool
	origin  Origin
	chain   [32]byte
	key     []byte
}

func (f *fields) parse(text []byte) error {
	if len(text) > maxEncoded {
		return fmt.Errorf("%w: %d characters", ErrExtendedKey, len(text))
	}
	b, err := decodeCheck(text)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrExtendedKey, err)
	}
	defer clear(b)
	if len(b) != serializedLength {
		return fmt.Errorf("%w: %d bytes, not %d", ErrExtendedKey, len(b), serializedLength)
	}
	if err := f.readVersion(binary.BigEndian.Uint32(b)); err != nil {
		return err
	}
	f.origin = Origin{Depth: b[4], Parent: [4]byte(b[5:]), Index: binary.BigEndian.Uint32(b[9:])}
	if f.origin.Depth == 0 && f.origin != (Origin{}) {
		return fmt.Errorf("%w: a master key with a parent", ErrExtendedKey)
	}
	f.chain = [32]byte(b[13:])
	f.key = append([]byte(nil), b[45:]...)
	return nil
}

func (f *fields) readVersion(got uint32) error {
	for network, v := range versions {
		if got == v.public || got == v.private {
			f.network, f.private = network, got == v.private
			return nil
		}
	}
	return fmt.Errorf("%w: version %08X is neither xpub nor tpub", ErrExtendedKey, got)
}
