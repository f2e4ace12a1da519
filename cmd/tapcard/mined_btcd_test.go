package main

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/wire/v2"

	"tapcard.example/chain/btc"
	"tapcard.example/internal/testnode"
)

// bitcoinNode is a node whose word on a transaction is what counts here.
type bitcoinNode struct{ *testnode.Btcd }

// startBitcoin starts a node, which pays for its blocks to an address, and stops it when the test ends.
func startBitcoin(t *testing.T, miner string) *bitcoinNode {
	t.Helper()
	return &bitcoinNode{testnode.StartBtcd(t, miner)}
}

// coin is what the miner got for the block at a height.
func (n *bitcoinNode) coin(height int) *wire.MsgTx {
	n.Helper()
	var hash, raw string
	var block struct{ Tx []string }
	n.Must(&hash, "getblockhash", height)
	n.Must(&block, "getblock", hash, 1)
	n.Must(&raw, "getrawtransaction", block.Tx[0], 0)
	b, err := hex.DecodeString(raw)
	if err != nil {
		n.Fatal(err)
	}
	tx, err := btc.DecodeTransaction(b)
	if err != nil {
		n.Fatal(err)
	}
	return tx
}

// accepts gives the node a transaction, which it must let into its mempool and mine.
func (n *bitcoinNode) accepts(raw string) {
	n.Helper()
	var id string
	n.Must(&id, "sendrawtransaction", raw)
	n.mines(id)
}

// mines wants a transaction in the mempool, and after one block in that.
func (n *bitcoinNode) mines(id string) {
	n.Helper()
	var pool []string
	n.Must(&pool, "getrawmempool")
	if !slices.Contains(pool, id) {
		n.Errorf("%s is not in the mempool", id)
	}
	n.Mine(1)
	var tx struct{ Confirmations int }
	n.Must(&tx, "getrawtransaction", id, 1)
	if tx.Confirmations != 1 {
		n.Errorf("%s was not mined", id)
	}
}
