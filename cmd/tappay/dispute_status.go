package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
)

func newDisputeStatus(a *app) *cobra.Command {
	return &cobra.Command{Use: "status LEAF", Short: "Show a case, and what comes next", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			leaf, err := parseLeaf(args[0])
			if err != nil {
				return err
			}
			v, err := a.openVault(c.Context())
			if err != nil {
				return err
			}
			return a.printCase(c.Context(), v, leaf)
		}}
}

// caseShown is the result of the commands about one case.
type caseShown struct {
	Leaf       common.Hash    `json:"leaf"`
	State      string         `json:"state"` // open, decided, appealed, ruled, settled
	Merchant   common.Address `json:"merchant"`
	Card       common.Address `json:"card"`
	Day        string         `json:"day"` // of the payment
	Challenger common.Address `json:"challenger"`
	ByOwner    bool           `json:"by_owner"`
	Counts     bool           `json:"counts"` // a seasoned card's
	Held       string         `json:"held"`
	Stake      string         `json:"stake"`
	Winner     string         `json:"winner,omitempty"`        // buyer or merchant
	Today      string         `json:"decided_today,omitempty"` // who would win
	From       string         `json:"from,omitempty"`          // when the next step can be taken
	Next       string         `json:"next"`
}

func (a *app) printCase(ctx context.Context, v *vault.Vault, leaf common.Hash) error {
	c, err := v.CaseOf(ctx, leaf, nil)
	if err != nil {
		return err
	}
	if vault.CaseState(c.State) == vault.NoCase {
		return errNoCase
	}
	shown := caseShown{Leaf: leaf, State: standing(c), Merchant: c.Merchant, Card: c.Card, Day: dayText(uint64(c.Day)),
		Challenger: c.Challenger, ByOwner: c.ByOwner, Counts: c.Counted, Held: paycard.AmountText(c.Held.Uint64()),
		Stake: paycard.AmountText(c.Stake)}
	if vault.CaseState(c.State) != vault.CaseOpen {
		shown.Winner = winner(c)
	} else if shown.Today, err = today(ctx, v, c); err != nil {
		return err
	}
	until := monitor.Until(v.Params, c)
	if !until.IsZero() {
		shown.From = until.Format(time.RFC3339)
	}
	shown.Next = next(v, c, leaf, until)
	return a.Print(shown)
}

func winner(c vault.Case) string {
	if c.ForBuyer() {
		return "buyer"
	}
	return "merchant"
}

// today is who would win an open case if it were decided now.
func today(ctx context.Context, v *vault.Vault, c vault.Case) (string, error) {
	wins, err := monitor.Wins(ctx, v, c)
	if err != nil || !wins {
		return "merchant", err
	}
	return "buyer", nil
}

// next says what can be done about a case.
func next(v *vault.Vault, c vault.Case, leaf common.Hash, until time.Time) string {
	from := vault.Moment(uint64(max(0, until.Unix())))
	switch vault.CaseState(c.State) {
	case vault.CaseOpen:
		return fmt.Sprintf("its merchant may give in; from %s on anybody may have it decided: tappay dispute decide %s", from, leaf)
	case vault.CaseDecided:
		loser := "the merchant"
		if c.BuyerWins == 0 {
			loser = "who opened it"
		}
		if v.Params.Arbitrator == (common.Address{}) {
			return fmt.Sprintf("from %s on anybody may have it paid out: tappay dispute settle %s", from, leaf)
		}
		return fmt.Sprintf("%s may appeal; if not, from %s on: tappay dispute settle %s", loser, from, leaf)
	case vault.CaseAppealed:
		return fmt.Sprintf("the arbitrator rules; if it is silent, from %s on: tappay dispute settle %s", from, leaf)
	case vault.CaseRuled:
		return fmt.Sprintf("it is final: tappay dispute settle %s", leaf)
	}
	if c.ForBuyer() {
		return fmt.Sprintf("the payment is in the card's purse again; %s takes the stake back: tappay dispute collect", c.Challenger)
	}
	return "nothing: payment and stake are the merchant's"
}

// dayText is the date of a day, time / 86,400.
func dayText(day uint64) string { return time.Unix(int64(day*86_400), 0).UTC().Format(time.DateOnly) }

// Text prints it.
func (c caseShown) Text(w io.Writer) {
	by, counts := c.Challenger.Hex(), ""
	if c.ByOwner {
		by += ", the card's owner"
		if counts = "among the seasoned cards"; !c.Counts {
			counts = "not: the card was not seasoned"
		}
	}
	cli.Rows(w, "case", c.Leaf.Hex(), "state", c.State, "winner", c.Winner, "decided today", c.Today, "merchant", c.Merchant.Hex(),
		"card", c.Card.Hex(), "paid on", c.Day, "opened by", by, "counts", counts, "held", c.Held, "stake", c.Stake, "next", c.Next)
}
