package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	keywire "tapcard.example/keycard/wire"
	"tapcard.example/paycard"
	paywire "tapcard.example/paycard/wire"
)

const payCardLong = `A payment card signs payments without a PIN: whoever taps it, pays. What a tap can cost is bounded by the guards that
its owner sets here, and by the limits of the purse it pays from. Its PIN and pairing are its own, for its owner only.

  tapcard pay-card init                    # PIN, PUK, pairing; the card makes its key
  tapcard pay-card profile set 0 ...       # which purse it pays from, and how much
  tapcard pay-card approvers set ...       # who has to approve each payment
  tapcard pay-card guards set ...          # everything else
  tapcard pay-card status

What it pays from and to is in the payment contracts, which the program tappay speaks to.`

// payFlags are the flags of all commands that speak to a payment card.
type payFlags struct {
	pinFile string
	lastTry bool
}

// payWanted finds a payment card among the readers.
var payWanted = card.Wanted{Name: "payment card", AIDs: [][]byte{paywire.AID()}}

func newPayCard(a *app) *cobra.Command {
	f := &payFlags{}
	c := &cobra.Command{Use: "pay-card", Short: "Set up and watch over a payment card", Long: payCardLong}
	c.PersistentFlags().StringVar(&f.pinFile, "pin-file", "", "read the PIN from `FILE` (\"-\": standard input) instead of asking")
	c.PersistentFlags().BoolVar(&f.lastTry, "last-try", false, "enter a code although it is the last try before the card is blocked")
	c.AddCommand(newPayInit(a, f), newPayPair(a, f), newPayUnpair(a, f), newPaySecret(a, f),
		newPayPIN(a, f), newPayPUK(a, f), newPayUnblock(a, f), newPayReset(a, f),
		newPayStatus(a, f), newPayGuards(a, f), newPayRefill(a, f), newPayApprovers(a, f),
		newPaySwitch(a, f), newPayProfile(a, f), newPayBind(a, f), newPayMandate(a, f), newPayLog(a, f))
	return c
}

// payCard connects to a payment card.
func (a *app) payCard(ctx context.Context, f *payFlags) (*paycard.Card, error) {
	ch, err := a.connect(ctx, payWanted)
	if err != nil {
		return nil, err
	}
	return paycard.Options{SpendLastTry: f.lastTry}.Select(ctx, ch)
}

// payPairings is the file where the pairings with payment cards are kept.
func (a *app) payPairings() (*keycard.Store, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	return keycard.OpenStore(filepath.Join(dir, "paycards.json"))
}

// openPayCard opens the owner's channel with the pairing that is stored for the card.
func (a *app) openPayCard(ctx context.Context, f *payFlags) (*paycard.Session, error) {
	c, err := a.payCard(ctx, f)
	if err != nil {
		return nil, err
	}
	if !c.Info().Initialized {
		return nil, cli.Hint(errors.New("the card is empty"), `"tapcard pay-card init" sets it up`)
	}
	store, err := a.payPairings()
	if err != nil {
		return nil, err
	}
	pairing, paired, err := store.Pairing(c.Info().UID)
	if err != nil {
		return nil, err
	}
	defer pairing.Key.Destroy()
	if !paired {
		return nil, cli.Hint(fmt.Errorf("%w: the card does not know this computer", card.ErrPairing), `"tapcard pay-card pair" makes it known to the card`)
	}
	return c.Open(ctx, pairing)
}

// unlockedPayCard opens the owner's channel and verifies the PIN.
func (a *app) unlockedPayCard(ctx context.Context, f *payFlags) (*paycard.Session, error) {
	s, err := a.openPayCard(ctx, f)
	if err != nil {
		return nil, err
	}
	pin, err := a.askDigits(ctx, f.pinFile, "PIN", keywire.PINSize, false)
	if err != nil {
		return nil, err
	}
	defer pin.Destroy()
	err = s.VerifyPIN(ctx, pin)
	if errors.Is(err, card.ErrBlocked) {
		err = cli.Hint(err, `"tapcard pay-card unblock" sets a new PIN with the PUK`)
	}
	return s, err
}

// withPayCard opens the owner's channel, verifies the PIN, and does something there.
func (a *app) withPayCard(ctx context.Context, f *payFlags, use func(*paycard.Session) error) error {
	s, err := a.unlockedPayCard(ctx, f)
	if err != nil {
		return err
	}
	defer s.Close()
	return use(s)
}
