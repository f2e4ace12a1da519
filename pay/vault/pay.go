package vault

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/paycard/wire"
)

// Anchor is a block that payments are bound to.
type Anchor struct {
	Block uint64   // a multiple of 8, at least 3 deep
	Hash  [32]byte // its hash, or the salt of its round
}

// What an anchor has to be (Payments.sol, _anchorHash).
const (
	anchorStep  = 8
	anchorDepth = 3
)

// ErrYoungChain says that the chain has no block yet that is deep enough.
var ErrYoungChain = errors.New("the chain is too young: it needs a few more blocks")

// Anchor is the newest block that a card may sign for now. In a vault with a salt it is of the newest round that has one;
// ErrNoSalt says that none has within an anchor's life.
func (v *Vault) Anchor(ctx context.Context) (Anchor, error) {
	height, err := v.node.BlockNumber(ctx)
	if err != nil {
		return Anchor{}, err
	}
	if height < anchorDepth {
		return Anchor{}, ErrYoungChain
	}
	n := (height - anchorDepth) / anchorStep * anchorStep
	if v.Salt != nil {
		return v.Salt.anchor(ctx, n, height+1-min(height+1, v.Params.AnchorLife))
	}
	h, err := v.HashAt(ctx, n)
	return Anchor{n, h}, err
}

// HashAt is the hash that belongs to an anchor: of its block, or the salt of its round. ErrNoSalt says that the round has none,
// ethereum.NotFound that there is no such block.
func (v *Vault) HashAt(ctx context.Context, anchor uint64) ([32]byte, error) {
	if v.Salt == nil {
		h, err := v.node.HeaderByNumber(ctx, wei(anchor))
		if err != nil {
			return [32]byte{}, err
		}
		return h.Hash(), nil
	}
	round := anchor / v.Salt.Round
	h, err := v.Salt.Of(ctx, round)
	if err == nil && h == ([32]byte{}) {
		h, err = v.Salt.past(ctx, round)
	}
	if err == nil && h == ([32]byte{}) {
		err = fmt.Errorf("round %d has no salt: %w", round, ErrNoSalt)
	}
	return h, err
}

// head is merchant 20 | amount 8 | counter 4, as the contracts take it.
func head(p wire.Payment) *big.Int {
	encoded := p.Encode()
	return new(big.Int).SetBytes(encoded[56:88])
}

// Pay settles a payment that a card signed; anybody may carry it. A payment that is settled already is no error: the
// receipt is then the one of that time. *Refused says why the contracts do not settle it.
func (v *Vault) Pay(ctx context.Context, k *Key, p wire.Payment, s wire.Signature) (*types.Receipt, error) {
	if p.Purse != v.Name() {
		return nil, errors.New("the payment is for another vault")
	}
	card, err := s.Recover(p.Digest())
	if err != nil {
		return nil, err
	}
	r, vs := Compact(s.R, s.S, s.V)
	receipt, err := v.transact(ctx, k, "pay", head(p), wei(p.Order.Anchor), p.Order.Offer, r, vs)
	if IsRefused(err, CounterUsed) {
		before, found := v.Settled(ctx, p, common.Address(card))
		if found != nil || before != nil {
			return before, found
		}
	}
	return receipt, err
}

// Settled looks for a payment among what has settled since its anchor. Without it both results are nil.
func (v *Vault) Settled(ctx context.Context, p wire.Payment, card common.Address) (*types.Receipt, error) {
	paid := contractABI.Events["Paid"]
	merchant := common.Address(p.Order.Merchant)
	logs, err := v.node.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: wei(p.Order.Anchor), Addresses: []common.Address{v.Address},
		Topics: [][]common.Hash{{paid.ID}, {common.BytesToHash(merchant[:])}, {common.BytesToHash(card[:])}},
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the payment among those that have settled: %w", err)
	}
	for _, l := range logs {
		e, err := ParsePaid(l)
		if err == nil && e.Amount == p.Order.Amount && e.Counter == p.Counter && e.Anchor == p.Order.Anchor && e.Offer == p.Order.Offer {
			return v.node.TransactionReceipt(ctx, l.TxHash)
		}
	}
	return nil, nil
}

// Paid is the event of a settled payment (Events.sol, Paid).
type Paid struct {
	Merchant, Card common.Address
	Amount         uint64 // 1e-6 token
	Counter        uint32
	Anchor         uint64
	Offer          [32]byte
}

// ErrLog says that a node sent an event that is none.
var ErrLog = errors.New("the node sent an event that is not as it should be")

// ParsePaid reads the event out of a log.
func ParsePaid(l types.Log) (Paid, error) {
	if len(l.Topics) != 3 || len(l.Data) != 64 || l.Topics[0] != contractABI.Events["Paid"].ID {
		return Paid{}, ErrLog
	}
	what := new(big.Int).SetBytes(l.Data[:32])
	return Paid{
		Merchant: common.BytesToAddress(l.Topics[1][:]), Card: common.BytesToAddress(l.Topics[2][:]),
		Amount: field(what, 96, 64), Counter: uint32(field(what, 64, 32)), Anchor: field(what, 0, 64), Offer: [32]byte(l.Data[32:]),
	}, nil
}

// Check asks a vault, without a transaction, whether a payment would settle now: *Refused says why not.
func (v *Vault) Check(ctx context.Context, p wire.Payment, s wire.Signature) error {
	r, vs := Compact(s.R, s.S, s.V)
	_, err := v.view(ctx, "pay", head(p), wei(p.Order.Anchor), p.Order.Offer, r, vs)
	return err
}
