package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"tapcard.example/keycard/duplicate"
	"tapcard.example/keycard/wire"
	"tapcard.example/signer"
)

// sameCodes are the flags that make PIN, PUK and pairing secret of copies the same.
type sameCodes struct {
	wanted                         bool
	pinFile, pukFile, passwordFile string
}

func (f *sameCodes) register(c *cobra.Command) {
	c.Flags().BoolVar(&f.wanted, "same-codes", false, "then give all the cards the same new PIN, PUK and pairing secret")
	c.Flags().StringVar(&f.pinFile, "same-pin-file", "", "read that PIN from `FILE` instead of asking")
	c.Flags().StringVar(&f.pukFile, "same-puk-file", "", "read that PUK from `FILE` instead of asking")
	c.Flags().StringVar(&f.passwordFile, "same-password-file", "",
		"make the pairing secret the password in `FILE`, not a random one")
}

// unifyCodes offers to give cards that hold the same key the same codes as well, and does it.
func (a *app) unifyCodes(ctx context.Context, o *owner, f *sameCodes, t *keycardTaps, cards []string) error {
	wanted, err := a.wantsSameCodes(ctx, f)
	if err != nil || !wanted {
		return err
	}
	codes, err := a.askCodes(ctx, f)
	if err != nil {
		return err
	}
	defer codes.Destroy()
	o.keepLent = false
	waiting := slices.Clone(cards)
	ask := func() string {
		var names []string
		for _, uid := range waiting {
			names = append(names, a.nameOf(uid))
		}
		return fmt.Sprintf("for the new codes, put one of these cards on the reader: %v", names)
	}
	return t.each(ctx, len(cards), ask, func(t *keycardTap) error {
		i := slices.Index(waiting, hexUID(t.card))
		if i < 0 {
			return notThisCard{fmt.Errorf("%s has its codes already, or is none of the copies", a.cardName(t.card))}
		}
		if err := o.setCodes(ctx, t, codes); err != nil {
			return err
		}
		waiting = slices.Delete(waiting, i, i+1)
		return a.printStep(t, "codes set", "", "")
	})
}

// wantsSameCodes asks where somebody is there to answer. Without a terminal, or where everything is approved, only the
// flag counts: codes are nothing to change by the way.
func (a *app) wantsSameCodes(ctx context.Context, f *sameCodes) (bool, error) {
	if f.wanted || a.yes || a.JSON {
		return f.wanted, nil
	}
	if _, err := a.openTerminal(); err != nil {
		return false, nil
	}
	err := a.confirm(ctx, "The cards keep their own PINs, PUKs and pairing secrets. Give all of them the same new ones?")
	if errors.Is(err, signer.ErrRefused) {
		return false, nil
	}
	return err == nil, err
}

func (a *app) askCodes(ctx context.Context, f *sameCodes) (codes duplicate.Codes, err error) {
	if codes.PIN, err = a.askDigits(ctx, f.pinFile, "new PIN of all cards", wire.PINSize, true); err != nil {
		return codes, err
	}
	if codes.PUK, err = a.askDigits(ctx, f.pukFile, "new PUK of all cards", wire.PUKSize, true); err != nil {
		return codes, err
	}
	codes.PairingSecret, err = a.newPairingSecret(ctx, f.passwordFile)
	return codes, err
}

// setCodes gives one card the codes, and its slot back if that was only lent.
func (o *owner) setCodes(ctx context.Context, t *keycardTap, codes duplicate.Codes) error {
	o.tapped(t.card)
	s, err := o.callback().Unlock(ctx, t.card)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := codes.Apply(ctx, s, o.store); err != nil {
		return err
	}
	if o.lent[hexUID(t.card)] {
		return o.free(ctx, s)
	}
	return nil
}
