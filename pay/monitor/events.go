package monitor

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/pay/contracts"
	"tapcard.example/pay/vault"
)

// secondsADay makes days of times, as the contracts do.
const secondsADay = 86_400

// contract is the vault's interface; the artifact is part of the program, and a test loads it.
var contract = func() contracts.Artifact {
	a, err := contracts.Load("Vault")
	if err != nil {
		panic(err)
	}
	return a
}().ABI

// run is what one transaction did for one merchant without anything in between: one payment, or several, which were one
// batch or came one by one.
type run struct {
	merchant common.Address
	tx       common.Hash
	of       []payment
}

// takeBlock takes in the events of one block.
func (m *Monitor) takeBlock(ctx context.Context, b block, logs []types.Log) error {
	var runs []run
	joins := false // whether a payment may belong to the run before it
	for _, l := range logs {
		if len(l.Topics) == 0 {
			return vault.ErrLog
		}
		kind, err := contract.EventByID(l.Topics[0])
		if err != nil {
			return fmt.Errorf("%w: %w", vault.ErrLog, err)
		}
		switch kind.Name {
		case "Paid":
			runs, err = m.paid(ctx, runs, l, joins)
			joins = true
		case "Skipped": // inside a batch
		case "Pulled":
			runs, err = m.pull(runs, l)
			joins = false
		default:
			err = m.note(kind.Name, l)
			joins = false
		}
		if err != nil {
			return err
		}
	}
	return m.link(ctx, b, runs)
}

func (m *Monitor) paid(ctx context.Context, runs []run, l types.Log, joins bool) ([]run, error) {
	e, err := vault.ParsePaid(l)
	if err != nil {
		return nil, err
	}
	p := payment{Card: e.Card, Amount: e.Amount, Counter: e.Counter, Anchor: e.Anchor, Offer: e.Offer}
	if p.Block, err = m.anchor(ctx, e.Anchor); err != nil {
		return nil, err
	}
	p.Leaf = leaf(m.digest(e.Merchant, p), p.Card)
	if n := len(runs) - 1; joins && n >= 0 && runs[n].tx == l.TxHash && runs[n].merchant == e.Merchant {
		runs[n].of = append(runs[n].of, p)
		return runs, nil
	}
	return append(runs, run{e.Merchant, l.TxHash, []payment{p}}), nil
}

func (m *Monitor) pull(runs []run, l types.Log) ([]run, error) {
	if len(l.Topics) != 2 || len(l.Data) != 32 {
		return nil, vault.ErrLog
	}
	of, ok := m.s.Mandates[l.Topics[1]]
	if !ok {
		return nil, fmt.Errorf("a pull under mandate %s, whose start was not read: begin at an earlier block", l.Topics[1])
	}
	amount := new(big.Int).SetBytes(l.Data).Uint64()
	return append(runs, run{of.Payee, l.TxHash, []payment{{Card: of.Card, Amount: amount, Mandate: l.Topics[1]}}}), nil
}

// note keeps what the other events say.
func (m *Monitor) note(kind string, l types.Log) error {
	about := func(i int) common.Address { return common.BytesToAddress(l.Topics[i][:]) }
	want := map[string]int{"Registered": 2, "MandateStarted": 4, "Opened": 4, "Settled": 2, "Staked": 2, "Closing": 2}[kind]
	if want != 0 && len(l.Topics) != want {
		return vault.ErrLog
	}
	switch kind {
	case "Registered":
		if _, was := m.s.Merchants[about(1)]; !was {
			m.s.Merchants[about(1)] = l.BlockNumber
		}
		m.dirty[about(1)] = true
	case "MandateStarted":
		m.s.Mandates[l.Topics[1]] = mandate{about(2), about(3), l.BlockNumber}
	case "Opened":
		m.s.Cases[l.Topics[1]] = noted{Merchant: about(2), Block: l.BlockNumber}
	case "Settled":
		if c, ok := m.s.Cases[l.Topics[1]]; ok {
			c.Settled = l.BlockNumber
			m.s.Cases[l.Topics[1]] = c
		}
	}
	return nil
}

// anchor is the hash that belongs to an anchor.
func (m *Monitor) anchor(ctx context.Context, n uint64) (common.Hash, error) {
	if h, ok := m.known[n]; ok {
		return h, nil
	}
	h, err := m.v.HashAt(ctx, n)
	if errors.Is(err, ethereum.NotFound) || errors.Is(err, vault.ErrNoSalt) {
		return common.Hash{}, errMoved
	}
	if err != nil {
		return common.Hash{}, err
	}
	m.known[n] = h
	return h, nil
}

// batched says whether a transaction was one call of payBatch; known is false when another contract called the vault.
func (m *Monitor) batched(ctx context.Context, hash common.Hash) (is, known bool, err error) {
	tx, _, err := m.v.Node().TransactionByHash(ctx, hash)
	if errors.Is(err, ethereum.NotFound) {
		return false, false, errMoved
	}
	if err != nil {
		return false, false, err
	}
	if tx.To() == nil || *tx.To() != m.v.Address || len(tx.Data()) < 4 {
		return false, false, nil
	}
	return [4]byte(tx.Data()) == [4]byte(contract.Methods["payBatch"].ID), true, nil
}
