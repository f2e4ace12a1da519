package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// connect finds a payment card: the software card of --card, or the one in a reader.
func (a *app) connect(ctx context.Context, f chargeFlags) (*paycard.Card, error) {
	link, err := a.link(ctx, f)
	if err != nil {
		return nil, err
	}
	a.atEnd(link)
	return paycard.Select(ctx, card.NewChannel(link))
}

func (a *app) link(ctx context.Context, f chargeFlags) (card.Link, error) {
	if f.cardFile == "" {
		return a.FindCard(ctx, card.Wanted{Name: "payment card", AIDs: [][]byte{wire.AID()}, Reader: f.reader})
	}
	file, err := softcard.OpenFile(f.cardFile)
	if err != nil {
		return nil, err
	}
	a.atEnd(file)
	c, err := applet.FromFile(file)
	if err != nil {
		return nil, err
	}
	return loopback.Connect(c, "software card "+f.cardFile), nil
}

// tap has the card sign the order, and writes down what it signed before anything else happens.
func (a *app) tap(ctx context.Context, j journal, v *vault.Vault, f chargeFlags, keys *chargeKeys, e *entry) error {
	c, err := a.connect(ctx, f)
	if err != nil {
		return err
	}
	address := common.Address(c.Info().Address)
	if e.Card != (common.Address{}) && e.Card != address {
		return cli.Hinted{Err: fmt.Errorf("this is card %s; the payment that was broken off is of card %s", address, e.Card),
			Hint: "put that card back, or begin anew with --new"}
	}
	e.Card = address
	profile, ok := c.ProfileFor(v.Name())
	if !ok {
		return cli.Hinted{Err: errors.New("this card has no purse in this vault"), Hint: `its owner sets one: "tapcard pay-card profile set", "tappay purse open"`}
	}
	if err := covered(ctx, v, e); err != nil {
		return err
	}
	order := e.payment(v).Order
	tap, err := c.Challenge(ctx, profile, v.Name(), order)
	if err != nil {
		return err
	}
	e.Counter = tap.Payment.Counter
	approval, err := keys.approve(ctx, f, tap)
	if err != nil {
		return err
	}
	if err := j.write(e); err != nil { // from here on the card may sign, and its answer get lost
		return err
	}
	signed, _, err := tap.Pay(ctx, approval)
	if err != nil {
		return a.unsigned(j, e, err)
	}
	e.State, e.Signature = stateSigned, signed.Signature.Append(nil)
	return j.write(e)
}

// unsigned forgets an order that the card refused, and keeps one that it may have signed.
func (a *app) unsigned(j journal, e *entry, err error) error {
	var guard *paycard.GuardError
	var limited *card.RateLimitError
	if errors.As(err, &guard) || errors.As(err, &limited) {
		e.State, e.Why = stateRefused, err.Error()
		return errors.Join(err, j.write(e))
	}
	return cli.Hinted{Err: err, Hint: "charge the same again: the card signs the same payment once only"}
}

// covered says why a card's purse cannot pay, before it is asked to sign.
func covered(ctx context.Context, v *vault.Vault, e *entry) error {
	p, err := v.Purse(ctx, e.Card)
	if err != nil {
		return err
	}
	why := vault.None
	switch {
	case !p.Active:
		why = vault.NotBound
	case p.Revoked:
		why = vault.Revoked
	case p.Frozen:
		why = vault.Frozen
	case e.Amount > p.Available:
		why = vault.OverBalance
	}
	if why == vault.None {
		return nil
	}
	return &vault.Refused{Name: "Refused", Reason: why}
}

// expiry is how long an approver's token is good, in seconds.
const expiry = 120

// approve does what the approval service and the time authority will do: it signs what the card asked for.
func (k *chargeKeys) approve(ctx context.Context, f chargeFlags, tap *paycard.Tap) (by wire.Approval, err error) {
	if tap.Repeat() || k.approver == nil && k.time == nil {
		return by, ctx.Err()
	}
	token := tap.Token()
	if k.mac.Len() > 0 {
		if _, err := tap.Challenge.Open(k.mac, token.Card, tap.Digest); err != nil {
			return by, fmt.Errorf("the approver declines: %w", err)
		}
	}
	now := time.Now().Unix()
	token.Terms = wire.Terms{Time: uint32(now)}
	if k.approver != nil {
		if token.Terms.Expiry = uint32(now + expiry); f.refill {
			token.Terms.Flags = wire.RefillOffline
		}
		if token.Terms.Rate, err = amount("rate", f.rate); err != nil {
			return by, err
		}
		by.Approver, err = k.approver.token(token.SHA256())
	}
	if err == nil && k.time != nil {
		by.Time, err = k.time.token(token.TimeSHA256())
	}
	by.Terms, by.SecondApprover, by.SecondTime = token.Terms, f.secondApprover, f.secondTime
	return by, err
}
