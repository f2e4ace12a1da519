package main

import (
	"context"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/linkedbackup"
	"tapcard.example/linkedbackup/applet"
	"tapcard.example/transport/loopback"
)

func newVirtualLinked(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "linked FILE",
		Short: "Make a blank card for linked backup in a new file; a maker has to certify it",
		Args:  cobra.ExactArgs(1),
		RunE:  func(c *cobra.Command, args []string) error { return a.makeLinked(c.Context(), args[0]) },
	}
}

// makeLinked makes the card and asks it for its name.
func (a *app) makeLinked(ctx context.Context, path string) error {
	f, err := applet.CreateFile(path)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	v, err := openVirtual(path)
	if err != nil {
		return err
	}
	a.atEnd(v.file)
	link := loopback.Connect(v.Card, path)
	defer link.Close()
	c, err := linkedbackup.Options{}.Select(ctx, card.NewChannel(link))
	if err != nil {
		return err
	}
	return a.Print(newLinkedCard{path, c.Ident(), keyHex(c.Info().Card)})
}
