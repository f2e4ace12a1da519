package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/keycard"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard"
	"tapcard.example/secret"
)

const payInitLong = `Give an empty payment card its PIN (6 digits), PUK (12 digits) and pairing secret, and pair with it. The card makes
its payment key now; nobody else ever has it.

The pairing secret is a random one, kept on this computer, unless --secret-file names one: 32 bytes in hex, which a
second computer needs for "pay-card pair". Do it where nobody can get between reader and card.`

func newPayInit(a *app, p *payFlags) *cobra.Command {
	var pukFile, secretFile string
	c := &cobra.Command{
		Use:   "init",
		Short: "Set up an empty payment card: PIN, PUK, pairing, keys",
		Long:  payInitLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.payInit(c.Context(), p, pukFile, secretFile) },
	}
	c.Flags().StringVar(&pukFile, "puk-file", "", "read the PUK from `FILE` instead of asking")
	c.Flags().StringVar(&secretFile, "secret-file", "", "use the pairing secret, in hex, in `FILE` instead of a random one")
	return c
}

func (a *app) payInit(ctx context.Context, p *payFlags, pukFile, secretFile string) error {
	c, err := a.payCard(ctx, p)
	if err != nil {
		return err
	}
	if c.Info().Initialized {
		return hinted{errors.New("the payment card is initialised already"), `"tapcard pay-card pair" makes it known to this computer`}
	}
	o, err := a.askPayInit(ctx, p, pukFile, secretFile)
	if err != nil {
		return err
	}
	defer o.PIN.Destroy()
	defer o.PUK.Destroy()
	defer o.PairingSecret.Destroy()
	store, err := a.pairings()
	if err != nil {
		return err
	}
	if err := store.SetPairingSecret(c.Info().UID, o.PairingSecret); err != nil { // before it is sent: answers get lost
		return err
	}
	if err := c.Init(ctx, o); err != nil {
		return err
	}
	return a.payPairWith(ctx, c, store, o.PairingSecret)
}

func (a *app) askPayInit(ctx context.Context, p *payFlags, pukFile, secretFile string) (o paycard.InitOptions, err error) {
	if o.PIN, err = a.askDigits(ctx, p.pinFile, "payment card's PIN", channel.PINSize, true); err != nil {
		return o, err
	}
	if o.PUK, err = a.askDigits(ctx, pukFile, "payment card's PUK", channel.PUKSize, true); err != nil {
		return o, err
	}
	if secretFile == "" {
		o.PairingSecret, err = keycard.Options{}.NewPairingSecret()
	} else {
		o.PairingSecret, err = a.askHexSecret(ctx, secretFile, "pairing secret")
	}
	return o, err
}

// askHexSecret reads 32 bytes in hex from a file, or asks for them.
func (a *app) askHexSecret(ctx context.Context, file, name string) (secret.Bytes, error) {
	b, err := a.askSecret(ctx, file, name)
	if err != nil {
		return secret.Bytes{}, err
	}
	defer clear(b)
	raw := make([]byte, hex.DecodedLen(len(b)))
	if _, err := hex.Decode(raw, b); err != nil || len(raw) != 32 {
		return secret.Bytes{}, usageError{fmt.Errorf("a %s is 32 bytes, 64 hexadecimal digits", name)}
	}
	return secret.New(raw), nil
}

func newPayPair(a *app, p *payFlags) *cobra.Command {
	var secretFile string
	c := &cobra.Command{
		Use:   "pair",
		Short: "Make this computer known to the payment card; takes one of five slots",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.payPair(c.Context(), p, secretFile) },
	}
	c.Flags().StringVar(&secretFile, "secret-file", "", "read the pairing secret, in hex, from `FILE` (default: the one this computer knows)")
	return c
}

func (a *app) payPair(ctx context.Context, p *payFlags, secretFile string) error {
	c, err := a.payCard(ctx, p)
	if err != nil {
		return err
	}
	if !c.Info().Initialized {
		return hinted{errors.New("the payment card is empty"), `"tapcard pay-card init" sets it up and pairs with it`}
	}
	store, err := a.pairings()
	if err != nil {
		return err
	}
	s, known, err := store.PairingSecret(c.Info().UID)
	if err != nil {
		return err
	}
	if secretFile != "" || !known {
		if s, err = a.askHexSecret(ctx, secretFile, "pairing secret"); err != nil {
			return err
		}
	}
	defer s.Destroy()
	return a.payPairWith(ctx, c, store, s)
}

// payPairWith pairs and keeps the pairing.
func (a *app) payPairWith(ctx context.Context, c *paycard.Card, store *keycard.Store, s secret.Bytes) error {
	pairing, err := c.Pair(ctx, s)
	if errors.Is(err, card.ErrNoSpace) {
		return hinted{err, "all pairing slots are taken by other computers: use one of them"}
	}
	if err != nil {
		return payHint(err)
	}
	defer pairing.Key.Destroy()
	if err := store.SetPairing(c.Info().UID, pairing); err != nil {
		return err
	}
	return a.print(payPaired{c.Info().Address.String(), pairing.Slot})
}

// payPaired is the result of "pay-card init" and "pay-card pair".
type payPaired struct {
	Address string `json:"address"`
	Slot    byte   `json:"slot"`
}

func (r payPaired) text(w io.Writer) {
	rows(w, "address", r.Address, "paired", fmt.Sprintf("in slot %d", r.Slot))
	fmt.Fprintln(w, `next: "tapcard pay-card profile set" says what it pays from, "approvers set" who approves`)
}

func newPayUnblock(a *app, p *payFlags) *cobra.Command {
	var pukFile, newFile string
	c := &cobra.Command{
		Use:   "unblock",
		Short: "Set a new PIN with the PUK, once the PIN is blocked",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.payUnblock(c.Context(), p, pukFile, newFile) },
	}
	c.Flags().StringVar(&pukFile, "puk-file", "", "read the PUK from `FILE` instead of asking")
	c.Flags().StringVar(&newFile, "new-file", "", "read the new PIN from `FILE` instead of asking")
	return c
}

func (a *app) payUnblock(ctx context.Context, p *payFlags, pukFile, newFile string) error {
	s, err := a.openPay(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	puk, err := a.askDigits(ctx, pukFile, "payment card's PUK", channel.PUKSize, false)
	if err != nil {
		return err
	}
	defer puk.Destroy()
	pin, err := a.askDigits(ctx, newFile, "new PIN", channel.PINSize, true)
	if err != nil {
		return err
	}
	defer pin.Destroy()
	if err := s.UnblockPIN(ctx, puk, pin); err != nil {
		return err
	}
	return a.print(done{"the PIN is set anew"})
}
