package monitor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
)

// seed is the accumulator that a merchant's day starts with (Merchant.sol, seed).
func seed(at, merchant common.Address, day uint64) [16]byte {
	return [16]byte(crypto.Keccak256(at[:], merchant[:], binary.BigEndian.AppendUint16(nil, uint16(day))))
}

// fold takes one more link into an accumulator (Merchant.sol, fold).
func fold(acc [16]byte, link common.Hash) [16]byte {
	return [16]byte(crypto.Keccak256(acc[:], link[:]))
}

// leaf is a payment in its merchant's chain (Messages.sol, leaf).
func leaf(digest [32]byte, card common.Address) common.Hash {
	return crypto.Keccak256Hash(digest[:], card[:])
}

// sum is what the contract keeps of a day while it lasts, without its room.
type sum struct {
	acc   [16]byte
	links uint16
	mark  uint64 // one bit of 48 for each payer
	taken uint64
}

// with is the sum after one more link.
func (s sum) with(l link) sum {
	s.acc, s.links = fold(s.acc, l.Hash), s.links+1
	for _, p := range l.Payments {
		s.mark |= mark(p.Card)
		s.taken += p.Amount
	}
	return s
}

// mark is the bit of a payer in the day's sketch: its address modulo 48 (Merchant.sol, mark).
func mark(card common.Address) uint64 {
	n := new(big.Int).SetBytes(card[:])
	return 1 << n.Mod(n, big.NewInt(48)).Uint64()
}

// word is the day's word in the contract: room 48 | payers 48 | day 16 | links 16 | accumulator 128 (Merchant.sol, today).
func (s sum) word(room, day uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[:], room<<16|s.mark>>32)
	binary.BigEndian.PutUint32(w[8:], uint32(s.mark))
	binary.BigEndian.PutUint16(w[12:], uint16(day))
	binary.BigEndian.PutUint16(w[14:], s.links)
	copy(w[16:], s.acc[:])
	return w
}

// single is a payment as a link of its own.
func single(p payment) link { return link{Hash: p.Leaf, Payments: []payment{p}} }

// batch is the one link of several payments: the hash of their leaves, or the leaf of one (Batches.sol, _link).
func batch(of []payment) link {
	if len(of) == 1 {
		return single(of[0])
	}
	leaves := make([][]byte, len(of))
	for i, p := range of {
		leaves[i] = p.Leaf[:]
	}
	return link{Hash: crypto.Keccak256Hash(leaves...), Payments: of}
}

// pulled is a pull as a link: its leaf holds the block and the merchant's word before it, so that two pulls alike differ
// (Mandates.sol, _draw).
func pulled(p payment, number uint64, word [32]byte) link {
	b := append([]byte(nil), p.Mandate[:]...)
	for _, n := range []uint64{p.Amount, number} {
		b = append(b, common.BigToHash(new(big.Int).SetUint64(n)).Bytes()...)
	}
	p.Leaf = leaf([32]byte(crypto.Keccak256(b, word[:])), p.Card)
	return single(p)
}

// digest is what a card signed for a payment.
func (m *Monitor) digest(merchant common.Address, p payment) [32]byte {
	return wire.Payment{Purse: m.v.Name(), Counter: p.Counter, Order: wire.Order{Merchant: wire.Address(merchant), Amount: p.Amount,
		Anchor: p.Anchor, Block: p.Block, Offer: p.Offer}}.Digest()
}

// ErrPull says that a payment was pulled under a mandate: such payments are stopped by their owner and not disputed.
var ErrPull = errors.New("a mandate's pull is not disputed by vote")

// ErrNotKnown says that no payment has this leaf among those that can be proven.
var ErrNotKnown = errors.New("no payment of a day that is known has this leaf")

// place is where a payment is.
type place struct {
	merchant common.Address
	day      uint64
	link, in int
}

// find looks a payment up by its leaf.
func (m *Monitor) find(leaf common.Hash) (place, payment, error) {
	for merchant, days := range m.s.Days {
		for number, d := range days {
			for i, l := range d.Links {
				for k, p := range l.Payments {
					if p.Leaf == leaf {
						return place{merchant, number, i, k}, p, nil
					}
				}
			}
		}
	}
	return place{}, payment{}, fmt.Errorf("%w: %s", ErrNotKnown, leaf)
}

// Prove makes the proof of a payment, by its leaf: what OpenCase and the evidence of a cheat take. The contract accepts it when
// the merchant's day is over and closed.
func (m *Monitor) Prove(leaf common.Hash) (vault.Payment, vault.Proof, error) {
	at, p, err := m.find(leaf)
	if err != nil {
		return vault.Payment{}, vault.Proof{}, err
	}
	if p.pull() {
		return vault.Payment{}, vault.Proof{}, ErrPull
	}
	d := m.s.Days[at.merchant][at.day]
	if d.Broken != "" {
		return vault.Payment{}, vault.Proof{}, errors.New(d.Broken)
	}
	before, links := m.tail(at.merchant, at.day, at.link)
	proof := vault.Proof{Before: before, Index: big.NewInt(int64(at.in)), Links: links[1:]}
	if of := d.Links[at.link].Payments; len(of) > 1 {
		for _, one := range of {
			proof.Batch = append(proof.Batch, one.Leaf)
		}
	}
	return vault.Payment{Head: head(at.merchant, p), Anchor: new(big.Int).SetUint64(p.Anchor), Hash: p.Block, Offer: p.Offer,
		Card: p.Card, Day: new(big.Int).SetUint64(at.day)}, proof, nil
}

// tail is the accumulator before a link of a day, and the links from it on: what extend takes.
func (m *Monitor) tail(merchant common.Address, number uint64, from int) (*big.Int, [][32]byte) {
	d := m.s.Days[merchant][number]
	acc := seed(m.v.Address, merchant, number)
	for _, l := range d.Links[:from] {
		acc = fold(acc, l.Hash)
	}
	var links [][32]byte
	for _, l := range d.Links[from:] {
		links = append(links, l.Hash)
	}
	return new(big.Int).SetBytes(acc[:]), links
}

// head is merchant 20 | amount 8 | counter 4.
func head(merchant common.Address, p payment) *big.Int {
	b := binary.BigEndian.AppendUint64(append([]byte(nil), merchant[:]...), p.Amount)
	return new(big.Int).SetBytes(binary.BigEndian.AppendUint32(b, p.Counter))
}
