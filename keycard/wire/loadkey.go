package wire

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
	"tapcard.example/secret"
)

// The commands that put keys on a card and take them off (Keycard seed, sections of these names).
const (
	InsLoadKey     = 0xD0 // LOAD KEY
	InsRemoveKey   = 0xD3 // REMOVE KEY
	InsGenerateKey = 0xD4 // GENERATE KEY
)

// P1 of LOAD KEY. The card treats the first two alike: the chain code, present or not, makes the difference.
const (
	LoadKeyPair     = 0x01
	LoadExtendedKey = 0x02
	LoadSeed        = 0x03
)

// SeedSize is the length of a BIP-39 seed in bytes. Since 3.2 a card takes MinSeedSize to SeedSize.
const (
	SeedSize    = 64
	MinSeedSize = 16
)

// LoadKeyCommand loads a key pair, extended if it has a chain code. The elements go in the order 80, 81, 82, the only
// one that real cards read properly: with 82 last and 80 in the middle they drop the chain code without a word.
func LoadKeyCommand(k KeyTemplate) iso7816.Command {
	p1 := byte(LoadKeyPair)
	if k.ChainCode.Len() > 0 {
		p1 = LoadExtendedKey
	}
	return query(InsLoadKey, p1, 0, k.Encode())
}

// LoadSeedCommand loads the master key of a BIP-39 seed of 64 bytes (16 to 64 since 3.2).
func LoadSeedCommand(seed secret.Bytes) iso7816.Command {
	c := withSecret(InsLoadKey, LoadSeed, seed)
	c.Ne = iso7816.MaxShortNe
	return c
}

// GenerateKeyCommand lets the card make its own master key, which nobody can back up but DUPLICATE KEY.
func GenerateKeyCommand() iso7816.Command { return query(InsGenerateKey, 0, 0, nil) }

// RemoveKeyCommand erases the key.
func RemoveKeyCommand() iso7816.Command { return command(InsRemoveKey, 0, 0, nil) }

// ParseKeyUID reads the answer to LOAD KEY, GENERATE KEY and IMPORT DUPLICATE: the 32-byte KeyUID of the new key.
func ParseKeyUID(b []byte) ([KeyUIDSize]byte, error) { return parse32("key UID", b) }

// Tags of the key pair template.
const (
	TagKeyTemplate tlv.Tag = 0xA1
	TagKeyPublic   tlv.Tag = 0x80
	TagKeyPrivate  tlv.Tag = 0x81
	TagKeyChain    tlv.Tag = 0x82
)

// KeyTemplate is the key pair template A1: LOAD KEY's data, EXPORT KEY's answer, and what a duplicate encrypts.
// Parts that are not there are empty.
type KeyTemplate struct {
	Public    []byte       // tag 80, 65 bytes
	Private   secret.Bytes // tag 81, 32 bytes
	ChainCode secret.Bytes // tag 82, 32 bytes
}

// Encode writes the parts that are there, in the order 80, 81, 82.
func (k KeyTemplate) Encode() []byte {
	var body []byte
	if len(k.Public) > 0 {
		body = tlv.Append(body, TagKeyPublic, k.Public)
	}
	if k.Private.Len() > 0 {
		k.Private.Reveal(func(b []byte) { body = tlv.Append(body, TagKeyPrivate, b) })
	}
	if k.ChainCode.Len() > 0 {
		k.ChainCode.Reveal(func(b []byte) { body = tlv.Append(body, TagKeyChain, b) })
	}
	defer clear(body)
	return tlv.Append(nil, TagKeyTemplate, body)
}

// ParseKeyTemplate is the host's reading of EXPORT KEY's answer: any order, each part once at most and of its exact
// length, and a public key that is on the curve.
func ParseKeyTemplate(b []byte) (KeyTemplate, error) {
	elements, rest, err := KeyElements(b)
	if err != nil {
		return KeyTemplate{}, err
	}
	if len(rest) != 0 {
		return KeyTemplate{}, fmt.Errorf("%w: %d bytes after the key template", ErrFormat, len(rest))
	}
	var k KeyTemplate
	seen := map[tlv.Tag]bool{}
	for _, e := range elements {
		if seen[e.Tag] {
			return KeyTemplate{}, fmt.Errorf("%w: key template with tag %v twice", ErrFormat, e.Tag)
		}
		seen[e.Tag] = true
		if err := k.take(e); err != nil {
			return KeyTemplate{}, err
		}
	}
	return k, nil
}

func (k *KeyTemplate) take(e tlv.Element) error {
	switch {
	case e.Tag == TagKeyPublic:
		if _, err := ParsePublicKey(e.Value); err != nil {
			return err
		}
		k.Public = append([]byte(nil), e.Value...)
	case e.Tag == TagKeyPrivate && len(e.Value) == PrivateKeySize:
		k.Private = secret.Copy(e.Value)
	case e.Tag == TagKeyChain && len(e.Value) == ChainCodeSize:
		k.ChainCode = secret.Copy(e.Value)
	default:
		return fmt.Errorf("%w: key template with tag %v, %d bytes", ErrFormat, e.Tag, len(e.Value))
	}
	return nil
}

// KeyElements is the card's reading of LOAD KEY's data: the elements in their order, none of them checked, and what
// follows the template. The lengths may have more bytes than needed.
func KeyElements(b []byte) (elements []tlv.Element, rest []byte, err error) {
	e, rest, err := tlv.Next(b, tlv.Lenient)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: key template: %w", ErrFormat, err)
	}
	if e.Tag != TagKeyTemplate {
		return nil, nil, fmt.Errorf("%w: key template starts with tag %v", ErrFormat, e.Tag)
	}
	if elements, err = tlv.Parse(e.Value, tlv.Lenient); err != nil {
		return nil, nil, fmt.Errorf("%w: key template: %w", ErrFormat, err)
	}
	return elements, rest, nil
}
