package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

// mandateFile is what "tapcard --json pay-card mandate" printed.
type mandateFile struct {
	Card      string `json:"card_address"`
	Chain     uint64 `json:"chain_id"`
	Vault     string `json:"vault"`
	Token     string `json:"token"`
	Payee     string `json:"payee"`
	Cap       string `json:"cap"`
	Period    uint32 `json:"period_seconds"`
	Expiry    uint32 `json:"expiry"`
	Reference string `json:"reference"`
	Anchor    uint64 `json:"anchor_block"`
	Hash      string `json:"anchor_hash"`
	Counter   uint32 `json:"counter"`
	Signature string `json:"signature"`
}

// readMandate reads a mandate. Whether it is what the card signed shows against a vault.
func readMandate(path string) (vault.Mandate, error) {
	if path == "" {
		return vault.Mandate{}, cli.Usage("--mandate FILE is needed")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return vault.Mandate{}, err
	}
	var f mandateFile
	if err = json.Unmarshal(text, &f); err != nil {
		return vault.Mandate{}, fmt.Errorf("%s: %w", path, err)
	}
	m, err := f.mandate()
	if err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// mandate puts the parts together.
func (f mandateFile) mandate() (m vault.Mandate, err error) {
	g := &m.Grant
	for _, p := range []struct {
		name, text string
		to         *wire.Address
	}{{"card_address", f.Card, (*wire.Address)(&m.Card)}, {"vault", f.Vault, &m.Purse.Vault},
		{"token", f.Token, &m.Purse.Token}, {"payee", f.Payee, &g.Payee}} {
		a, err := address(p.name, p.text)
		if err != nil {
			return m, err
		}
		*p.to = wire.Address(a)
	}
	signature := make([]byte, wire.SignatureSize)
	for _, p := range []struct {
		name, text string
		to         []byte
	}{{"reference", f.Reference, g.Reference[:]}, {"anchor_hash", f.Hash, g.Block[:]}, {"signature", f.Signature, signature}} {
		raw, err := hex.DecodeString(strings.TrimPrefix(p.text, "0x"))
		if err != nil || len(raw) != len(p.to) {
			return m, fmt.Errorf("%s: not %d bytes in hex", p.name, len(p.to))
		}
		copy(p.to, raw)
	}
	if g.Cap, err = paycard.ParseAmount(f.Cap); err != nil {
		return m, fmt.Errorf("cap: %w", err)
	}
	m.Purse.Chain, g.Anchor, g.Period, g.Expiry, m.Counter = f.Chain, f.Anchor, f.Period, f.Expiry, f.Counter
	if _, err = wire.ParseGrant(g.Append(nil)); err != nil {
		return m, err
	}
	m.Signature, err = wire.ParseSignature(signature)
	return m, err
}
