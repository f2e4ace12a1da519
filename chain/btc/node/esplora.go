package node

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/btcsuite/btcd/chainhash/v2"

	"tapcard.example/chain/btc"
)

// Esplora is a server with the REST interface of Blockstream's Esplora. Several goroutines may use it at once.
type Esplora struct{ server server }

// NewEsplora takes the address of the interface, "https://blockstream.info/api". It asks nothing yet.
func NewEsplora(base string) (*Esplora, error) {
	s, err := newServer(base, false, nil)
	if err != nil {
		return nil, err
	}
	return &Esplora{s}, nil
}

// get asks for a path and gives the body of a good answer.
func (e *Esplora) get(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	status, answer, err := e.server.do(ctx, http.MethodGet, path, nil)
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusNotFound:
		return nil, fmt.Errorf("%w: %s", ErrNotFound, excerpt(answer))
	case status != http.StatusOK:
		return nil, fmt.Errorf("%w: status %d: %s", ErrRefused, status, excerpt(answer))
	}
	return answer, nil
}

// Tip is the height of the last block.
func (e *Esplora) Tip(ctx context.Context) (uint32, error) {
	answer, err := e.get(ctx, "/blocks/tip/height")
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(answer)), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%w: %q is no height", ErrAnswer, excerpt(answer))
	}
	return uint32(n), nil
}

// BlockHash is the hash of the block at a height.
func (e *Esplora) BlockHash(ctx context.Context, height uint32) (chainhash.Hash, error) {
	answer, err := e.get(ctx, fmt.Sprintf("/block-height/%d", height))
	if err != nil {
		return chainhash.Hash{}, err
	}
	return parseHash(strings.TrimSpace(string(answer)))
}

// esploraCoin is one of the coins that Esplora lists.
type esploraCoin struct {
	ID     string `json:"txid"`
	Index  uint32 `json:"vout"`
	Value  int64  `json:"value"`
	Status struct {
		Height uint32 `json:"block_height"`
	} `json:"status"`
}

// Unspent lists the coins on an address, those that wait for a block among them.
func (e *Esplora) Unspent(ctx context.Context, address string, n btc.Network) ([]Unspent, error) {
	if _, err := btc.ParseAddress(address, n); err != nil {
		return nil, err
	}
	answer, err := e.get(ctx, "/address/"+address+"/utxo")
	if err != nil {
		return nil, err
	}
	var listed []esploraCoin
	if err := decodeJSON(answer, &listed); err != nil || len(listed) > maxUnspent {
		return nil, fmt.Errorf("%w: not a list of coins: %s", ErrAnswer, excerpt(answer))
	}
	var coins []Unspent
	for _, c := range listed {
		id, err := parseHash(c.ID)
		if err != nil {
			return nil, err
		}
		if c.Value < 0 || c.Value > btc.MaxMoney {
			return nil, fmt.Errorf("%w: a coin of %d satoshi", ErrAnswer, c.Value)
		}
		coins = append(coins, Unspent{id, c.Index, c.Value, c.Status.Height})
	}
	return coins, nil
}

// Transaction is a whole transaction. The height is not needed.
func (e *Esplora) Transaction(ctx context.Context, id chainhash.Hash, _ uint32) ([]byte, error) {
	answer, err := e.get(ctx, "/tx/"+id.String()+"/hex")
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(strings.TrimSpace(string(answer)))
	if err != nil {
		return nil, fmt.Errorf("%w: a transaction that is not hex", ErrAnswer)
	}
	return checkTransaction(raw, id)
}

// FeeRate takes the estimate for the number of blocks, or for the next smaller one that there is.
func (e *Esplora) FeeRate(ctx context.Context, blocks int) (btc.FeeRate, error) {
	answer, err := e.get(ctx, "/fee-estimates")
	if err != nil {
		return 0, err
	}
	var estimates map[string]json.Number
	if err := decodeJSON(answer, &estimates); err != nil {
		return 0, fmt.Errorf("%w: not estimates of fees: %s", ErrAnswer, excerpt(answer))
	}
	for ; blocks > 0; blocks-- {
		estimate, ok := estimates[strconv.Itoa(blocks)]
		if !ok {
			continue
		}
		f, err := estimate.Float64()
		if err != nil || !(f > 0 && f < 1e6) {
			return 0, fmt.Errorf("%w: %s satoshi a byte", ErrAnswer, excerpt([]byte(estimate)))
		}
		return btc.FeeRate(f*1000 + 0.5), nil
	}
	return 0, ErrNoEstimate
}

// Broadcast gives a transaction to the network.
func (e *Esplora) Broadcast(ctx context.Context, raw []byte) (chainhash.Hash, error) {
	id, err := transactionID(raw)
	if err != nil {
		return id, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	status, answer, err := e.server.do(ctx, http.MethodPost, "/tx", []byte(hex.EncodeToString(raw)))
	switch {
	case err != nil:
		return id, err
	case known(string(answer)):
		return id, nil
	case status != http.StatusOK:
		return id, fmt.Errorf("%w: %s", ErrRejected, excerpt(answer))
	case strings.TrimSpace(string(answer)) != id.String():
		return id, fmt.Errorf("%w: sent transaction %v, it says %s", ErrAnswer, id, excerpt(answer))
	}
	return id, nil
}
