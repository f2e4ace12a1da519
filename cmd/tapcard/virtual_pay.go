package main

import (
	"github.com/spf13/cobra"

	"tapcard.example/keycard/applet"
	payapplet "tapcard.example/paycard/applet"
)

func newVirtualPay(a *app) *cobra.Command {
	var beside string
	c := &cobra.Command{
		Use:   "pay FILE",
		Short: "Make a payment card in a new file: no display, no button, no sensor",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return a.makePayCard(args[0], beside) },
	}
	c.Flags().StringVar(&beside, "keycard", "", "put a Keycard of this `VERSION` on the same card: 2.0, 2.3 or 3.1")
	return c
}

// makePayCard makes a payment card, alone or beside a Keycard of a version.
func (a *app) makePayCard(path, beside string) error {
	var s payapplet.FileSettings
	if beside != "" {
		s.Keycard = &applet.FileSettings{Profile: beside}
		if err := a.certifyKeycard(s.Keycard); err != nil {
			return err
		}
	}
	f, err := payapplet.CreateFile(path, s)
	if err != nil {
		return err
	}
	a.atEnd(f)
	return a.Print(newCard{File: path, Kind: payapplet.FileKind, Profile: besides(s), next: "pay-card init"})
}

// besides says in a list what else is on the card.
func besides(s payapplet.FileSettings) string {
	if s.Keycard == nil {
		return ""
	}
	return "beside keycard " + s.Keycard.Profile
}
