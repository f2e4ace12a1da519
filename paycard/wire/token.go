package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Sizes in bytes.
const (
	ChallengeSize = 16
	TermsSize     = 4 + 4 + 8 + 4
	TokenSize     = 96
	TimeSize      = 80
)

// RefillOffline in Terms.Flags lets the card fill up the profile's offline allowance. A card refuses flags it does not
// know, so that none can be added unnoticed.
const RefillOffline = 1

// Terms are the approver's part of a token. Time and Expiry are seconds since 1970. Rate is the payment's amount in the
// owner's currency, in the currency's smallest unit; 0 says nothing.
type Terms struct {
	Time, Expiry uint32
	Rate         uint64
	Flags        uint32
}

// Append is time 4 ‖ expiry 4 ‖ rate amount 8 ‖ flags 4.
func (t Terms) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, t.Time)
	b = binary.BigEndian.AppendUint32(b, t.Expiry)
	b = binary.BigEndian.AppendUint64(b, t.Rate)
	return binary.BigEndian.AppendUint32(b, t.Flags)
}

// ParseTerms reads 20 bytes; flags that are not known are ErrFormat.
func ParseTerms(b []byte) (Terms, error) {
	if err := sized("terms", b, TermsSize); err != nil {
		return Terms{}, err
	}
	t := Terms{Time: binary.BigEndian.Uint32(b), Expiry: binary.BigEndian.Uint32(b[4:]),
		Rate: binary.BigEndian.Uint64(b[8:]), Flags: binary.BigEndian.Uint32(b[16:])}
	if t.Flags&^RefillOffline != 0 {
		return Terms{}, fmt.Errorf("%w: token flags %08X", ErrFormat, t.Flags)
	}
	return t, nil
}

// Token is what an approver signs: that this card may sign this digest, in answer to this challenge, at this time.
type Token struct {
	Card      Address
	Challenge [ChallengeSize]byte
	Digest    [HashSize]byte
	Terms     Terms
}

// Encode is the 96 bytes that are hashed: tag 8 ‖ card 20 ‖ challenge 16 ‖ digest 32 ‖ terms 20.
func (t Token) Encode() []byte { return t.Terms.Append(t.bound(TagApproval)) }

// EncodeTime is the 80 bytes that a time authority's signature is over: tag 8 ‖ card 20 ‖ challenge 16 ‖ digest 32 ‖
// time 4. It learns neither expiry nor rate.
func (t Token) EncodeTime() []byte {
	return binary.BigEndian.AppendUint32(t.bound(TagTime), t.Terms.Time)
}

func (t Token) bound(tag Tag) []byte {
	b := append(append(make([]byte, 0, TokenSize), tag[:]...), t.Card[:]...)
	return append(append(b, t.Challenge[:]...), t.Digest[:]...)
}

// SHA256 is the digest that the approver signs.
func (t Token) SHA256() [HashSize]byte { return sha256.Sum256(t.Encode()) }

// TimeSHA256 is the digest that a time authority signs.
func (t Token) TimeSHA256() [HashSize]byte { return sha256.Sum256(t.EncodeTime()) }
