package wire

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
)

// InsSign is SIGN: ECDSA over a 32-byte hash (Keycard seed, SIGN).
const InsSign = 0xC0

// The low bits of P1 in SIGN (since 2.2; 2.0 and 2.1 do not look at it) and in EXPORT KEY.
const (
	UseCurrent           = 0x00 // the current key
	Derive               = 0x01 // the key at the path in the data
	DeriveAndMakeCurrent = 0x02 // the same, and make it the current key
	SignPinless          = 0x03 // SIGN only: the key at the PIN-less path, without PIN and channel
)

// HashSize is the length of what is signed, in bytes.
const HashSize = 32

// Tags of the signature template.
const (
	tagSignature tlv.Tag = 0xA0
	tagECDSA     tlv.Tag = 0x30
	tagInteger   tlv.Tag = 0x02
)

// SignCommand signs hash with the current key.
func SignCommand(hash [HashSize]byte) iso7816.Command { return query(InsSign, UseCurrent, 0, hash[:]) }

// SignPathCommand signs hash with the key at path from source, and makes it the current key on request. For 2.2 and
// later. The path must not be empty: since 3.1 a card would take that to mean the master key.
func SignPathCommand(hash [HashSize]byte, source Source, path []uint32, makeCurrent bool) iso7816.Command {
	mode := byte(Derive)
	if makeCurrent {
		mode = DeriveAndMakeCurrent
	}
	return query(InsSign, mode|byte(source), 0, AppendPath(append([]byte(nil), hash[:]...), path))
}

// SignPinlessCommand signs hash with the key at the PIN-less path. For 2.2 and later. While a channel is open it must
// be wrapped like any other command.
func SignPinlessCommand(hash [HashSize]byte) iso7816.Command {
	return query(InsSign, SignPinless, 0, hash[:])
}

// ParseSignCommand is the card's side: the hash, and the path that may follow it.
func ParseSignCommand(c iso7816.Command) (hash [HashSize]byte, path []uint32, err error) {
	if len(c.Data) < HashSize {
		return hash, nil, fmt.Errorf("%w: SIGN with %d bytes", ErrFormat, len(c.Data))
	}
	path, err = ParsePath(c.Data[HashSize:])
	return [HashSize]byte(c.Data), path, err
}

// Signature is the answer to SIGN. What the card says its public key is, is a claim: compare it, and see [Recover].
type Signature struct {
	PublicKey [PublicKeySize]byte
	R, S      [32]byte // big-endian, with leading zeros
}

// Encode is the card's signature template A0, with the long form of the length in any case, as the applet has it.
// paddedS writes S with all its 32 bytes even if it starts with zeros. That is not DER, and what the real applet does
// when it has replaced a high S by a low one in place.
func (s Signature) Encode(paddedS bool) []byte {
	sBytes := minimalInteger(s.S)
	if paddedS {
		sBytes = s.S[:]
	}
	ecdsa := tlv.Append(tlv.Append(nil, tagInteger, minimalInteger(s.R)), tagInteger, sBytes)
	body := tlv.Append(tlv.Append(nil, tagPublicKey, s.PublicKey[:]), tagECDSA, ecdsa)
	return tlv.AppendLong(nil, tagSignature, body)
}

// minimalInteger is a positive number as ASN.1 DER has it: no leading zeros, but one if the first bit is set.
func minimalInteger(n [32]byte) []byte {
	b := append([]byte{0}, n[:]...)
	for len(b) > 1 && b[0] == 0 && b[1] < 0x80 {
		b = b[1:]
	}
	return b
}

// ParseSignature reads the signature template. R and S of any length up to 33 bytes are taken, with too many leading
// zeros (real cards send them, see Encode) or too few, and become 32 bytes.
func ParseSignature(b []byte) (Signature, error) {
	template, err := only(b, tagSignature)
	if err != nil {
		return Signature{}, err
	}
	elements, err := tlv.Parse(template, tlv.Lenient)
	if err != nil {
		return Signature{}, fmt.Errorf("%w: signature: %w", ErrFormat, err)
	}
	pub, _ := tlv.Find(elements, tagPublicKey)
	if _, err := ParsePublicKey(pub); err != nil {
		return Signature{}, fmt.Errorf("signature's public key: %w", err)
	}
	ecdsa, ok := tlv.Find(elements, tagECDSA)
	if !ok {
		return Signature{}, fmt.Errorf("%w: signature template without a signature", ErrFormat)
	}
	r, s, err := parseRS(ecdsa)
	return Signature{PublicKey: [PublicKeySize]byte(pub), R: r, S: s}, err
}

// parseRS reads the two integers of an ECDSA signature.
func parseRS(b []byte) (r, s [32]byte, err error) {
	elements, err := tlv.Parse(b, tlv.Lenient)
	if err != nil {
		return r, s, fmt.Errorf("%w: signature: %w", ErrFormat, err)
	}
	if len(elements) != 2 || elements[0].Tag != tagInteger || elements[1].Tag != tagInteger {
		return r, s, fmt.Errorf("%w: signature is not two integers", ErrFormat)
	}
	if r, err = parseInteger(elements[0].Value); err != nil {
		return r, s, err
	}
	s, err = parseInteger(elements[1].Value)
	return r, s, err
}

// parseInteger pads a number of 1 to 33 bytes to 32; a 33rd byte must be zero.
func parseInteger(b []byte) (n [32]byte, err error) {
	if len(b) == 33 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 32 {
		return n, fmt.Errorf("%w: integer of %d bytes in a signature", ErrFormat, len(b))
	}
	copy(n[32-len(b):], b)
	return n, nil
}

// only returns the value of the one element b consists of.
func only(b []byte, tag tlv.Tag) ([]byte, error) {
	e, rest, err := tlv.Next(b, tlv.Lenient)
	if err != nil {
		return nil, fmt.Errorf("%w: template %v: %w", ErrFormat, tag, err)
	}
	if e.Tag != tag || len(rest) != 0 {
		return nil, fmt.Errorf("%w: tag %v and %d more bytes instead of template %v", ErrFormat, e.Tag, len(rest), tag)
	}
	return e.Value, nil
}
