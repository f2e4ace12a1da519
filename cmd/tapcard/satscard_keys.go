package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/cktap"
	"tapcard.example/hd"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
)

func newSatscardNew(a *app, f *satscardFlags) *cobra.Command {
	var entropyFile string
	c := &cobra.Command{
		Use:   "new",
		Short: "Have the card pick a key for the next slot, with your entropy, and prove it",
		Long: `Have the card pick a key for its current slot, which is unused. 32 bytes of your own entropy go into it: those of
--entropy-file (64 hexadecimal digits, from dice say), or random ones. They are kept on this computer, so that
"satscard verify" can tell at any time that they were used.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			entropy, err := a.askEntropy(c.Context(), entropyFile)
			if err != nil {
				return err
			}
			return a.satscardCVC(c.Context(), f, func(s *cktap.Satscard, cvc secret.Bytes) error {
				p, err := s.New(c.Context(), cvc, entropy)
				if err != nil {
					return err
				}
				return a.Print(proofResult{p, false, true})
			})
		},
	}
	c.Flags().StringVar(&entropyFile, "entropy-file", "", "read your entropy, 32 bytes in hex, from `FILE`")
	return c
}

// askEntropy reads the user's entropy from a file; without one it is nil.
func (a *app) askEntropy(ctx context.Context, file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	b, err := a.askSecret(ctx, file, "entropy")
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(string(b))
	if err != nil || len(raw) != 32 {
		return nil, cli.UsageError{Err: fmt.Errorf("entropy is 32 bytes, 64 hexadecimal digits")}
	}
	return raw, nil
}

func newSatscardUnseal(a *app, f *satscardFlags) *cobra.Command {
	var slot int
	c := &cobra.Command{
		Use:   "unseal",
		Short: "Open the current slot and show its key: final",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.satscardCVC(c.Context(), f, func(s *cktap.Satscard, cvc secret.Bytes) error {
				number := s.Status().Slot()
				if slot != 0 {
					var err error
					if number, err = parseSlot(slot); err != nil {
						return err
					}
				}
				question := fmt.Sprintf("Unsealing slot %d is final: nobody can trust it any more, and its coins must be moved at once.", number+1)
				if err := a.confirm(c.Context(), question); err != nil {
					return err
				}
				o, err := s.Unseal(c.Context(), cvc, number)
				if err != nil {
					return err
				}
				defer o.Destroy()
				return a.Print(openedResult{o, s.Status().Testnet})
			})
		},
	}
	c.Flags().IntVar(&slot, "slot", 0, "the slot, counted from 1 (default: the current one)")
	return c
}

func newSatscardDump(a *app, f *satscardFlags) *cobra.Command {
	var slot int
	c := &cobra.Command{
		Use:   "dump --slot N",
		Short: "Show the key of a slot that is unsealed already, as WIF and descriptor",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			number, err := parseSlot(slot)
			if err != nil {
				return err
			}
			if err := a.confirm(c.Context(), "Whoever reads the private key has the coins. Show it?"); err != nil {
				return err
			}
			return a.satscardCVC(c.Context(), f, func(s *cktap.Satscard, cvc secret.Bytes) error {
				o, err := s.Dump(c.Context(), cvc, number)
				if err != nil {
					return err
				}
				defer o.Destroy()
				return a.Print(openedResult{o, s.Status().Testnet})
			})
		},
	}
	c.Flags().IntVar(&slot, "slot", 0, "the slot, counted from 1")
	return c
}

// openedResult is an unsealed slot with its private key: the user has asked to see it.
type openedResult struct {
	cktap.Opened
	testnet bool
}

// wif is the private key in the form that wallets import, and a descriptor with it (BIP-380).
func (r openedResult) wif() (wif, descriptor string) {
	network := hd.Mainnet
	if r.testnet {
		network = hd.Testnet
	}
	encoded := hd.WIF(r.Private, network)
	encoded.Reveal(func(b []byte) { wif = string(b) })
	return wif, btc.WithChecksum("wpkh(" + wif + ")")
}

// MarshalJSON shows the key, because the user asked for it.
func (r openedResult) MarshalJSON() ([]byte, error) {
	wif, descriptor := r.wif()
	return json.Marshal(map[string]any{"slot": r.Slot + 1, "address": r.Address, "wif": wif, "descriptor": descriptor, "tampered": r.Tampered})
}

// Text prints it for people.
func (r openedResult) Text(w io.Writer) {
	wif, descriptor := r.wif()
	cli.Rows(w, "slot", fmt.Sprint(r.Slot+1), "address", r.Address, "WIF", wif, "descriptor", descriptor)
	if r.Tampered {
		cli.Rows(w, "TAMPERED", "the card unsealed this slot by itself")
	}
}
