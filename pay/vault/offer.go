package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"
)

// The tags of what a merchant's side signs (Messages.sol).
var (
	tagOffer    = [8]byte{'T', 'A', 'P', 'O', 'F', 'R', 0, 1}
	tagTerminal = [8]byte{'T', 'A', 'P', 'T', 'R', 'M', 0, 1}
	tagReceipt  = [8]byte{'T', 'A', 'P', 'R', 'C', 'P', 0, 1}
)

// Offer is what a terminal offers before the tap. Its hash is in the payment, so a payment can be proven to be another one
// than was offered. Two offers of one id convict their merchant (Evidence.sol, twoOffers).
type Offer struct {
	ID       [16]byte
	Merchant common.Address
	Terminal common.Address // whose key signs it
	Amount   uint64         // 1e-6 token
	Items    string         // what is bought, for people
	Time     uint64         // when it was made, and
	Expiry   uint64         // until when it is good: seconds
}

// Rest is the hash of what the contracts need not know: items 32 (their hash) | time 8 | expiry 8.
func (o Offer) Rest() [32]byte {
	items := sha256.Sum256([]byte(o.Items))
	b := binary.BigEndian.AppendUint64(items[:], o.Time)
	return sha256.Sum256(binary.BigEndian.AppendUint64(b, o.Expiry))
}

// here is chain 8 | vault 20, where a message counts.
func (v *Vault) here(tag [8]byte) *bytes.Buffer {
	return bytes.NewBuffer(append(binary.BigEndian.AppendUint64(tag[:], v.ID), v.Address[:]...))
}

// Hash is what the terminal signs, and what the payment carries: SHA-256 of tag 8 | chain 8 | vault 20 | id 16 | merchant 20 |
// terminal 20 | amount 8 | rest 32 (Evidence.sol, Offer).
func (v *Vault) Hash(o Offer) [32]byte {
	b, rest := v.here(tagOffer), o.Rest()
	b.Write(o.ID[:])
	b.Write(o.Merchant[:])
	b.Write(o.Terminal[:])
	b.Write(binary.BigEndian.AppendUint64(nil, o.Amount))
	b.Write(rest[:])
	return sha256.Sum256(b.Bytes())
}

// ReceiptHash is what a terminal signs after a payment: SHA-256 of tag 8 | chain 8 | vault 20 | the payment's digest 32 |
// amount 8, in 1e-6 token (Evidence.sol, wrongReceipt).
func (v *Vault) ReceiptHash(payment [32]byte, amount uint64) [32]byte {
	b := v.here(tagReceipt)
	b.Write(payment[:])
	b.Write(binary.BigEndian.AppendUint64(nil, amount))
	return sha256.Sum256(b.Bytes())
}

// Certificate is what a merchant signs to make a terminal's key its own: SHA-256 of tag 8 | chain 8 | vault 20 | merchant 20 |
// terminal 20 (Evidence.sol, Terminal).
func (v *Vault) Certificate(merchant, terminal common.Address) [32]byte {
	b := v.here(tagTerminal)
	b.Write(merchant[:])
	b.Write(terminal[:])
	return sha256.Sum256(b.Bytes())
}

// Certify makes the certificate with the merchant's key: 65 bytes, as the contracts take it.
func (v *Vault) Certify(merchant *Key, terminal common.Address) ([]byte, error) {
	s, err := merchant.Sign(v.Certificate(merchant.Address, terminal))
	return ownerSignature(s), err
}
