package monitor

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/score"
	"tapcard.example/pay/vault"
)

// Stage is how far a challenge of ours is.
type Stage string

// The stages. What the chain says goes before what the file says.
const (
	Planned   Stage = "planned" // nothing may have been sent, or something may be on its way
	Filed     Stage = "filed"
	Won       Stage = "won" // decided, and nobody knows yet whether the merchant appeals
	Losing    Stage = "losing"
	Collected Stage = "collected"
	Lost      Stage = "lost"
	Beaten    Stage = "beaten" // somebody else was quicker
)

// filing is a challenge of ours.
type filing struct {
	Merchant common.Address `json:"merchant"`
	Amount   uint64         `json:"amount"`
	Stage    Stage          `json:"stage"`
	Until    uint64         `json:"until,omitempty"` // the block after which an end is believed
}

// piece is how many links one transaction proves: 32 bytes each, and nodes take 128 KiB.
var piece = 2_000

// work files what is worth it, and takes every challenge of ours one step on. Whatever happens in between, the next call
// finds out from the chain where it was.
func (m *Monitor) work(ctx context.Context, k *vault.Key, worth []Challenge) ([]Finding, error) {
	if waits, err := m.inFlight(ctx, k.Address); err != nil || waits {
		return nil, err
	}
	wanted := map[common.Hash]bool{}
	for _, c := range worth {
		wanted[c.Leaf] = true
		if m.s.Ours[c.Leaf] == nil {
			m.s.Ours[c.Leaf] = &filing{Merchant: c.Merchant, Amount: c.Amount, Stage: Planned}
		}
	}
	if len(worth) != 0 {
		if err := m.save(); err != nil { // before anything is sent
			return nil, err
		}
	}
	var told []Finding
	for _, leaf := range sorted(m.s.Ours) {
		before := *m.s.Ours[leaf]
		why, err := m.step(ctx, k, leaf, wanted[leaf])
		f := m.s.Ours[leaf]
		var refused *vault.Refused
		if errors.As(err, &refused) { // later it may be taken; what it does not open now it never will
			told = append(told, m.unheard([]Finding{{Kind: "refused", Merchant: f.Merchant, Leaf: &leaf, Why: refused.Error()}})...)
			if err = nil; f.Stage == Planned {
				delete(m.s.Ours, leaf)
			}
			f = nil
		}
		if f != nil && f.Stage != before.Stage && why != "" {
			told = append(told, Finding{Kind: string(f.Stage), Merchant: f.Merchant, Leaf: &leaf, Why: why})
		}
		if f == nil || *f != before {
			err = errors.Join(err, m.save())
		}
		if err != nil {
			return told, fmt.Errorf("the case of payment %s: %w", leaf, err)
		}
	}
	return told, nil
}

// inFlight says whether a transaction of ours may still get into a block: until then nothing is known.
func (m *Monitor) inFlight(ctx context.Context, me common.Address) (bool, error) {
	next, err := m.v.Node().PendingNonceAt(ctx, me)
	if err != nil {
		return false, err
	}
	done, err := m.v.Node().NonceAt(ctx, me, nil)
	return next > done, err
}

// step takes one challenge as far as it goes now.
func (m *Monitor) step(ctx context.Context, k *vault.Key, leaf common.Hash, wanted bool) (string, error) {
	f := m.s.Ours[leaf]
	last := m.s.Recent[len(m.s.Recent)-1]
	if f.Until != 0 && last.Number > f.Until {
		return "", nil
	}
	c, err := m.v.CaseOf(ctx, leaf, nil)
	if err != nil {
		return "", err
	}
	if vault.CaseState(c.State) != vault.NoCase && c.Challenger != k.Address {
		return "somebody else challenged it before us", m.end(f, Beaten)
	}
	days := uint64(secondsADay)
	switch vault.CaseState(c.State) {
	case vault.NoCase:
		f.Until = 0
		if !wanted {
			delete(m.s.Ours, leaf) // never filed, or undone; not worth it any more
			return "", nil
		}
		return m.open(ctx, k, leaf)
	case vault.CaseOpen:
		f.Stage = Filed
		return m.decide(ctx, k, leaf, c, last.Time >= c.Opened.Uint64()+uint64(m.v.Params.DecisionDays)*days)
	case vault.CaseDecided:
		return m.settle(ctx, k, leaf, c, last.Time > c.Decided.Uint64()+uint64(m.v.Params.AppealDays)*days)
	case vault.CaseAppealed:
		return m.settle(ctx, k, leaf, c, last.Time >= c.Appealed.Uint64()+uint64(m.v.Params.SilenceDays)*days)
	case vault.CaseRuled:
		return m.settle(ctx, k, leaf, c, true)
	}
	return m.collect(ctx, k, leaf, c)
}

// end notes an end, which is believed when a reorganisation cannot undo it any more.
func (m *Monitor) end(f *filing, stage Stage) error {
	if f.Stage != stage || f.Until == 0 {
		f.Stage, f.Until = stage, m.s.Next+memory
	}
	return nil
}

// open files a challenge with its proof. A long day is proven in pieces before.
func (m *Monitor) open(ctx context.Context, k *vault.Key, leaf common.Hash) (string, error) {
	f := m.s.Ours[leaf]
	f.Stage = Planned
	p, proof, err := m.Prepare(ctx, k, leaf)
	if err != nil {
		return "", err
	}
	if _, err := m.v.OpenCase(ctx, k, p, proof); err != nil {
		return "", err
	}
	f.Stage = Filed
	stake := tokens(m.v.Params.CaseStake)
	return fmt.Sprintf("a challenge of its payment of %s is filed, with a stake of %s", tokens(f.Amount), stake), nil
}

// Prepare is [Monitor.Prove] for who will send the proof: a proof that is too long for one transaction is told to the contract
// in pieces before, which the key pays for.
func (m *Monitor) Prepare(ctx context.Context, k *vault.Key, leaf common.Hash) (vault.Payment, vault.Proof, error) {
	p, proof, err := m.Prove(leaf)
	if err == nil {
		proof, err = m.shorten(ctx, k, p, proof)
	}
	return p, proof, err
}

// shorten makes a proof fit into one transaction: the contract is told pieces of the chain from its end, and then takes the
// first piece as if it led to the end.
func (m *Monitor) shorten(ctx context.Context, k *vault.Key, p vault.Payment, proof vault.Proof) (vault.Proof, error) {
	if len(proof.Links) <= piece {
		return proof, nil
	}
	merchant := common.BigToAddress(new(big.Int).Rsh(p.Head, 96))
	number := p.Day.Uint64()
	if err := m.closed(ctx, k, merchant, number); err != nil {
		return proof, err
	}
	first := len(m.s.Days[merchant][number].Links) - len(proof.Links)
	for end := len(proof.Links); end > piece; end -= piece {
		from := end - piece
		acc, _ := m.tail(merchant, number, first+from)
		if m.v.Leads(ctx, merchant, number, acc, nil) != nil {
			if _, err := m.v.Extend(ctx, k, merchant, number, acc, proof.Links[from:end]); err != nil {
				return proof, err
			}
		}
		proof.Links = proof.Links[:from]
	}
	return proof, nil
}

// closed closes a merchant's day that is over, unless somebody did so before.
func (m *Monitor) closed(ctx context.Context, k *vault.Key, merchant common.Address, number uint64) error {
	w, err := m.v.Merchant(ctx, merchant)
	if err == nil && w.Day == uint16(number) { // not in the ring yet
		_, err = m.v.CloseDay(ctx, k, merchant)
	}
	return err
}

// decide has a case decided when it is time and we would win. A case that we would lose is left to the merchant: others may
// still complain before it asks.
func (m *Monitor) decide(ctx context.Context, k *vault.Key, leaf common.Hash, c vault.Case, due bool) (string, error) {
	f := m.s.Ours[leaf]
	if !due {
		return "", nil
	}
	at, now := m.newest()
	wins, err := wins(ctx, m.v, c, at, now)
	if err != nil {
		return "", err
	}
	if !wins {
		f.Stage = Losing
		return "by now the court would decide for the merchant; the case waits", nil
	}
	if _, err := m.v.Decide(ctx, k, leaf); err != nil {
		return "", err
	}
	f.Stage = Won
	return "the case is decided for the buyer, and the merchant may appeal", nil
}

// Wins says whether the buyer would win an open case if it were decided now. No monitor has to follow the vault for that.
func Wins(ctx context.Context, v *vault.Vault, c vault.Case) (bool, error) {
	now, err := v.Now(ctx)
	if err != nil {
		return false, err
	}
	return wins(ctx, v, c, nil, today(now))
}

// wins says how a case would be decided on a day, as of a block (Court.sol, decide).
func wins(ctx context.Context, v *vault.Vault, c vault.Case, at *big.Int, day uint64) (bool, error) {
	p := v.Params
	w, err := v.MerchantAt(ctx, c.Merchant, at)
	if err != nil {
		return false, err
	}
	open, won, convicted, err := v.Disputers(ctx, c.Merchant, at)
	if err != nil {
		return false, err
	}
	_, bad := rolled(p, w, day)
	cases, cards := uint64(w.OpenCases)+uint64(w.Lost-c.LostAtOpen), open+uint64(won-c.CardsAtOpen)
	many := cases >= uint64(p.MinimumCases) && cards >= uint64(p.MinimumCards)
	return c.Day <= convicted || many && score.Negative(c.GoodAtOpen.Uint64(), bad, p.Ratio), nil
}

// settle pays a case out when nobody can change it any more.
func (m *Monitor) settle(ctx context.Context, k *vault.Key, leaf common.Hash, c vault.Case, due bool) (string, error) {
	f := m.s.Ours[leaf]
	if c.BuyerWins == 0 {
		if due {
			return "the case is lost, and with it the stake", m.end(f, Lost)
		}
		f.Stage = Losing
		return "the court decided for the merchant", nil
	}
	f.Stage = Won
	if !due {
		return "the court decided for the buyer", nil
	}
	if _, err := m.v.SettleCase(ctx, k, leaf); err != nil {
		return "", err
	}
	c, err := m.v.CaseOf(ctx, leaf, nil)
	if err != nil {
		return "", err
	}
	return m.collect(ctx, k, leaf, c)
}

// collect takes stake and reward home.
func (m *Monitor) collect(ctx context.Context, k *vault.Key, leaf common.Hash, c vault.Case) (string, error) {
	f := m.s.Ours[leaf]
	if !c.ForBuyer() {
		return "the case is lost, and with it the stake", m.end(f, Lost)
	}
	owed, err := m.v.Owed(ctx, k.Address)
	if err != nil {
		return "", err
	}
	if owed == 0 { // with another case's
		return "the case is won, and stake and reward are collected", m.end(f, Collected)
	}
	if _, err := m.v.Collect(ctx, k); err != nil {
		return "", err
	}
	return fmt.Sprintf("the case is won: %s collected, stake and reward", tokens(owed)), m.end(f, Collected)
}
