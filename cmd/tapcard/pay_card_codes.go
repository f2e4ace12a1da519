package main

import (
	"context"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	keywire "tapcard.example/keycard/wire"
)

func newPayPIN(a *app, f *payFlags) *cobra.Command {
	return newCodeChange(a, "pin", "PIN", keywire.PINSize, func(ctx context.Context) (codeChange, error) {
		s, err := a.unlockedPayCard(ctx, f)
		return s.ChangePIN, err
	})
}

func newPayPUK(a *app, f *payFlags) *cobra.Command {
	return newCodeChange(a, "puk", "PUK", keywire.PUKSize, func(ctx context.Context) (codeChange, error) {
		s, err := a.unlockedPayCard(ctx, f)
		return s.ChangePUK, err
	})
}

func newPayUnblock(a *app, f *payFlags) *cobra.Command {
	var pukFile, newFile string
	c := &cobra.Command{
		Use:   "unblock",
		Short: "Set a new PIN with the PUK, after too many wrong PINs",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.unblockPayCard(c.Context(), f, pukFile, newFile) },
	}
	c.Flags().StringVar(&pukFile, "puk-file", "", "read the PUK from `FILE` instead of asking")
	c.Flags().StringVar(&newFile, "new-file", "", "read the new PIN from `FILE` instead of asking")
	return c
}

func (a *app) unblockPayCard(ctx context.Context, f *payFlags, pukFile, newFile string) error {
	s, err := a.openPayCard(ctx, f)
	if err != nil {
		return err
	}
	defer s.Close()
	puk, err := a.askDigits(ctx, pukFile, "PUK", keywire.PUKSize, false)
	if err != nil {
		return err
	}
	defer puk.Destroy()
	pin, err := a.askDigits(ctx, newFile, "new PIN", keywire.PINSize, true)
	if err != nil {
		return err
	}
	defer pin.Destroy()
	if err := s.UnblockPIN(ctx, puk, pin); err != nil {
		return err
	}
	return a.Print(cli.Done{Done: "the PIN is set anew"})
}
