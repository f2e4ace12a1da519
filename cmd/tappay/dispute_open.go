package main

import (
	"context"
	"errors"
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

const disputeOpenLong = `Opens a case about a settled payment, with the vault's stake out of the key's tokens. The payment is
proven out of its merchant's day, which is read from the vault's events; a day is over at midnight UTC.

A case is decided for the buyers only when enough cases and enough seasoned cards are against the merchant. Whether a card
counts is settled when its case is opened, so "tappay dispute season" comes before. Whoever is not the owner of the card
challenges: such a case does not count for the number of cards, and its reward is a tenth of the payment.`

func newDisputeOpen(a *app, s *stateFlags) *cobra.Command {
	var keyFile string
	var anyway bool
	var f paymentFlags
	c := &cobra.Command{Use: "open", Short: "Dispute a payment, with a stake", Long: disputeOpenLong, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := a.readKey("key-file", keyFile)
			if err != nil {
				return err
			}
			defer k.Destroy()
			return a.openCase(c.Context(), *s, f, k, anyway)
		}}
	f.add(c.Flags())
	s.add(c.Flags())
	c.Flags().StringVar(&f.merchant, "merchant", "", "`ADDRESS` of the merchant, to be sure that it is the payment that is meant")
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of who pays the stake: the owner, or a challenger")
	c.Flags().BoolVar(&anyway, "anyway", false, "open it although the card is not seasoned")
	return c
}

func (a *app) openCase(ctx context.Context, s stateFlags, f paymentFlags, k *vault.Key, anyway bool) error {
	m, v, err := a.followed(ctx, s)
	if err != nil {
		return err
	}
	p, err := f.find(m)
	if err != nil {
		return err
	}
	if err := openable(ctx, m, v, p); err != nil {
		return err
	}
	if err := a.counts(ctx, v, p, k, anyway); err != nil {
		return err
	}
	if err := affords(ctx, v, k); err != nil {
		return err
	}
	payment, proof, err := m.Prepare(ctx, k, p.Leaf)
	if err != nil {
		return err
	}
	if _, err := v.OpenCase(ctx, k, payment, proof); err != nil {
		return unproven(err)
	}
	return a.printCase(ctx, v, p.Leaf)
}

// unproven adds what to do when the events do not lead to the day that the contract keeps.
func unproven(err error) error {
	var refused *vault.Refused
	if errors.As(err, &refused) && refused.Name == "NotInChain" {
		return cli.Hinted{Err: err, Hint: `"tappay monitor --once" compares the node's events with the contract, and says what differs`}
	}
	return err
}

// openable says why a payment cannot be disputed, or given back, now.
func openable(ctx context.Context, m *monitor.Monitor, v *vault.Vault, p monitor.Paid) error {
	is, until, c, err := m.Stand(ctx, p)
	if err != nil {
		return err
	}
	paid := dayText(p.Day)
	switch is {
	case monitor.Disputable:
		return nil
	case monitor.Today:
		return cli.Hinted{Err: fmt.Errorf("the payment settled on %s, and that day is not over yet", paid),
			Hint: fmt.Sprintf("from %s on it can be proven, and until %s", dayText(p.Day+1), vault.Moment(uint64(until.Unix())))}
	case monitor.TooLate:
		return fmt.Errorf("the payment settled on %s, and its window of %d days was over on %s", paid, v.Params.WindowDays,
			until.Add(time.Second).Format(time.DateOnly))
	case monitor.GivenBack:
		return fmt.Errorf("the merchant has given the payment of %s back", paid)
	}
	return cli.Hinted{Err: fmt.Errorf("the payment of %s is disputed already: its case is %s", paid, standing(c)),
		Hint: fmt.Sprintf("tappay dispute status %s", p.Leaf)}
}

// counts says whether a case will count for the number of cards, and stops an owner who can still change that.
func (a *app) counts(ctx context.Context, v *vault.Vault, p monitor.Paid, k *vault.Key, anyway bool) error {
	purse, err := v.Purse(ctx, p.Card)
	if err != nil {
		return err
	}
	switch {
	case purse.Owner != k.Address:
		a.Say("%s is not the owner of the card: this is a challenge, which does not count for the number of cards", k.Address)
	case !purse.Seasoned && !anyway:
		return cli.Hinted{Err: fmt.Errorf("the card is not seasoned: this case would not count for the number of cards, and "+
			"against a merchant it takes %d", v.Params.MinimumCards),
			Hint: `"tappay dispute season" changes that, before the case is opened; --anyway opens it as it is`}
	case !purse.Seasoned:
		a.Say("the card is not seasoned: this case does not count for the number of cards")
	}
	return nil
}

// affords says that the stake is missing before anything is sent.
func affords(ctx context.Context, v *vault.Vault, k *vault.Key) error {
	has, err := v.Holds(ctx, k.Address)
	if err == nil && has < v.Params.CaseStake {
		err = cli.Hinted{Err: fmt.Errorf("%w: a case takes a stake of %s, and %s has %s", vault.ErrTooFewTokens,
			paycard.AmountText(v.Params.CaseStake), k.Address, paycard.AmountText(has)),
			Hint: "send the token to that account first; the stake comes back when the buyer wins"}
	}
	return err
}

func newDisputeSeason(a *app, s *stateFlags) *cobra.Command {
	var keyFile, card string
	c := &cobra.Command{Use: "season", Short: "Make a card's disputes count", Args: cobra.NoArgs,
		Long: `A decision against a merchant takes several seasoned cards: cards whose purse is thirty days old, and which paid three
merchants on days that can still be proven. This finds three such payments and shows them to the vault, once for a card.
Anybody may send it.`,
		RunE: func(c *cobra.Command, _ []string) error {
			who, err := address("card", card)
			if err != nil {
				return err
			}
			k, err := a.readKey("key-file", keyFile)
			if err != nil {
				return err
			}
			defer k.Destroy()
			m, _, err := a.followed(c.Context(), *s)
			if err != nil {
				return err
			}
			by, err := m.Season(c.Context(), k, who)
			if err != nil {
				return unproven(err)
			}
			shown := seasoned{Card: who}
			for _, p := range by {
				shown.By = append(shown.By, p.Leaf)
				shown.merchants = append(shown.merchants, p.Merchant)
			}
			return a.Print(shown)
		}}
	s.add(c.Flags())
	c.Flags().StringVar(&card, "card", "", "`ADDRESS` of the card")
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the account that pays for gas: anybody's")
	return c
}

// seasoned is the result of "dispute season".
type seasoned struct {
	Card      common.Address `json:"card"`
	By        []common.Hash  `json:"payments"`
	merchants []common.Address
}

// Text prints it.
func (s seasoned) Text(w io.Writer) {
	fmt.Fprintf(w, "the disputes of card %s count from now on: it paid\n", s.Card)
	for _, merchant := range s.merchants {
		fmt.Fprintf(w, "  %s\n", merchant)
	}
}
