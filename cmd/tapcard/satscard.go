package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/cktap"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
)

const satscardLong = `A SATSCARD holds coins like a note: each of its slots has one key, sealed until somebody who knows the CVC opens it.

  tapcard satscard address         # proven before it is shown: pay to it
  tapcard satscard unseal          # final: the key comes out, and the coins must be moved at once
  tapcard satscard sweep ADDRESS   # move the coins of unsealed slots`

// satscardFlags are the flags of the commands about SATSCARDs.
type satscardFlags struct {
	tapFlags
	chain chainFlags
}

func newSatscard(a *app) *cobra.Command {
	f := &satscardFlags{}
	c := &cobra.Command{Use: "satscard", Short: "Receive with, open and empty a SATSCARD", Long: satscardLong}
	f.register(c)
	c.AddCommand(tapCommons(a, &f.tapFlags)...)
	c.AddCommand(newSatscardAddress(a, f), newSatscardVerify(a, f), newSatscardSlots(a, f), newSatscardNew(a, f),
		newSatscardUnseal(a, f), newSatscardDump(a, f), newSatscardSignPSBT(a, f), newSatscardSweep(a, f))
	return c
}

// satscard connects to a SATSCARD.
func (a *app) satscard(ctx context.Context, f *satscardFlags) (*cktap.Satscard, error) {
	t, err := a.tap(ctx, &f.tapFlags)
	if err != nil {
		return nil, err
	}
	return t.Satscard()
}

// satscardCVC connects to a SATSCARD and asks for its CVC.
func (a *app) satscardCVC(ctx context.Context, f *satscardFlags, use func(*cktap.Satscard, secret.Bytes) error) error {
	return a.withCVC(ctx, &f.tapFlags, func(t *cktap.Card, cvc secret.Bytes) error {
		s, err := t.Satscard()
		if err != nil {
			return err
		}
		return use(s, cvc)
	})
}

func newSatscardAddress(a *app, f *satscardFlags) *cobra.Command {
	var qr bool
	c := &cobra.Command{
		Use:   "address",
		Short: "Prove the current slot and show its address (no CVC needed)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.satscard(c.Context(), f)
			if err != nil {
				return err
			}
			p, err := s.Verify(c.Context(), nil)
			if err != nil {
				return err
			}
			return a.Print(proofResult{p, qr, false})
		},
	}
	c.Flags().BoolVar(&qr, "qr", false, "show it as a QR code too")
	return c
}

func newSatscardVerify(a *app, f *satscardFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "verify",
		Short: "Prove the current slot, and show what was proven (no CVC needed)",
		Long: `Prove the current slot: its key has signed, the card vouches for the key, a trusted factory for the card, and the key
follows from a chain code. That chain code is compared with the entropy that "satscard new" kept on this computer;
that of slot 1 with the hash of the card's birth block, if --esplora or --rpc name somebody who knows it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.satscard(c.Context(), f)
			if err != nil {
				return err
			}
			hashes, err := a.blockHashes(c.Context(), &f.chain, s)
			if err != nil {
				return err
			}
			p, err := s.Verify(c.Context(), hashes)
			if err != nil {
				return err
			}
			return a.Print(proofResult{p, false, true})
		},
	}
	f.chain.register(c)
	return c
}

// proofResult is the result of "satscard address" and "satscard verify".
type proofResult struct {
	cktap.Proof
	qr, long bool
}

// MarshalJSON has everything, whichever command was given.
func (r proofResult) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"slot": r.Slot + 1, "address": r.Address, "public_key": hex.EncodeToString(r.PublicKey[:]),
		"chain_code": hex.EncodeToString(r.ChainCode[:]), "attested": r.Attested, "entropy": r.Entropy, "genuine": r.Verdict,
		"testnet": r.Testnet, "tampered": r.Tampered})
}

// Text prints it for people.
func (r proofResult) Text(w io.Writer) {
	cli.Rows(w, "address", r.Address, "slot", fmt.Sprint(r.Slot+1))
	if r.long {
		cli.Rows(w, "genuine", r.Verdict.String(), "card vouches for the key", yesNo(r.Attested), "entropy", string(r.Entropy),
			"public key", hex.EncodeToString(r.PublicKey[:]), "chain code", hex.EncodeToString(r.ChainCode[:]))
	}
	if r.Tampered {
		cli.Rows(w, "TAMPERED", "the card says that it unsealed a slot by itself")
	}
	if r.qr {
		writeQR(w, "bitcoin:"+r.Address)
	}
}

func newSatscardSlots(a *app, f *satscardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "slots",
		Short: "List the slots (no CVC needed; nothing of it is proven)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.satscard(c.Context(), f)
			if err != nil {
				return err
			}
			slots, err := s.Slots(c.Context())
			if err != nil {
				return err
			}
			var r slotsResult
			for _, slot := range slots {
				r.Slots = append(r.Slots, slotResult{slot.Number + 1, fmt.Sprint(slot.State), slot.Address})
			}
			return a.Print(r)
		},
	}
}

// slotsResult is the result of "satscard slots".
type slotsResult struct {
	Slots []slotResult `json:"slots"`
}

type slotResult struct {
	Slot    int    `json:"slot"`
	State   string `json:"state"`
	Address string `json:"address,omitempty"`
}

// Text prints it for people.
func (r slotsResult) Text(w io.Writer) {
	for _, s := range r.Slots {
		fmt.Fprintf(w, "slot %d\t%s\t%s\n", s.Slot, s.State, cli.Printable(s.Address))
	}
}
