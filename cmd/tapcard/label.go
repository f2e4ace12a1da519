package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/trust"
)

func newLabel(a *app) *cobra.Command {
	k := &keycardFlags{instance: 1}
	c := &cobra.Command{
		Use:   "label [NAME]",
		Short: `Give the card a name on this computer, or list the names ("" takes the name away)`,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			store, err := a.trustStore()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.Print(labelList{append([]trust.Card{}, store.Labels()...)})
			}
			ch, err := a.connect(c.Context(), card.Wanted{Name: "card"})
			if err != nil {
				return err
			}
			known, err := a.recognise(c.Context(), k, ch)
			if err != nil {
				return err
			}
			if len(known.id) == 0 {
				return errors.New("an empty card has no identity to name; initialise it first")
			}
			if store, err = a.trustStore(); err != nil {
				return err
			}
			if err := store.SetLabel(known.kind, known.id, args[0]); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: "this card is now " + store.Card(known.kind, known.id).String()})
		},
	}
	return c
}

// labelList is the result of "label" without a name.
type labelList struct {
	Labels []trust.Card `json:"labels"`
}

// Text prints it for people.
func (l labelList) Text(w io.Writer) {
	if len(l.Labels) == 0 {
		fmt.Fprintln(w, `no card has a name yet; "tapcard label NAME" names the one in the reader`)
	}
	for _, c := range l.Labels {
		fmt.Fprintf(w, "%s\t%s %s\n", cli.Printable(c.Label), c.Kind, c.ID)
	}
}

// cardName is the card's label, or what identifies it.
func (a *app) cardName(c *keycard.Card) string {
	store, err := a.trustStore()
	if err != nil || !c.Info().Initialized {
		return "the card"
	}
	return store.Card("keycard", c.Info().InstanceUID).String()
}
