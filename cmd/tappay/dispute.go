package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
)

const disputeLong = `A payment that should not have been is disputed here, by the owner of the card, with a stake. Its money
is held until the case is over. It is decided by the merchant's score: by how much other owners disputed, against how much
the merchant sold. The winner gets money and stake; a decision can be appealed where the vault has an arbitrator.

  tappay dispute list --card 0x...                        # what can be disputed, and until when
  tappay dispute season --card 0x... --key-file owner.key # makes the card's disputes count
  tappay dispute open --card 0x... --counter 7 --key-file owner.key
  tappay dispute status LEAF                              # what comes next, and when
  tappay dispute decide LEAF --key-file relay.key
  tappay dispute settle LEAF --key-file relay.key
  tappay dispute collect --key-file owner.key             # the stake

A payment can be disputed from the day after it on, until the vault's window is over. Somebody who is not the owner can open a
case too and gets a tenth of the payment when the buyer wins; only owners' disputes weigh.`

func newDispute(a *app) *cobra.Command {
	s := &stateFlags{}
	c := &cobra.Command{Use: "dispute", Short: "Dispute payments, and take a case to its end", Long: disputeLong}
	c.AddCommand(newDisputeList(a, s), newDisputeSeason(a, s), newDisputeOpen(a, s), newDisputeStatus(a),
		newDisputeStep(a, "decide", "Have a case decided, after its days: anybody may", decideCase),
		newDisputeStep(a, "appeal", "Ask the arbitrator about a case that was lost, for its fee in ether", a.appealCase),
		newDisputeStep(a, "settle", "Pay a case out that nobody can change any more: anybody may", settleCase),
		newDisputeStep(a, "concede", "Give in: the merchant gives the payment back, and the stake", concedeCase),
		newDisputeCollect(a))
	return c
}

// parseLeaf reads the name of a payment.
func parseLeaf(text string) (leaf common.Hash, err error) {
	raw, err := hexutil.Decode(text)
	if err != nil || len(raw) != len(leaf) {
		return leaf, cli.Hinted{Err: cli.Usage("%q is no leaf: 0x and 64 hex digits", cli.Printable(text)),
			Hint: `"tappay dispute list" shows the leaves of payments`}
	}
	return common.Hash(raw), nil
}

// step takes a case one step on.
type step func(ctx context.Context, v *vault.Vault, k *vault.Key, leaf common.Hash, c vault.Case) error

// newDisputeStep makes a command of one.
func newDisputeStep(a *app, use, short string, do step) *cobra.Command {
	var keyFile string
	c := &cobra.Command{Use: use + " LEAF", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			leaf, err := parseLeaf(args[0])
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				is, err := v.CaseOf(c.Context(), leaf, nil)
				if err == nil && vault.CaseState(is.State) == vault.NoCase {
					err = errNoCase
				}
				if err == nil {
					err = do(c.Context(), v, k, leaf, is)
				}
				if err != nil {
					return err
				}
				return a.printCase(c.Context(), v, leaf)
			})
		}}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of who sends it")
	return c
}

var errNoCase = cli.Hinted{Err: errors.New("nobody disputes a payment with this leaf"),
	Hint: `"tappay dispute open" does, "tappay dispute list" shows leaves`}

// at says that a case is at a point where something cannot be done.
func at(c vault.Case, what string) error {
	return fmt.Errorf("the case is %s, and only one that is %s", standing(c), what)
}

// standing is a case's state as people and scripts read it.
func standing(c vault.Case) string {
	return [...]string{"none", "open", "decided", "appealed", "ruled", "settled"}[min(int(c.State), 5)]
}

func decideCase(ctx context.Context, v *vault.Vault, k *vault.Key, leaf common.Hash, c vault.Case) error {
	if vault.CaseState(c.State) != vault.CaseOpen {
		return at(c, "open is decided")
	}
	_, err := v.Decide(ctx, k, leaf)
	return err
}

func settleCase(ctx context.Context, v *vault.Vault, k *vault.Key, leaf common.Hash, c vault.Case) error {
	if s := vault.CaseState(c.State); s == vault.CaseOpen || s == vault.CaseSettled {
		return at(c, "decided is settled")
	}
	_, err := v.SettleCase(ctx, k, leaf)
	return err
}

func concedeCase(ctx context.Context, v *vault.Vault, k *vault.Key, leaf common.Hash, c vault.Case) error {
	if k.Address != c.Merchant {
		return fmt.Errorf("only merchant %s can give in, and the key is %s", c.Merchant, k.Address)
	}
	if s := vault.CaseState(c.State); s != vault.CaseOpen && s != vault.CaseDecided {
		return at(c, "open or decided is given in to")
	}
	_, err := v.Concede(ctx, k, leaf)
	return err
}

// appealCase pays the arbitrator out of the key's ether.
func (a *app) appealCase(ctx context.Context, v *vault.Vault, k *vault.Key, leaf common.Hash, c vault.Case) error {
	if vault.CaseState(c.State) != vault.CaseDecided {
		return at(c, "decided is appealed")
	}
	p, err := v.Purse(ctx, c.Card)
	if err != nil {
		return err
	}
	if c.BuyerWins == 1 && k.Address != c.Merchant {
		return fmt.Errorf("the buyer won: only merchant %s can appeal, and the key is %s", c.Merchant, k.Address)
	}
	if c.BuyerWins == 0 && k.Address != c.Challenger && k.Address != p.Owner {
		return fmt.Errorf("the merchant won: only %s, who opened the case, or the card's owner can appeal, and the key is %s",
			c.Challenger, k.Address)
	}
	cost, err := v.AppealCost(ctx, leaf)
	if err != nil {
		return err
	}
	if _, err := v.Appeal(ctx, k, leaf, cost); err != nil {
		return err
	}
	a.Say("the arbitrator was paid %v wei", cost)
	return nil
}

func newDisputeCollect(a *app) *cobra.Command {
	var keyFile string
	c := &cobra.Command{Use: "collect", Short: "Take home the stakes and rewards of cases", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				owed, err := v.Owed(c.Context(), k.Address)
				if err == nil && owed == 0 {
					err = cli.Hinted{Err: fmt.Errorf("%s is owed nothing", k.Address),
						Hint: "stakes come back when a case that the buyer won is settled"}
				}
				if err == nil {
					_, err = v.Collect(c.Context(), k)
				}
				if err != nil {
					return err
				}
				return a.Print(collected{k.Address, paycard.AmountText(owed)})
			})
		}}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of who opened the cases")
	return c
}

// collected is the result of "dispute collect".
type collected struct {
	To     common.Address `json:"to"`
	Amount string         `json:"amount"`
}

// Text prints it.
func (c collected) Text(w io.Writer) { fmt.Fprintf(w, "%s has got %s\n", c.To, c.Amount) }
