// Package node asks about the chain, and gives transactions to it: through the JSON-RPC of Bitcoin Core or btcd, or
// through the REST interface of Esplora, which blockstream.info, mempool.space and many home servers speak.
//
//	chain, err := node.NewEsplora("https://mempool.space/testnet4/api")
//	err = node.Check(ctx, chain, btc.Testnet)
//	coins, err := node.Coins(ctx, chain, btc.Testnet, keys)
//
// What a node says is not proof. What can be checked is checked: a transaction must have the hash it was asked for by,
// and Check compares the first block with the network's. That a coin exists, is unspent, or was mined, is the node's
// word; a lie about it costs time and no money, because a transaction that spends nothing is worth nothing. A server
// that is asked for addresses learns that they belong together: a node of one's own tells nobody.
//
// Every call takes a context, ends after a time of its own at the latest, and reads a bounded answer.
package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"

	"tapcard.example/chain/btc"
)

// Kinds of failure, for errors.Is.
var (
	ErrUnreachable = errors.New("the node cannot be reached")
	ErrAnswer      = errors.New("the node's answer makes no sense")
	ErrRefused     = errors.New("the node refuses the request")
	ErrRejected    = errors.New("the node does not accept the transaction")
	ErrNotFound    = errors.New("the node does not have it")
	ErrNoEstimate  = errors.New("the node has no estimate of fees")
	ErrNetwork     = errors.New("the node is on another network")
)

// Chain is what a wallet without its own copy of the chain needs to be told.
type Chain interface {
	// Tip is the height of the last block.
	Tip(ctx context.Context) (uint32, error)
	// BlockHash is the hash of the block at a height.
	BlockHash(ctx context.Context, height uint32) (chainhash.Hash, error)
	// Unspent lists the coins on an address.
	Unspent(ctx context.Context, address string, n btc.Network) ([]Unspent, error)
	// Transaction is a whole transaction, its hash verified. height is that of its block, 0 if it has none or it is not
	// known; some nodes cannot find it without.
	Transaction(ctx context.Context, id chainhash.Hash, height uint32) ([]byte, error)
	// FeeRate is what gets a transaction into one of the next few blocks. It fails with ErrNoEstimate when the node
	// cannot say, as on test networks.
	FeeRate(ctx context.Context, blocks int) (btc.FeeRate, error)
	// Broadcast gives a transaction to the network and returns its id. It fails with ErrRejected and the reason. One
	// that the node has already is a success: an answer may have been lost.
	Broadcast(ctx context.Context, raw []byte) (chainhash.Hash, error)
}

// Unspent is a coin, as a node lists it.
type Unspent struct {
	ID     chainhash.Hash // of the transaction
	Index  uint32
	Value  int64  // satoshi
	Height uint32 // of its block, 0 while it waits for one
}

const (
	maxUnspent = 10_000  // coins on one address
	maxBody    = 8 << 20 // bytes of an answer: the largest transaction in hex is as large
)

// Coins finds the coins on the P2WPKH addresses of keys, with the transactions that prove what they are worth, ready
// for btc.Sweep.
func Coins(ctx context.Context, c Chain, n btc.Network, keys [][33]byte) ([]btc.Coin, error) {
	var coins []btc.Coin
	for _, key := range keys {
		address, err := btc.KeyAddress(btc.P2WPKH, key, n)
		if err != nil {
			return nil, err
		}
		unspent, err := c.Unspent(ctx, address, n)
		if err != nil {
			return nil, err
		}
		for _, u := range unspent {
			raw, err := c.Transaction(ctx, u.ID, u.Height)
			if err != nil {
				return nil, err
			}
			coins = append(coins, btc.Coin{ID: u.ID, Index: u.Index, Previous: raw, Key: key})
		}
	}
	return coins, nil
}

// Check asks for the first block, and fails with ErrNetwork when it is not that of n. A node of a private signet or of
// testnet4 is on another network than this package's Signet and Testnet, and passes: their addresses are the same.
func Check(ctx context.Context, c Chain, n btc.Network) error {
	first, err := c.BlockHash(ctx, 0)
	if err != nil {
		return err
	}
	known := map[btc.Network]*chaincfg.Params{
		btc.Mainnet: &chaincfg.MainNetParams, btc.Testnet: &chaincfg.TestNet3Params,
		btc.Signet: &chaincfg.SigNetParams, btc.Regtest: &chaincfg.RegressionNetParams,
	}
	for other, params := range known {
		if first == *params.GenesisHash && other != n {
			return fmt.Errorf("%w: on %v, not %v", ErrNetwork, other, n)
		}
	}
	if strict := n == btc.Mainnet || n == btc.Regtest; strict && first != *known[n].GenesisHash {
		return fmt.Errorf("%w: its first block is %v, which is not that of %v", ErrNetwork, first, n)
	}
	return nil
}

// checkTransaction makes sure that a node gave what it was asked for.
func checkTransaction(raw []byte, id chainhash.Hash) ([]byte, error) {
	tx, err := btc.DecodeTransaction(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: transaction %v: %w", ErrAnswer, id, err)
	}
	if tx.TxHash() != id {
		return nil, fmt.Errorf("%w: asked for transaction %v, got %v", ErrAnswer, id, tx.TxHash())
	}
	return raw, nil
}

// transactionID is the id of a transaction that is to be broadcast.
func transactionID(raw []byte) (chainhash.Hash, error) {
	tx, err := btc.DecodeTransaction(raw)
	if err != nil {
		return chainhash.Hash{}, fmt.Errorf("%w: %w", ErrRejected, err)
	}
	return tx.TxHash(), nil
}
