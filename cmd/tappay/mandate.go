package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
)

const mandateLong = `A mandate lets a payee, a merchant of the vault, pull up to a cap from a card's purse in each period, without
the card. The card's owner has the card sign it once:

  tappay --json mandate anchor > anchor.json
  tapcard --json pay-card mandate 0 --payee 0x... --cap 30 --period 720h --expiry 2027-12-31 \
    --anchor-file anchor.json > rent.json
  tappay mandate start --mandate rent.json --key-file relay.key      # anybody, soon: the anchor's life is bounded
  tappay mandate pull --mandate rent.json --amount 30 --key-file payee.key
  tappay purse stop-mandate --mandate rent.json --owner-key owner.key --key-file relay.key

What is pulled counts against the purse's day and month too, and cannot be disputed by vote.`

func newMandate(a *app) *cobra.Command {
	c := &cobra.Command{Use: "mandate", Short: "Start what a card's owner granted a payee, and pull under it", Long: mandateLong}
	c.AddCommand(newMandateAnchor(a), newMandateStart(a), newMandatePull(a), newMandateStatus(a))
	return c
}

// anchorShown is the result of "mandate anchor", which "tapcard pay-card mandate" reads.
type anchorShown struct {
	Chain uint64         `json:"chain_id"`
	Vault common.Address `json:"vault"`
	Token common.Address `json:"token"`
	Block uint64         `json:"anchor_block"`
	Hash  string         `json:"anchor_hash"`
}

// Text prints it.
func (s anchorShown) Text(w io.Writer) {
	cli.Rows(w, "chain", fmt.Sprint(s.Chain), "vault", s.Vault.Hex(), "token", s.Token.Hex(),
		"anchor", fmt.Sprint(s.Block), "its hash", s.Hash)
}

func newMandateAnchor(a *app) *cobra.Command {
	const short = "Print the anchor that a card signs a mandate for, with --json as the file it takes"
	return &cobra.Command{Use: "anchor", Short: short, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := a.openVault(c.Context())
			if err != nil {
				return err
			}
			anchor, err := v.Anchor(c.Context())
			if err != nil {
				return err
			}
			return a.Print(anchorShown{v.ID, v.Address, v.Params.Token, anchor.Block, hex.EncodeToString(anchor.Hash[:])})
		}}
}

// mandateFlag is the flag that all of them have.
func mandateFlag(c *cobra.Command, file *string) *cobra.Command {
	c.Flags().StringVar(file, "mandate", "", "`FILE` that \"tapcard --json pay-card mandate\" printed")
	return c
}

func newMandateStart(a *app) *cobra.Command {
	var file, keyFile string
	c := &cobra.Command{Use: "start", Short: "Show a mandate to the vault, so that its payee can pull", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			m, err := readMandate(file)
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				receipt, err := v.StartMandate(c.Context(), k, m)
				if err != nil {
					return err
				}
				if receipt == nil {
					a.Say("it was started before")
				}
				return a.printMandate(c.Context(), v, m)
			})
		}}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the account that pays for gas: anybody's")
	return mandateFlag(c, &file)
}

func newMandatePull(a *app) *cobra.Command {
	var file, keyFile, text string
	c := &cobra.Command{Use: "pull", Short: "Pull an amount: the payee's", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			m, err := readMandate(file)
			if err != nil {
				return err
			}
			n, err := amount("amount", text)
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				if _, err := v.Pull(c.Context(), k, m, n); err != nil {
					return err
				}
				return a.printMandate(c.Context(), v, m)
			})
		}}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the payee")
	c.Flags().StringVar(&text, "amount", "", "in the token")
	return mandateFlag(c, &file)
}

func newMandateStatus(a *app) *cobra.Command {
	var file string
	c := &cobra.Command{Use: "status", Short: "Show how a mandate stands", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			m, err := readMandate(file)
			if err != nil {
				return err
			}
			v, err := a.openVault(c.Context())
			if err == nil {
				err = v.CheckMandate(m)
			}
			if err != nil {
				return err
			}
			return a.printMandate(c.Context(), v, m)
		}}
	return mandateFlag(c, &file)
}

// mandateShown is the result of the commands about mandates.
type mandateShown struct {
	ID        common.Hash    `json:"id"`
	State     string         `json:"state"` // not started, running, stopped, over
	Card      common.Address `json:"card_address"`
	Payee     common.Address `json:"payee"`
	Reference string         `json:"reference"`
	Cap       string         `json:"cap"`
	Period    uint32         `json:"period_seconds"`
	Expiry    uint32         `json:"expiry"`
	Pulled    string         `json:"pulled"` // in this period
	Left      string         `json:"left"`   // in this period
	Next      uint64         `json:"next_period"`
}

func (a *app) printMandate(ctx context.Context, v *vault.Vault, m vault.Mandate) error {
	s, err := v.MandateState(ctx, m)
	if err != nil {
		return err
	}
	state := "running"
	switch {
	case !s.Started:
		state = "not started"
	case s.Stopped:
		state = "stopped"
	case s.Over:
		state = "over"
	}
	g, text := m.Grant, paycard.AmountText
	return a.Print(mandateShown{m.ID(), state, m.Card, common.Address(g.Payee), cli.Printable(g.ReferenceText()), text(g.Cap),
		g.Period, g.Expiry, text(s.Pulled), text(s.Left), s.Next})
}

// Text prints it.
func (m mandateShown) Text(w io.Writer) {
	period := time.Duration(m.Period) * time.Second
	cli.Rows(w, "mandate", m.ID.Hex(), "state", m.State, "card", m.Card.Hex(), "payee", m.Payee.Hex(), "reference", m.Reference,
		"cap", fmt.Sprintf("%s in each %v", m.Cap, period), "pulled", fmt.Sprintf("%s in this period, %s left", m.Pulled, m.Left),
		"next period", utc(m.Next), "until", utc(uint64(m.Expiry)))
}

// utc is a time of the chain.
func utc(seconds uint64) string {
	return time.Unix(int64(seconds), 0).UTC().Format(time.DateTime) + " UTC"
}
