package main

import (
	"github.com/spf13/cobra"

	payapplet "tapcard.example/paycard/applet"
)

func newVirtualPay(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "pay FILE",
		Short: "Make a payment card in a new file: no display, no button, no sensor",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := payapplet.CreateFile(args[0])
			if err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
			return a.Print(newCard{File: args[0], Kind: payapplet.FileKind, next: "pay-card init"})
		},
	}
}
