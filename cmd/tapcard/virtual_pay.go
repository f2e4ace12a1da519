package main

import (
	"github.com/spf13/cobra"

	"tapcard.example/paycard/applet"
)

func newVirtualPay(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "pay FILE",
		Short: "Make a payment card in a new file; it makes its keys at \"pay-card init\"",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := applet.CreateFile(args[0])
			if err != nil {
				return err
			}
			a.atEnd(f)
			return a.print(newCard{File: args[0], Kind: applet.FileKind, next: "pay-card init"})
		},
	}
}
