package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Sizes in bytes.
const (
	PaymentSize = 160
	OrderSize   = AddressSize + 8 + 8 + HashSize + HashSize // 100
	PurseSize   = 8 + AddressSize + AddressSize             // 48
)

// anchorStep: anchors are block numbers that are multiples of it.
const anchorStep = 8

// NoLimit in a limit of 8 bytes means that there is none.
const NoLimit = 1<<64 - 1

// Purse says where a payment is settled: chain ID, vault contract, and the token, of which a vault has one.
type Purse struct {
	Chain        uint64
	Vault, Token Address
}

// Append is chain 8 ‖ vault 20 ‖ token 20.
func (p Purse) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, p.Chain)
	return append(append(b, p.Vault[:]...), p.Token[:]...)
}

func parsePurse(b []byte) Purse {
	return Purse{binary.BigEndian.Uint64(b), Address(b[8:]), Address(b[28:])}
}

// HintSize is the length of a purse's hint in SELECT.
const HintSize = 4

// Hint is the first four bytes of SHA-256(chain ‖ vault ‖ token), by which a terminal recognises the vaults it works
// with.
func (p Purse) Hint() [HintSize]byte {
	sum := sha256.Sum256(p.Append(nil))
	return [HintSize]byte(sum[:])
}

// Order is what a terminal asks to be paid. Amount is in the vault's unit, 1e-6 token. Anchor is a block number,
// multiple of 8, and Block its hash: the payment is good for some thousand blocks after it. Offer is the hash of the
// signed offer.
type Order struct {
	Merchant Address
	Amount   uint64
	Anchor   uint64
	Block    [HashSize]byte
	Offer    [HashSize]byte
}

// Append is merchant 20 ‖ amount 8 ‖ anchor block 8 ‖ anchor hash 32 ‖ offer hash 32.
func (o Order) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(append(b, o.Merchant[:]...), o.Amount)
	b = binary.BigEndian.AppendUint64(b, o.Anchor)
	return append(append(b, o.Block[:]...), o.Offer[:]...)
}

// ParseOrder reads 100 bytes. Nothing to pay, nobody to pay to and an anchor that is no multiple of 8 are ErrFormat.
func ParseOrder(b []byte) (Order, error) {
	if err := sized("order", b, OrderSize); err != nil {
		return Order{}, err
	}
	o := Order{Merchant: Address(b), Amount: binary.BigEndian.Uint64(b[20:]), Anchor: binary.BigEndian.Uint64(b[28:]),
		Block: [HashSize]byte(b[36:]), Offer: [HashSize]byte(b[68:])}
	if o.Amount == 0 || o.Merchant == (Address{}) || o.Anchor%anchorStep != 0 {
		return Order{}, fmt.Errorf("%w: no amount, no merchant, or an anchor that is no multiple of 8", ErrFormat)
	}
	return o, nil
}

// Payment is what the card signs: an order, the purse that pays, and the card's counter.
type Payment struct {
	Purse   Purse
	Order   Order
	Counter uint32
}

// Encode is the 160 bytes that are hashed:
// tag 8 ‖ chain 8 ‖ vault 20 ‖ token 20 ‖ merchant 20 ‖ amount 8 ‖ counter 4 ‖ anchor 8 ‖ anchor hash 32 ‖ offer 32.
func (p Payment) Encode() []byte {
	b := p.Purse.Append(append(make([]byte, 0, PaymentSize), TagPayment[:]...))
	order := p.Order.Append(nil)
	b = append(b, order[:28]...)
	b = binary.BigEndian.AppendUint32(b, p.Counter)
	return append(b, order[28:]...)
}

// Digest is SHA-256 of the 160 bytes.
func (p Payment) Digest() [HashSize]byte { return sha256.Sum256(p.Encode()) }
