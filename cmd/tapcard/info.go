package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/paycard"
)

func newInfo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Show what card this is (no PIN needed)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ch, err := a.connect(c.Context(), card.Wanted{Name: "card"})
			if err != nil {
				return err
			}
			r, err := a.inspect(c.Context(), ch)
			if err != nil {
				return err
			}
			return a.Print(r)
		},
	}
}

// infoResult is the result of "info".
type infoResult struct {
	Reader       string           `json:"reader"`
	ATR          string           `json:"atr"`
	Card         string           `json:"card"` // "keycard", "tapsigner", ..., or "unknown"
	Ident        string           `json:"ident,omitempty"`
	State        string           `json:"state,omitempty"`
	Software     bool             `json:"software"`
	Initialized  *bool            `json:"initialized,omitempty"`
	Version      string           `json:"version,omitempty"`
	Label        string           `json:"label,omitempty"`
	InstanceUID  string           `json:"instance_uid,omitempty"`
	KeyUID       string           `json:"key_uid,omitempty"`
	FreeSlots    *int             `json:"free_slots,omitempty"`
	Paired       bool             `json:"paired"`
	Authenticity *keycard.Verdict `json:"authenticity,omitempty"`
	Also         string           `json:"also,omitempty"` // another card on the same chip
	Problem      string           `json:"problem,omitempty"`
	Next         string           `json:"next,omitempty"`
}

// inspect finds out what is in the reader. A card that holds nothing known is a result, not an error.
func (a *app) inspect(ctx context.Context, ch *card.Channel) (infoResult, error) {
	info := ch.Info()
	r := infoResult{Reader: info.Reader, ATR: hex.EncodeToString(info.ATR), Card: "unknown", Software: info.Software}
	c, err := a.recognise(ctx, &keycardFlags{instance: 1}, ch)
	switch {
	case errors.Is(err, card.ErrUnknownApplet):
		return r, nil
	case errors.Is(err, card.ErrUnsupported):
		r.Card, r.Problem = c.kind, err.Error()
		return r, nil
	case err != nil:
		return r, err
	}
	store, err := a.trustStore()
	if err != nil {
		return r, err
	}
	if len(c.id) > 0 {
		r.Label = store.Card(c.kind, c.id).Label
	}
	if err := c.describe(ctx, &r); err != nil || c.kind != "keycard" {
		return r, err
	}
	if p, err := paycard.Select(ctx, ch); err == nil { // what else a chip may hold; no answer is none
		r.Also = "payment card " + p.Info().Address.String()
		if !p.Info().Initialized {
			r.Also = "payment card, empty"
		}
	}
	return r, nil
}

func (a *app) describeKeycard(ctx context.Context, c *keycard.Card, r *infoResult) error {
	i := c.Info()
	r.Card, r.Software, r.Initialized = "keycard", c.Software(), &i.Initialized
	if i.Initialized {
		r.Version, r.InstanceUID, r.KeyUID = i.Version.String(), hex.EncodeToString(i.InstanceUID), hex.EncodeToString(i.KeyUID)
		if i.FreeSlots >= 0 {
			r.FreeSlots = &i.FreeSlots
		}
		pairings, err := a.pairings()
		if err != nil {
			return err
		}
		p, paired, err := pairings.Pairing(c.UID())
		if err != nil {
			return err
		}
		p.Key.Destroy()
		r.Paired = paired
	}
	v, err := a.identify(ctx, c)
	if err == nil {
		r.Authenticity = &v
	}
	return err
}

// Text prints it for people.
func (r infoResult) Text(w io.Writer) {
	cli.Rows(w, "reader", cli.Printable(r.Reader), "ATR", r.ATR, "card", r.Card, "version", r.Version, "label", cli.Printable(r.Label),
		"ident", r.Ident, "state", r.State, "instance", r.InstanceUID, "also", r.Also, "problem", r.Problem, "next", r.Next)
	if r.Initialized != nil {
		r.keycard(w)
	}
	if r.Software {
		cli.Rows(w, "note", "a software card is for tests: its key is in a file in the clear")
	}
}

// keycard shows what only a Keycard has.
func (r infoResult) keycard(w io.Writer) {
	if !*r.Initialized {
		cli.Rows(w, "state", `empty; "tapcard keycard init" sets it up`)
	} else if r.KeyUID == "" {
		cli.Rows(w, "key", "none")
	}
	cli.Rows(w, "key UID", r.KeyUID)
	if r.FreeSlots != nil {
		cli.Rows(w, "free pairing slots", fmt.Sprint(*r.FreeSlots))
	}
	if *r.Initialized {
		cli.Rows(w, "paired with this computer", yesNo(r.Paired))
	}
	if r.Authenticity != nil {
		cli.Rows(w, "genuine", r.Authenticity.String())
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
