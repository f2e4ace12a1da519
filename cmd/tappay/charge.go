package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/privatefile"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
)

const chargeLong = `Charges the payment card on the reader: makes an offer, taps, verifies what the card signed, and settles it in the vault.

The approver's and the time authority's keys are files here, standing in for services: with --approver-key every payment is
approved. With --mac-file, the key that card and approver share, the approver first checks that the card itself wants to pay this.

Nothing is lost when something breaks off: what the card signed is on disk before it is sent anywhere, and "tappay settle" settles
it. When the card's answer got lost, charging the same again within an hour asks the card for the same signature, not for another.`

// chargeFlags are the flags of "charge".
type chargeFlags struct {
	merchant, amount, items                             string
	keyFile, terminalKey, certificate                   string
	approverKey, timeKey, macFile, rate                 string
	secondApprover, secondTime, refill, signOnly, fresh bool
	cardFile, reader                                    string
}

func newCharge(a *app) *cobra.Command {
	var f chargeFlags
	c := &cobra.Command{Use: "charge", Short: "Charge the payment card on the reader", Long: chargeLong, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.charge(c.Context(), f) }}
	v := c.Flags()
	v.StringVar(&f.merchant, "merchant", "", "`ADDRESS` of the merchant")
	v.StringVar(&f.amount, "amount", "", "in the token, such as 4.50")
	v.StringVar(&f.items, "items", "", "what is bought, for the receipt")
	v.StringVar(&f.keyFile, "key-file", "", "key `FILE` of the account that pays for gas: anybody's")
	v.StringVar(&f.terminalKey, "terminal-key", "", "key `FILE` of the terminal, which signs the offer")
	v.StringVar(&f.certificate, "certificate", "", "`FILE` that \"tappay --json merchant certify\" printed, for the receipt")
	v.StringVar(&f.approverKey, "approver-key", "", "key `FILE` of the approver")
	v.BoolVar(&f.secondApprover, "second-approver", false, "it is the second of the approver's keys that the card knows")
	v.StringVar(&f.macFile, "mac-file", "", "`FILE` with the MAC key that card and approver share, 64 hex digits")
	v.StringVar(&f.timeKey, "time-key", "", "key `FILE` of the time authority")
	v.BoolVar(&f.secondTime, "second-time", false, "it is the second of the time authorities that the card knows")
	v.StringVar(&f.rate, "rate", "0", "the amount in the owner's currency, which the approver vouches for")
	v.BoolVar(&f.refill, "refill-offline", false, "the approver refills the card's offline allowance")
	v.BoolVar(&f.signOnly, "sign-only", false, "do not settle now: \"tappay settle\" does, while the anchor lives")
	v.BoolVar(&f.fresh, "new", false, "make a new offer although the same charge may have been signed a moment ago")
	v.StringVar(&f.cardFile, "card", "", "use the software card in `FILE` instead of a reader")
	v.StringVar(&f.reader, "reader", "", "use the reader whose name contains `NAME`")
	return c
}

func (a *app) charge(ctx context.Context, f chargeFlags) error {
	merchant, err := address("merchant", f.merchant)
	if err != nil {
		return err
	}
	n, err := amount("amount", f.amount)
	if err != nil {
		return err
	}
	if n == 0 {
		return cli.Usage("--amount: nothing to pay")
	}
	keys, err := a.chargeKeys(f)
	if err != nil {
		return err
	}
	defer keys.destroy()
	v, err := a.openVault(ctx)
	if err != nil {
		return err
	}
	if err := takes(ctx, v, merchant, n); err != nil {
		return err
	}
	j, err := a.journal()
	if err != nil {
		return err
	}
	e, err := a.order(ctx, j, v, f, keys, merchant, n)
	if err != nil {
		return err
	}
	if err := a.tap(ctx, j, v, f, keys, e); err != nil {
		return err
	}
	if f.signOnly {
		return a.Print(charged{entry: e})
	}
	return a.settleOne(ctx, j, v, keys.relay, e)
}

// takes says why a merchant cannot take an amount, before anybody taps. An old day's room says nothing about today's.
func takes(ctx context.Context, v *vault.Vault, merchant common.Address, n uint64) error {
	m, err := v.Merchant(ctx, merchant)
	switch {
	case err != nil:
		return err
	case !m.Registered || m.Closing:
		return &vault.Refused{Name: "Refused", Reason: vault.Unregistered}
	case m.Day == uint16(time.Now().Unix()/86_400) && n > m.Room:
		return cli.Hinted{Err: &vault.Refused{Name: "Refused", Reason: vault.Room}, Hint: `"tappay merchant stake" adds to its stake`}
	}
	return nil
}

// again is how long an order that a card may have signed is asked for again instead of a new one.
const again = time.Hour

// order finds the order that was broken off, or makes a new one with an offer.
func (a *app) order(ctx context.Context, j journal, v *vault.Vault, f chargeFlags, keys *chargeKeys, merchant common.Address, n uint64) (*entry, error) {
	open, err := j.list(v, func(e *entry) bool {
		return e.State == stateAsked && e.Merchant == merchant && e.Amount == n && time.Since(e.Time) < again
	})
	if err != nil {
		return nil, err
	}
	if len(open) > 0 && !f.fresh {
		e := open[len(open)-1]
		a.Say("going on with the payment of %s, which a card may have signed already", e.Time.Format(time.TimeOnly))
		return e, nil
	}
	anchor, err := v.Anchor(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	e := &entry{State: stateAsked, Time: now, Chain: v.ID, Vault: v.Address, Token: v.Params.Token, Merchant: merchant, Amount: n,
		Anchor: anchor.Block, Block: anchor.Hash[:]}
	e.Offer = offer{ID: make([]byte, 16), Items: f.items, Time: uint64(now.Unix()), Expiry: uint64(now.Add(again).Unix())}
	if _, err := rand.Read(e.Offer.ID); err != nil {
		return nil, err
	}
	if keys.terminal != nil {
		e.Offer.Terminal, e.Offer.Certificate = keys.terminal.Address, keys.certificate
		signature, err := keys.terminal.Sign(v.Hash(e.offered()))
		if err != nil {
			return nil, err
		}
		e.Offer.Signature = signature[:]
	}
	return e, nil
}

// charged is the result of "charge" and of each payment of "settle".
type charged struct{ *entry }

// Text prints it.
func (c charged) Text(w io.Writer) {
	cli.Rows(w, "payment", c.State, "amount", paycard.AmountText(c.Amount), "card", c.Card.Hex(), "merchant", c.Merchant.Hex(),
		"counter", fmt.Sprint(c.Counter), "why", c.Why)
	if c.Tx != nil {
		cli.Rows(w, "transaction", c.Tx.Hex(), "gas", fmt.Sprint(c.Gas))
	}
}

// settleOne settles a signed payment and writes down what became of it.
func (a *app) settleOne(ctx context.Context, j journal, v *vault.Vault, relay *vault.Key, e *entry) error {
	p := e.payment(v)
	s, err := e.signed()
	if err != nil {
		return err
	}
	receipt, err := v.Pay(ctx, relay, p, s)
	var refused *vault.Refused
	switch {
	case errors.As(err, &refused):
		e.Why = err.Error()
		if refused.Final() {
			e.State = stateRefused
		}
		return errors.Join(err, j.write(e))
	case err != nil:
		return cli.Hinted{Err: err, Hint: `the card has signed and nothing is lost: "tappay settle" tries again`}
	}
	e.State, e.Tx, e.Gas, e.Why = stateSettled, &receipt.TxHash, receipt.GasUsed, ""
	if err := j.write(e); err != nil {
		return err
	}
	return a.Print(charged{e})
}

// maxMAC bounds the file of the MAC key, in bytes.
const maxMAC = 80

// readMAC reads the key that card and approver share.
func readMAC(path string) ([]byte, error) { return privatefile.Read(path, maxMAC) }
