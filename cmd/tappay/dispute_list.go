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

const disputeListLong = `Lists the settled payments of a card, or to a merchant, that can still be disputed or that are disputed,
oldest first:

  today       its day is not over: from tomorrow on it can be disputed
  disputable  it can be disputed until that time
  given-back  its merchant has given it back
  disputed    a case is open; from that time on it can be decided
  decided     it is decided; from that time on it is settled, unless the loser appeals
  appealed    the arbitrator was asked; from that time on it is settled, unless it rules
  ruled       the arbitrator has ruled: it can be settled
  settled     the case is over

A pull under a mandate is not listed: it is stopped, and not disputed.`

func newDisputeList(a *app, s *stateFlags) *cobra.Command {
	var card, merchant string
	c := &cobra.Command{Use: "list", Short: "List what can be disputed, and what is", Long: disputeListLong, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if (card == "") == (merchant == "") {
				return cli.Usage("either --card or --merchant is needed")
			}
			flag, text := "card", card
			if card == "" {
				flag, text = "merchant", merchant
			}
			who, err := address(flag, text)
			if err != nil {
				return err
			}
			return a.listPayments(c.Context(), *s, who, card == "")
		}}
	s.add(c.Flags())
	c.Flags().StringVar(&card, "card", "", "`ADDRESS` of a card")
	c.Flags().StringVar(&merchant, "merchant", "", "`ADDRESS` of a merchant")
	return c
}

// listed is the result of "dispute list".
type listed struct {
	Payments []listedPayment `json:"payments"`
	cards    bool            // the payments are a merchant's: their cards are shown
}

// listedPayment is a payment in it.
type listedPayment struct {
	Leaf     common.Hash    `json:"leaf"`
	Card     common.Address `json:"card"`
	Merchant common.Address `json:"merchant"`
	Counter  uint32         `json:"counter"`
	Amount   string         `json:"amount"`
	Day      string         `json:"day"`
	State    string         `json:"state"`
	Winner   string         `json:"winner,omitempty"`
	Refunded string         `json:"refunded,omitempty"` // of it, when not all
	Until    string         `json:"until,omitempty"`
}

// listPayments reads the case of each payment, so a merchant with many takes some time.
func (a *app) listPayments(ctx context.Context, s stateFlags, who common.Address, merchant bool) error {
	m, _, err := a.followed(ctx, s)
	if err != nil {
		return err
	}
	all := m.Paid(func(p monitor.Paid) bool {
		return !p.Pull && (merchant && p.Merchant == who || !merchant && p.Card == who)
	})
	out := listed{Payments: []listedPayment{}, cards: merchant}
	said := time.Now()
	for i, p := range all {
		one, wanted, err := listPayment(ctx, m, p)
		if err != nil {
			return err
		}
		if wanted {
			out.Payments = append(out.Payments, one)
		}
		if time.Since(said) > time.Second {
			said = time.Now()
			a.Say("%d of %d payments", i+1, len(all))
		}
	}
	return a.Print(out)
}

// listPayment says how a payment stands; one whose window is over is not wanted.
func listPayment(ctx context.Context, m *monitor.Monitor, p monitor.Paid) (listedPayment, bool, error) {
	is, until, c, err := m.Stand(ctx, p)
	if err != nil || is == monitor.TooLate {
		return listedPayment{}, false, err
	}
	one := listedPayment{Leaf: p.Leaf, Card: p.Card, Merchant: p.Merchant, Counter: p.Counter, Amount: paycard.AmountText(p.Amount),
		Day: dayText(p.Day), State: string(is)}
	if s := vault.CaseState(c.State); s != vault.NoCase && s != vault.CaseOpen {
		one.Winner = winner(c)
	}
	if back := c.Refunded.Uint64(); back != 0 && back != p.Amount {
		one.Refunded = paycard.AmountText(back)
	}
	if !until.IsZero() && is != monitor.GivenBack {
		one.Until = until.Format(time.RFC3339)
	}
	return one, true, nil
}

// Text prints it.
func (l listed) Text(w io.Writer) {
	if len(l.Payments) == 0 {
		fmt.Fprintln(w, "no payment that can still be disputed")
		return
	}
	for _, p := range l.Payments {
		with := p.Merchant
		if l.cards {
			with = p.Card
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s", p.Day, p.Counter, p.Amount, with, p.stands())
		if p.inCase() {
			fmt.Fprintf(w, "\t%s", p.Leaf)
		}
		fmt.Fprintln(w)
	}
}

// inCase says whether somebody disputed it.
func (p listedPayment) inCase() bool { return p.Winner != "" || p.State == string(monitor.Disputed) }

// stands says it to people.
func (p listedPayment) stands() string {
	text := p.State
	if p.Winner != "" {
		text += ", " + p.Winner + " wins"
	}
	switch {
	case p.Until == "":
	case p.inCase():
		text += ", goes on from " + p.Until
	case p.State == string(monitor.Today):
		text += ", from tomorrow until " + p.Until
	default:
		text += " until " + p.Until
	}
	if p.Refunded != "" {
		text += ", " + p.Refunded + " given back"
	}
	return text
}
