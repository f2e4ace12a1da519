package wire

import (
	"crypto/sha256"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
)

// InsIdent is IDENT: the card proves which factory key it holds (Keycard 3.1). It works before INIT and without a
// channel; a card before 3.1 answers 6D00.
const InsIdent = 0x14

const compressedSize = 33

// CertificateSize is the length of an identity certificate in bytes: compressed public key 33, R 32, S 32, V 1.
const CertificateSize = compressedSize + 32 + 32 + 1

// IdentCommand asks the card to sign a random challenge of 32 bytes.
func IdentCommand(challenge [ChallengeSize]byte) iso7816.Command {
	return query(InsIdent, 0, 0, challenge[:])
}

// ParseIdentCommand is the card's side: the challenge, which is signed as it is.
func ParseIdentCommand(c iso7816.Command) ([ChallengeSize]byte, error) {
	return parse32("IDENT", c.Data)
}

// Certificate is an authority's signature over the SHA-256 of a card's compressed public key. It does not name the
// authority: V, the recovery id, lets the authority's key be computed, and the caller compares it with the ones it
// trusts.
type Certificate struct {
	Public [compressedSize]byte
	R, S   [32]byte
	V      byte // 0 to 3
}

// Encode is the 98-byte form.
func (c Certificate) Encode() []byte {
	b := make([]byte, 0, CertificateSize)
	b = append(append(append(b, c.Public[:]...), c.R[:]...), c.S[:]...)
	return append(b, c.V)
}

// ParseCertificate reads the 98-byte form. Authority says whether it makes sense.
func ParseCertificate(b []byte) (Certificate, error) {
	if len(b) != CertificateSize {
		return Certificate{}, fmt.Errorf("%w: certificate of %d bytes instead of 98", ErrFormat, len(b))
	}
	c := Certificate{Public: [compressedSize]byte(b), V: b[CertificateSize-1]}
	copy(c.R[:], b[compressedSize:])
	copy(c.S[:], b[compressedSize+32:])
	return c, nil
}

// Authority computes the compressed public key of whoever signed the certificate. Every well-formed certificate has
// one; only a comparison with a key that is trusted makes it mean anything. ErrSignature: there is no such key.
func (c Certificate) Authority() ([compressedSize]byte, error) {
	if c.V > 3 {
		return [compressedSize]byte{}, fmt.Errorf("%w: recovery id %d", ErrSignature, c.V)
	}
	const compactBase = 27 // of the compact form of a signature that uncompressed keys are recovered from
	compact := append([]byte{compactBase + c.V}, c.R[:]...)
	digest := sha256.Sum256(c.Public[:])
	key, _, err := ecdsa.RecoverCompact(append(compact, c.S[:]...), digest[:])
	if err != nil {
		return [compressedSize]byte{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return [compressedSize]byte(key.SerializeCompressed()), nil
}

// IdentAnswer is the card's answer to IDENT.
type IdentAnswer struct {
	Certificate Certificate
	R, S        [32]byte // over the challenge; S may be high
}

// Encode is the card's side: the template A0 with the certificate (8A) and the signature (30), always with the long
// form of the length.
func (a IdentAnswer) Encode() []byte {
	sig := tlv.Append(tlv.Append(nil, tagInteger, minimalInteger(a.R)), tagInteger, minimalInteger(a.S))
	body := tlv.Append(tlv.Append(nil, tagCertificate, a.Certificate.Encode()), tagECDSA, sig)
	return tlv.AppendLong(nil, tagSignature, body)
}

// ParseIdent reads the answer; nothing is verified yet.
func ParseIdent(b []byte) (IdentAnswer, error) {
	template, err := only(b, tagSignature)
	if err != nil {
		return IdentAnswer{}, err
	}
	elements, err := tlv.Parse(template, tlv.Lenient)
	if err != nil {
		return IdentAnswer{}, fmt.Errorf("%w: IDENT answer: %w", ErrFormat, err)
	}
	cert, _ := tlv.Find(elements, tagCertificate)
	a := IdentAnswer{}
	if a.Certificate, err = ParseCertificate(cert); err != nil {
		return IdentAnswer{}, err
	}
	sig, ok := tlv.Find(elements, tagECDSA)
	if !ok {
		return IdentAnswer{}, fmt.Errorf("%w: IDENT answer without a signature", ErrFormat)
	}
	a.R, a.S, err = parseRS(sig)
	return a, err
}

// VerifyIdent reads the answer to IDENT, verifies that the certified key has signed the challenge, and computes who
// certified it. Both keys are in compressed form. The card is genuine only if authority is a key that is trusted.
func VerifyIdent(challenge [ChallengeSize]byte, answer []byte) (card, authority [compressedSize]byte, err error) {
	a, err := ParseIdent(answer)
	if err != nil {
		return card, authority, err
	}
	key, err := secp256k1.ParsePubKey(a.Certificate.Public[:])
	if err != nil {
		return card, authority, fmt.Errorf("%w: certified key: %w", ErrPoint, err)
	}
	if _, _, err := Recover(challenge, a.R, a.S, key.SerializeUncompressed()); err != nil {
		return card, authority, err
	}
	authority, err = a.Certificate.Authority()
	return a.Certificate.Public, authority, err
}
