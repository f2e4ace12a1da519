package main

import (
	"crypto/rand"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
)

func newVirtualKeycard(a *app) *cobra.Command {
	var s applet.FileSettings
	c := &cobra.Command{
		Use:   "keycard FILE",
		Short: "Make a Keycard in a new file",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return a.makeKeycard(args[0], s) },
	}
	c.Flags().StringVar(&s.Profile, "profile", "2.3", "version to be: 2.0, 2.3 or 3.1")
	c.Flags().BoolVar(&s.Quirks, "quirks", false, "bring the original's security holes back, for compatibility tests")
	return c
}

// makeKeycard makes a card that is a Keycard and nothing else.
func (a *app) makeKeycard(path string, s applet.FileSettings) error {
	if err := a.certifyKeycard(&s); err != nil {
		return err
	}
	f, err := applet.CreateFile(path, s)
	if err != nil {
		return err
	}
	a.atEnd(f)
	return a.Print(newCard{File: path, Kind: f.Kind, Profile: s.Profile, Quirks: s.Quirks, next: "keycard init"})
}

// certifyKeycard gives a Keycard, from 3.1 on, a certificate by this installation's factory.
func (a *app) certifyKeycard(s *applet.FileSettings) error {
	p, err := applet.ProfileByName(s.Profile)
	if err != nil {
		return cli.UsageError{Err: err}
	}
	if p.Version < wire.V3_1 {
		return nil
	}
	authority, err := a.factory()
	if err != nil {
		return err
	}
	defer authority.Zero()
	id, err := applet.Certify(authority, rand.Reader)
	if err != nil {
		return err
	}
	s.Identity = applet.NewFileIdentity(id)
	return nil
}
