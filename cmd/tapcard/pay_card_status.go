package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/paycard"
	paywire "tapcard.example/paycard/wire"
)

func newPayStatus(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how the card is set and what is left",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				r, err := readPayStatus(c.Context(), s)
				if err != nil {
					return err
				}
				return a.Print(r)
			})
		},
	}
}

// payStatus is the result of "pay-card status".
type payStatus struct {
	Address   string       `json:"address"`
	On        bool         `json:"on"`
	Left      string       `json:"signatures_left"`
	Counter   uint32       `json:"counter"`
	LastTime  uint32       `json:"last_time"`
	ThisHour  byte         `json:"signatures_this_hour"`
	Spent     string       `json:"currency_spent"`
	Blind     string       `json:"blind_address"`
	Guards    payGuards    `json:"guards"`
	Profiles  []payProfile `json:"profiles"`
	Approvers payApprovers `json:"approvers"`
	FreeSlots int          `json:"free_slots"`
}

// readPayStatus reads everything that the owner may know.
func readPayStatus(ctx context.Context, s *paycard.Session) (payStatus, error) {
	i := s.Card().Info()
	st, err := s.Status(ctx)
	if err != nil {
		return payStatus{}, err
	}
	r := payStatus{Address: i.Address.String(), On: st.On, Left: countText(uint64(st.Left), paywire.NoCounterLimit), Counter: st.Counter,
		LastTime: st.LastTime, ThisHour: st.Hour, Spent: amountText(st.Spent), Blind: st.Blind.String(), Guards: newPayGuardsResult(st.Guards),
		Profiles: []payProfile{}, FreeSlots: i.FreeSlots}
	for n := range byte(paywire.Profiles) {
		p, err := s.Profile(ctx, n)
		if errors.Is(err, card.ErrNotFound) {
			continue
		}
		if err != nil {
			return payStatus{}, err
		}
		r.Profiles = append(r.Profiles, newPayProfileResult(n, p))
	}
	r.Approvers, err = readPayApprovers(ctx, s)
	return r, err
}

// Text prints it for people.
func (r payStatus) Text(w io.Writer) {
	cli.Rows(w, "address", r.Address, "payments are", onOff(r.On), "signatures left", r.Left, "last counter", fmt.Sprint(r.Counter),
		"last time", timeText(r.LastTime), "signatures this hour", fmt.Sprint(r.ThisHour), "spent in the window", r.Spent)
	if r.Guards.Blind {
		cli.Rows(w, "blind signatures by", r.Blind)
	}
	r.Guards.Text(w)
	r.Approvers.Text(w)
	for _, p := range r.Profiles {
		p.Text(w)
	}
	if len(r.Profiles) == 0 {
		fmt.Fprintln(w, `the card has no purse yet: "tapcard pay-card profile set 0"`)
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func newPaySwitch(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:       "switch on|off",
		Short:     "Switch payments on or off",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"on", "off"},
		RunE: func(c *cobra.Command, args []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				if err := s.Switch(c.Context(), args[0] == "on"); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "payments are " + args[0]})
			})
		},
	}
}

func newPayRefill(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "refill N|none",
		Short: "Set how many more signatures the card makes",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			left, err := parseCount("refill", args[0], paywire.NoCounterLimit-1, paywire.NoCounterLimit)
			if err != nil {
				return err
			}
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				if err := s.Refill(c.Context(), uint32(left)); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "signatures left: " + args[0]})
			})
		},
	}
}
