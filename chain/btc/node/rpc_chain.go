package node

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/chainhash/v2"

	"tapcard.example/chain/btc"
)

// Tip is the height of the last block.
func (r *RPC) Tip(ctx context.Context) (height uint32, err error) {
	return height, r.call(ctx, &height, "getblockcount")
}

// BlockHash is the hash of the block at a height.
func (r *RPC) BlockHash(ctx context.Context, height uint32) (chainhash.Hash, error) {
	var text string
	if err := r.call(ctx, &text, "getblockhash", height); err != nil {
		return chainhash.Hash{}, err
	}
	return parseHash(text)
}

func parseHash(text string) (chainhash.Hash, error) {
	hash, err := chainhash.NewHashFromStr(text)
	if err != nil || len(text) != 64 {
		return chainhash.Hash{}, fmt.Errorf("%w: %q is no hash", ErrAnswer, excerpt([]byte(text)))
	}
	return *hash, nil
}

// Transaction is a whole transaction. Without an index of transactions, Bitcoin Core finds those of other wallets only
// when it is told the block.
func (r *RPC) Transaction(ctx context.Context, id chainhash.Hash, height uint32) ([]byte, error) {
	var text string
	err := r.call(ctx, &text, "getrawtransaction", id.String(), 0)
	if is(err, codeNoAddress) && height > 0 {
		var block string
		if err = r.call(ctx, &block, "getblockhash", height); err == nil {
			err = r.call(ctx, &text, "getrawtransaction", id.String(), 0, block)
		}
	}
	if is(err, codeNoAddress) {
		return nil, fmt.Errorf("%w: transaction %v", ErrNotFound, id)
	}
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: a transaction that is not hex", ErrAnswer)
	}
	return checkTransaction(raw, id)
}

// FeeRate asks for an estimate: estimatesmartfee in Bitcoin Core, estimatefee in btcd.
func (r *RPC) FeeRate(ctx context.Context, blocks int) (btc.FeeRate, error) {
	var smart struct {
		FeeRate json.Number `json:"feerate"`
	}
	err := r.call(ctx, &smart, "estimatesmartfee", blocks)
	if is(err, codeNoMethod) {
		err = r.call(ctx, &smart.FeeRate, "estimatefee", blocks)
		if errors.Is(err, ErrRefused) {
			return 0, fmt.Errorf("%w: %w", ErrNoEstimate, err) // btcd has seen too few blocks
		}
	}
	if err != nil {
		return 0, err
	}
	perKB, err := btc.ParseAmount(smart.FeeRate.String()) // bitcoin for 1000 bytes
	if err != nil || perKB == 0 {
		return 0, ErrNoEstimate
	}
	return btc.FeeRate(perKB), nil
}

// maxNodeFee is the highest fee that a node is asked to pass on, in bitcoin for 1000 virtual bytes: Bitcoin Core's own
// default, which btcd wants to be told.
const maxNodeFee = 0.1

// Broadcast has the node try the transaction before it sends it, where the node can: a refusal then has a reason.
func (r *RPC) Broadcast(ctx context.Context, raw []byte) (chainhash.Hash, error) {
	id, err := transactionID(raw)
	if err != nil {
		return id, err
	}
	text := hex.EncodeToString(raw)
	var tried []struct {
		Allowed bool   `json:"allowed"`
		Reason  string `json:"reject-reason"`
	}
	err = r.call(ctx, &tried, "testmempoolaccept", []string{text}, maxNodeFee)
	switch {
	case is(err, codeNoMethod):
	case err != nil:
		return id, err
	case len(tried) != 1:
		return id, fmt.Errorf("%w to testmempoolaccept: %d results", ErrAnswer, len(tried))
	case known(tried[0].Reason):
		return id, nil
	case !tried[0].Allowed:
		return id, fmt.Errorf("%w: %s", ErrRejected, excerpt([]byte(tried[0].Reason)))
	}
	var sent string
	if err := r.call(ctx, &sent, "sendrawtransaction", text); err != nil {
		if is(err, codeKnown) {
			return id, nil
		}
		return id, fmt.Errorf("%w: %w", ErrRejected, err)
	}
	if sent != id.String() {
		return id, fmt.Errorf("%w: sent transaction %v, it says %s", ErrAnswer, id, excerpt([]byte(sent)))
	}
	return id, nil
}

// known says whether a reason means that the node has the transaction already.
func known(reason string) bool {
	for _, r := range []string{"txn-already-in-mempool", "txn-already-known", "already have transaction"} {
		if strings.Contains(reason, r) {
			return true
		}
	}
	return false
}
