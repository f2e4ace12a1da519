package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/chain/btc/node"
	"tapcard.example/cktap"
	tapwire "tapcard.example/cktap/wire"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

const sweepLong = `Move all coins of the unsealed slots to an address. They are looked up at --esplora or --rpc; the card signs, so no private
key leaves it; the fee is shown before anything is signed. Sealed slots are left alone: "satscard unseal" opens one, and
that is final.`

// sweepFlags are the flags of "satscard sweep".
type sweepFlags struct {
	*satscardFlags
	feeRate string
	network string
	slot    int
	dry     bool
}

func newSatscardSweep(a *app, f *satscardFlags) *cobra.Command {
	sf := &sweepFlags{satscardFlags: f}
	c := &cobra.Command{
		Use:   "sweep ADDRESS",
		Short: "Move the coins of unsealed slots to an address",
		Long:  sweepLong,
		Args:  cobra.ExactArgs(1),
		RunE:  func(c *cobra.Command, args []string) error { return a.sweep(c.Context(), sf, args[0]) },
	}
	f.chain.register(c)
	c.Flags().StringVar(&sf.feeRate, "fee-rate", "", "satoshi per virtual byte (default: what the node says gets in soon)")
	c.Flags().StringVar(&sf.network, "network", "", "for test cards: testnet, signet or regtest")
	c.Flags().IntVar(&sf.slot, "slot", 0, "this slot only, counted from 1 (default: all that are unsealed)")
	c.Flags().BoolVar(&sf.dry, "dry-run", false, "show what would be moved, and sign nothing")
	return c
}

func (a *app) sweep(ctx context.Context, f *sweepFlags, destination string) error {
	s, err := a.satscard(ctx, f.satscardFlags)
	if err != nil {
		return err
	}
	n, err := networkOf(s.Status().Testnet, f.network)
	if err != nil {
		return err
	}
	chain, err := f.chain.open(ctx, n)
	if err != nil {
		return err
	}
	if chain == nil {
		return cli.UsageError{Err: errors.New("somebody has to know where the coins are: --esplora URL or --rpc URL")}
	}
	rate, err := feeRate(ctx, chain, f.feeRate)
	if err != nil {
		return err
	}
	slots, err := unsealed(ctx, s, f.slot)
	if err != nil {
		return err
	}
	cvc, err := a.askCVC(ctx, f.cvcFile, "CVC")
	if err != nil {
		return err
	}
	defer cvc.Destroy()
	var results sweepResult
	for _, slot := range slots {
		r, err := a.sweepSlot(ctx, s, cvc, slot, btc.Sweep{Destination: destination, FeeRate: rate, Network: n, LowR: true}, chain, f.dry)
		if err != nil {
			return fmt.Errorf("slot %d: %w", slot.Number+1, err)
		}
		results.Slots = append(results.Slots, r)
	}
	return a.Print(results)
}

// feeRate is the one that was given, or what the node says gets into one of the next blocks.
func feeRate(ctx context.Context, chain node.Chain, given string) (btc.FeeRate, error) {
	if given != "" {
		r, err := btc.ParseFeeRate(given)
		if err != nil {
			return r, cli.UsageError{Err: err}
		}
		return r, nil
	}
	const soon = 3 // blocks
	r, err := chain.FeeRate(ctx, soon)
	if errors.Is(err, node.ErrNoEstimate) {
		err = cli.Hint(err, "give one with --fee-rate")
	}
	return r, err
}

// unsealed lists the unsealed slots, or the one that was asked for.
func unsealed(ctx context.Context, s *cktap.Satscard, only int) ([]cktap.Slot, error) {
	all, err := s.Slots(ctx)
	if err != nil {
		return nil, err
	}
	var open []cktap.Slot
	for _, slot := range all {
		if slot.State == tapwire.SlotUnsealed && (only == 0 || slot.Number == only-1) {
			open = append(open, slot)
		}
	}
	if len(open) == 0 {
		return nil, cli.Hint(errors.New("no such slot is unsealed"), `"tapcard satscard unseal" opens the current slot; that is final`)
	}
	return open, nil
}

// sweepSlot moves the coins of one slot. Its key is proven by a signature before anything is looked up.
func (a *app) sweepSlot(ctx context.Context, s *cktap.Satscard, cvc secret.Bytes, slot cktap.Slot, sweep btc.Sweep, chain node.Chain,
	dry bool) (r slotSwept, err error) {
	key, err := s.Signer(ctx, cvc, slot.Number, a.tapLabel(s.Card))
	if err != nil {
		return r, err
	}
	public, err := key.PublicKey(ctx, nil)
	if err != nil {
		return r, err
	}
	account := btc.SingleKey(public, nil)
	r.Slot = slot.Number + 1
	if r.Address, err = account.Address(btc.P2WPKH, nil, sweep.Network); err != nil {
		return r, err
	}
	compressed := [33]byte{2 | public[64]&1}
	copy(compressed[1:], public[1:33])
	a.Say("looking for coins on %s (slot %d) ...", r.Address, r.Slot)
	if sweep.Coins, err = node.Coins(ctx, chain, sweep.Network, [][33]byte{compressed}); err != nil || len(sweep.Coins) == 0 {
		return r, err
	}
	plan, err := sweep.Plan()
	if err != nil {
		return r, err
	}
	r.Coins, r.Amount, r.Fee = len(sweep.Coins), plan.Amount, plan.Fee
	if dry {
		return r, nil
	}
	return r, a.sendSweep(ctx, plan, key, account, sweep.Network, chain, &r)
}

// sendSweep has the card sign a sweep after the user has seen it, and gives it to the network.
func (a *app) sendSweep(ctx context.Context, plan btc.SweepPlan, key signer.Card, account btc.Account, n btc.Network, chain node.Chain,
	r *slotSwept) error {
	keys, err := a.knownKeys()
	if err != nil {
		return err
	}
	s := &signer.Signer{Card: key, Keys: keys, Approve: a.approve, Confirm: a.confirmKey}
	if _, err := plan.PSBT.Sign(ctx, s, btc.Wallet{Accounts: []btc.Account{account}}, btc.Options{Network: n}); err != nil {
		return err
	}
	if err := plan.PSBT.Finalize(); err != nil {
		return err
	}
	tx, err := plan.PSBT.Transaction()
	if err != nil {
		return err
	}
	raw := btc.EncodeTransaction(tx)
	id, err := chain.Broadcast(ctx, raw)
	if err != nil {
		return a.keepSweep(tx.TxID(), raw, err)
	}
	r.ID = id.String()
	return nil
}

// keepSweep saves a signed transaction that a node did not take, so that it can be sent elsewhere.
func (a *app) keepSweep(id string, raw []byte, why error) error {
	name := "sweep-" + id + ".hex"
	if err := writeNew(name, fmt.Appendf(nil, "%x\n", raw)); err != nil {
		return errors.Join(why, err)
	}
	return cli.Hint(why, "the signed transaction is in "+name+", to be sent by another node")
}

// sweepResult is the result of "satscard sweep".
type sweepResult struct {
	Slots []slotSwept `json:"slots"`
}

// slotSwept is what became of a slot's coins; amounts in satoshi.
type slotSwept struct {
	Slot    int    `json:"slot"`
	Address string `json:"address"`
	Coins   int    `json:"coins"`
	Amount  int64  `json:"amount"`
	Fee     int64  `json:"fee"`
	ID      string `json:"txid,omitempty"`
}

// Text prints it for people.
func (r sweepResult) Text(w io.Writer) {
	for _, s := range r.Slots {
		if s.Coins == 0 {
			fmt.Fprintf(w, "slot %d\t%s\tno coins\n", s.Slot, s.Address)
			continue
		}
		fmt.Fprintf(w, "slot %d\t%s\t%s moved, %s fee\t%s\n", s.Slot, s.Address, btc.FormatAmount(s.Amount), btc.FormatAmount(s.Fee), s.ID)
	}
}
