package node

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/btcsuite/btcd/chainhash/v2"

	"tapcard.example/chain/btc"
)

// Unspent lists the coins on an address. Bitcoin Core searches all coins for them, which takes minutes on mainnet and
// does not see what waits for a block. btcd needs its index of addresses (--addrindex) and sees it.
func (r *RPC) Unspent(ctx context.Context, address string, n btc.Network) ([]Unspent, error) {
	script, err := btc.ParseAddress(address, n)
	if err != nil {
		return nil, err
	}
	var found scan
	err = r.call(ctx, &found, "scantxoutset", "start", []string{"addr(" + address + ")"})
	if is(err, codeNoMethod) {
		return r.search(ctx, address, script)
	}
	if err != nil {
		return nil, err
	}
	return found.unspent(script)
}

// scan is the answer of scantxoutset.
type scan struct {
	Success  bool `json:"success"`
	Unspents []struct {
		ID     string      `json:"txid"`
		Index  uint32      `json:"vout"`
		Script string      `json:"scriptPubKey"`
		Amount json.Number `json:"amount"`
		Height uint32      `json:"height"`
	} `json:"unspents"`
}

func (s scan) unspent(script []byte) ([]Unspent, error) {
	if !s.Success || len(s.Unspents) > maxUnspent {
		return nil, fmt.Errorf("%w: the search did not finish, or found %d coins", ErrAnswer, len(s.Unspents))
	}
	var coins []Unspent
	for _, u := range s.Unspents {
		if u.Script != hex.EncodeToString(script) {
			return nil, fmt.Errorf("%w: a coin of another address", ErrAnswer)
		}
		id, err := parseHash(u.ID)
		if err != nil {
			return nil, err
		}
		value, err := btc.ParseAmount(u.Amount.String())
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
		}
		coins = append(coins, Unspent{id, u.Index, value, u.Height})
	}
	return coins, nil
}

const (
	searchPage  = 100
	searchPages = 100 // of transactions that touch one address
)

// search goes through all transactions that touch an address, the way of btcd, and asks of each of their outputs to it
// whether it is unspent.
func (r *RPC) search(ctx context.Context, address string, script []byte) ([]Unspent, error) {
	var coins []Unspent
	for page := range searchPages {
		var raws []string
		err := r.call(ctx, &raws, "searchrawtransactions", address, 0, page*searchPage, searchPage)
		if is(err, codeNoAddress) {
			return coins, nil // no such transactions, or no more
		}
		if err != nil {
			return nil, err
		}
		for _, text := range raws {
			more, err := r.unspentOf(ctx, text, script)
			if err != nil {
				return nil, err
			}
			coins = append(coins, more...)
		}
		if len(raws) < searchPage {
			return coins, nil
		}
	}
	return nil, fmt.Errorf("%w: more than %d transactions on %s", ErrAnswer, searchPage*searchPages, address)
}

// unspentOf finds the unspent outputs of one transaction to a script.
func (r *RPC) unspentOf(ctx context.Context, text string, script []byte) ([]Unspent, error) {
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: a transaction that is not hex", ErrAnswer)
	}
	tx, err := btc.DecodeTransaction(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	var coins []Unspent
	for i, out := range tx.TxOut {
		if string(out.PkScript) != string(script) {
			continue
		}
		height, unspent, err := r.outputState(ctx, tx.TxHash(), i)
		if err != nil {
			return nil, err
		}
		if unspent {
			coins = append(coins, Unspent{tx.TxHash(), uint32(i), out.Value, height})
		}
	}
	return coins, nil
}

// outputState asks whether an output is unspent, and how deep it is.
func (r *RPC) outputState(ctx context.Context, id chainhash.Hash, index int) (height uint32, unspent bool, err error) {
	var out *struct {
		Confirmations uint32 `json:"confirmations"`
	}
	if err := r.call(ctx, &out, "gettxout", id.String(), index, true); err != nil || out == nil {
		return 0, false, err
	}
	if out.Confirmations == 0 {
		return 0, true, nil
	}
	tip, err := r.Tip(ctx)
	if err != nil || out.Confirmations > tip+1 {
		return 0, true, err
	}
	return tip + 1 - out.Confirmations, true, nil
}
