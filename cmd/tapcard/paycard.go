package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

const payLong = `The owner's side of a payment card: it signs payments for whoever holds it to a reader, without a PIN, and its guards
bound what that can cost. Only its owner sets them, with the card's own PIN.

  tapcard pay-card init                                  # PIN, PUK, pairing; the card makes its keys
  tapcard pay-card approvers set --url ... --key ...     # who has to approve payments
  tapcard pay-card profile set 0 --chain ... --vault ... --token ... --single 50 --velocity 200
  tapcard pay-card guards show

Services and terminals to pay with are not part of this program yet. Commands ask for the PIN, or read it from
--pin-file.`

// payFlags are what the commands about payment cards have in common.
type payFlags struct {
	pinFile string
	lastTry bool
}

func newPay(a *app) *cobra.Command {
	c := &cobra.Command{Use: "pay-card", Short: "Set up and bound a payment card", Long: payLong}
	p := &payFlags{}
	f := c.PersistentFlags()
	f.StringVar(&p.pinFile, "pin-file", "", `read the PIN from `+"`FILE`"+` ("-": standard input) instead of asking`)
	f.BoolVar(&p.lastTry, "last-try", false, "enter a code although it is the last try before the card is blocked")
	c.AddCommand(newPayInit(a, p), newPayPair(a, p), newPayUnblock(a, p), newPayStatus(a, p), newPayGuards(a, p), newPayRefill(a, p),
		newPaySwitch(a, p), newPayApprovers(a, p), newPayProfile(a, p), newPayBind(a, p), newPayLog(a, p))
	return c
}

// payCard connects to a payment card.
func (a *app) payCard(ctx context.Context, p *payFlags) (*paycard.Card, error) {
	ch, err := a.connect(ctx, card.Wanted{Name: "payment card", AIDs: [][]byte{wire.AID()}})
	if err != nil {
		return nil, err
	}
	return paycard.Options{SpendLastTry: p.lastTry}.Select(ctx, ch)
}

// openPay opens the owner's channel with the pairing that is stored for the card.
func (a *app) openPay(ctx context.Context, p *payFlags) (*paycard.Session, error) {
	c, err := a.payCard(ctx, p)
	if err != nil {
		return nil, err
	}
	if !c.Info().Initialized {
		return nil, hinted{errors.New("the payment card is empty"), `give it a PIN first: "tapcard pay-card init"`}
	}
	store, err := a.pairings()
	if err != nil {
		return nil, err
	}
	pairing, known, err := store.Pairing(c.Info().UID)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, hinted{&card.Error{Op: "OPEN SECURE CHANNEL", Kind: card.ErrPairing,
			Err: errors.New("this computer is not paired with the payment card")}, payPairHint}
	}
	defer pairing.Key.Destroy()
	s, err := c.Open(ctx, pairing)
	return s, payHint(err)
}

// withPay runs do as the card's owner: paired, PIN verified.
func (a *app) withPay(ctx context.Context, p *payFlags, do func(*paycard.Session) error) error {
	s, err := a.openPay(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	pin, err := a.askDigits(ctx, p.pinFile, "payment card's PIN", channel.PINSize, false)
	if err != nil {
		return err
	}
	defer pin.Destroy()
	if err := s.VerifyPIN(ctx, pin); err != nil {
		return payHint(err)
	}
	return payHint(do(s))
}

const payPairHint = `pair with the card first: "tapcard pay-card pair"`

// payHint says what to do about errors that mean something else with a payment card than with a Keycard.
func payHint(err error) error {
	switch {
	case errors.Is(err, paycard.ErrWrongPassword):
		return hinted{err, "the pairing secret is the one chosen at \"pay-card init\""}
	case errors.Is(err, card.ErrPairing):
		return hinted{err, payPairHint}
	case errors.Is(err, card.ErrBlocked):
		return hinted{err, `a blocked PIN is set anew with "tapcard pay-card unblock" and the PUK`}
	}
	return err
}
