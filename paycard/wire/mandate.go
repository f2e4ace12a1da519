package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
)

// InsMandate is MANDATE: the owner has the card sign that a payee may pull. P1 is the profile. Needs the PIN.
const InsMandate = 0x40

// ReferenceSize is the length of what payee and owner call a mandate, in bytes.
const ReferenceSize = 24

// Grant is what an owner grants a payee: to pull up to Cap, in 1e-6 token, in each period. Anchor is a block number,
// multiple of 8, and Block its hash: the mandate has to be shown to the vault within some thousand blocks after it.
type Grant struct {
	Payee     Address
	Cap       uint64
	Anchor    uint64
	Block     [HashSize]byte
	Period    uint32 // seconds; periods are counted from 1970, not from the mandate
	Expiry    uint32 // the payee pulls until then: seconds since 1970
	Reference [ReferenceSize]byte
}

// order is the grant in the places of an order: the cap is its amount, and the terms are its offer.
func (g Grant) order() Order {
	return Order{Merchant: g.Payee, Amount: g.Cap, Anchor: g.Anchor, Block: g.Block, Offer: g.Terms()}
}

// Terms is period 4 ‖ expiry 4 ‖ reference 24, as the contracts take them.
func (g Grant) Terms() (t [HashSize]byte) {
	binary.BigEndian.PutUint32(t[:], g.Period)
	binary.BigEndian.PutUint32(t[4:], g.Expiry)
	copy(t[8:], g.Reference[:])
	return t
}

// Append is payee 20 ‖ cap 8 ‖ anchor block 8 ‖ anchor hash 32 ‖ period 4 ‖ expiry 4 ‖ reference 24: 100 bytes, the
// places of an order.
func (g Grant) Append(b []byte) []byte { return g.order().Append(b) }

// ParseGrant reads 100 bytes. No cap, no payee, no period and an anchor that is no multiple of 8 are ErrFormat.
func ParseGrant(b []byte) (Grant, error) {
	o, err := ParseOrder(b)
	if err != nil {
		return Grant{}, fmt.Errorf("grant: %w", err)
	}
	g := Grant{Payee: o.Merchant, Cap: o.Amount, Anchor: o.Anchor, Block: o.Block,
		Period: binary.BigEndian.Uint32(o.Offer[:]), Expiry: binary.BigEndian.Uint32(o.Offer[4:]),
		Reference: [ReferenceSize]byte(o.Offer[8:])}
	if g.Period == 0 {
		return Grant{}, fmt.Errorf("%w: a mandate without a period", ErrFormat)
	}
	return g, nil
}

// Mandate is what the card signs: a grant, the purse that pays, and the card's counter.
type Mandate struct {
	Purse   Purse
	Grant   Grant
	Counter uint32
}

// Encode is the 160 bytes that are hashed. They are those of a payment but for the tag, with the cap in place of the
// amount and the terms in place of the offer.
func (m Mandate) Encode() []byte {
	b := Payment{m.Purse, m.Grant.order(), m.Counter}.Encode()
	copy(b, TagMandate[:])
	return b
}

// Digest is SHA-256 of the 160 bytes.
func (m Mandate) Digest() [HashSize]byte { return sha256.Sum256(m.Encode()) }

// MandateCommand has the card sign a mandate for the purse of a profile. The answer is as that of PAY.
func MandateCommand(profile byte, g Grant) iso7816.Command {
	return query(InsMandate, profile, 0, g.Append(nil))
}

// ReferenceText is the reference as text: what is before the zeros at its end.
func (g Grant) ReferenceText() string { return string(bytes.TrimRight(g.Reference[:], "\x00")) }
