package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"tapcard.example/internal/privatefile"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
)

// The states of a payment in the journal.
const (
	stateAsked   = "asked"   // a card may have signed it; if so, it signs it again for nothing
	stateSigned  = "signed"  // it can settle as long as its anchor lives
	stateSettled = "settled" // it is on the chain
	stateRefused = "refused" // the vault will not settle it; the reason is in Why
)

// entry is a payment in the journal: a file of its own, written before anything is done that could get lost.
type entry struct {
	State     string         `json:"state"`
	Time      time.Time      `json:"time"`
	Chain     uint64         `json:"chain_id"`
	Vault     common.Address `json:"vault"`
	Token     common.Address `json:"token"`
	Card      common.Address `json:"card"`
	Merchant  common.Address `json:"merchant"`
	Amount    uint64         `json:"amount"` // 1e-6 token
	Anchor    uint64         `json:"anchor"`
	Block     hexutil.Bytes  `json:"anchor_hash"`
	Counter   uint32         `json:"counter,omitempty"`
	Signature hexutil.Bytes  `json:"signature,omitempty"` // r 32, s 32, recovery id 1
	Offer     offer          `json:"offer"`
	Tx        *common.Hash   `json:"transaction,omitempty"`
	Gas       uint64         `json:"gas_used,omitempty"`
	Why       string         `json:"why,omitempty"`
}

// offer is the offer that the payment's receipt proves.
type offer struct {
	ID          hexutil.Bytes  `json:"id"`
	Terminal    common.Address `json:"terminal"`
	Items       string         `json:"items"`
	Time        uint64         `json:"time"`
	Expiry      uint64         `json:"expiry"`
	Signature   hexutil.Bytes  `json:"signature,omitempty"`   // the terminal's, 65 bytes
	Certificate hexutil.Bytes  `json:"certificate,omitempty"` // the merchant's, for the terminal's key
}

// offered is the offer in full.
func (e *entry) offered() vault.Offer {
	o := vault.Offer{Merchant: e.Merchant, Terminal: e.Offer.Terminal, Amount: e.Amount, Items: e.Offer.Items, Time: e.Offer.Time, Expiry: e.Offer.Expiry}
	copy(o.ID[:], e.Offer.ID)
	return o
}

// payment is what the card signed, or is asked to sign.
func (e *entry) payment(v *vault.Vault) wire.Payment {
	p := wire.Payment{Purse: v.Name(), Counter: e.Counter, Order: wire.Order{Merchant: wire.Address(e.Merchant), Amount: e.Amount,
		Anchor: e.Anchor, Offer: v.Hash(e.offered())}}
	copy(p.Order.Block[:], e.Block)
	return p
}

// maxEntry bounds an entry's file, in bytes.
const maxEntry = 16 << 10

// journal is the folder of payments.
type journal struct{ dir string }

func (a *app) journal() (journal, error) {
	dir, err := a.dir()
	return journal{filepath.Join(dir, "payments")}, err
}

// file is named by the offer's id, which exists before the card has signed anything.
func (j journal) file(e *entry) string {
	return filepath.Join(j.dir, hex.EncodeToString(e.Offer.ID)+".json")
}

// write replaces an entry, durably.
func (j journal) write(e *entry) error {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	return privatefile.Update(j.file(e), maxEntry, func([]byte) ([]byte, error) { return append(text, '\n'), nil })
}

// list reads the entries of a vault that are wanted, oldest first.
func (j journal) list(v *vault.Vault, want func(*entry) bool) (list []*entry, err error) {
	files, err := os.ReadDir(j.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		text, readErr := privatefile.Read(filepath.Join(j.dir, f.Name()), maxEntry)
		e := new(entry)
		if readErr == nil {
			readErr = json.Unmarshal(text, e)
		}
		if readErr != nil {
			return nil, fmt.Errorf("payment %s: %w", f.Name(), readErr)
		}
		if e.Chain == v.ID && e.Vault == v.Address && want(e) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(x, y *entry) int { return x.Time.Compare(y.Time) })
	return list, err
}
