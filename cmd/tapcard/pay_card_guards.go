package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tapcard.example/internal/cli"
	"tapcard.example/paycard"
	paywire "tapcard.example/paycard/wire"
)

const payGuardsLong = `Guards hold for the whole card. A guard that cannot decide refuses the payment.

What is not named keeps its value. Loosening a guard is asked about: it can cost money.`

func newPayGuards(a *app, f *payFlags) *cobra.Command {
	c := &cobra.Command{Use: "guards", Short: "Show or set what the card refuses to sign", Long: payGuardsLong}
	c.AddCommand(&cobra.Command{
		Use:   "show",
		Short: "Show the guards",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				st, err := s.Status(c.Context())
				if err != nil {
					return err
				}
				return a.Print(newPayGuardsResult(st.Guards))
			})
		},
	}, newPayGuardsSet(a, f))
	return c
}

// guardFlags are the flags of "guards set".
type guardFlags struct {
	once, approval, wantTime, display, finger, blind bool
	hourly, currency                                 string
	gap, window                                      time.Duration
}

func newPayGuardsSet(a *app, f *payFlags) *cobra.Command {
	var g guardFlags
	c := &cobra.Command{
		Use:     "set",
		Short:   "Change guards",
		Long:    payGuardsLong,
		Example: "  tapcard pay-card guards set --hourly 4 --gap 2m --display=false",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				st, err := s.Status(c.Context())
				if err != nil {
					return err
				}
				next, err := g.apply(st.Guards, c.Flags())
				if err != nil {
					return err
				}
				for _, question := range looser(st.Guards, next) {
					if err := a.confirm(c.Context(), question); err != nil {
						return err
					}
				}
				if err := s.SetGuards(c.Context(), next); err != nil {
					return err
				}
				return a.Print(newPayGuardsResult(next))
			})
		},
	}
	v := c.Flags()
	v.BoolVar(&g.once, "once-per-tap", true, "one signature per power-up")
	v.BoolVar(&g.approval, "approval", true, "the approval service signs, unless the offline allowance covers the payment")
	v.BoolVar(&g.wantTime, "time", false, "a time authority signs, with the same exception")
	v.BoolVar(&g.display, "display", false, "shown on the card and confirmed there")
	v.BoolVar(&g.finger, "finger", false, "the owner's finger on the card")
	v.BoolVar(&g.blind, "blind", false, "sign bare hashes too, with a key of its own")
	v.StringVar(&g.hourly, "hourly", noLimit, "signatures in an hour, 0 to 32, or none")
	v.DurationVar(&g.gap, "gap", time.Minute, "time between two signatures")
	v.DurationVar(&g.window, "window", 24*time.Hour, "how far the limits on spending look back, 24s to 744h")
	v.StringVar(&g.currency, "currency", noLimit, "spending within the window, in the currency of the approver's rates, or none")
	return c
}

// apply changes the guards that were named.
func (g guardFlags) apply(now paywire.Guards, named *pflag.FlagSet) (paywire.Guards, error) {
	for _, b := range []struct {
		name string
		on   bool
		flag byte
	}{{"once-per-tap", g.once, paywire.OncePerPower}, {"approval", g.approval, paywire.WantApproval}, {"time", g.wantTime, paywire.WantTime},
		{"display", g.display, paywire.WantDisplay}, {"finger", g.finger, paywire.WantFinger}, {"blind", g.blind, paywire.BlindSigning}} {
		switch {
		case named.Changed(b.name) && b.on:
			now.Flags |= b.flag
		case named.Changed(b.name):
			now.Flags &^= b.flag
		}
	}
	if named.Changed("hourly") {
		n, err := parseCount("--hourly", g.hourly, paywire.MaxHourly, paywire.NoHourlyLimit)
		if err != nil {
			return now, err
		}
		now.Hourly = byte(n)
	}
	if named.Changed("gap") {
		n, err := parseSeconds("gap", g.gap, 0xFFFF)
		if err != nil {
			return now, err
		}
		now.Gap = uint16(n)
	}
	if named.Changed("window") {
		n, err := parseSeconds("window", g.window, paywire.MaxWindow)
		if err != nil || n < paywire.MinWindow {
			return now, cli.UsageError{Err: fmt.Errorf("--window: whole seconds, from 24s to 744h")}
		}
		now.Window = uint32(n)
	}
	var err error
	if named.Changed("currency") {
		now.Currency, err = parseAmount("currency", g.currency)
	}
	return now, err
}

// looser are questions about what the card would sign that it does not sign now.
func looser(now, next paywire.Guards) (questions []string) {
	for _, f := range []struct {
		flag byte
		text string
	}{{paywire.OncePerPower, "one tap could sign several payments"}, {paywire.WantApproval, "payments would need nobody's approval"},
		{paywire.WantTime, "the card would not know when it pays"}, {paywire.WantDisplay, "payments would not be shown on the card"},
		{paywire.WantFinger, "payments would need no finger"}} {
		if now.Has(f.flag) && !next.Has(f.flag) {
			questions = append(questions, f.text+". Do that?")
		}
	}
	if next.Has(paywire.BlindSigning) && !now.Has(paywire.BlindSigning) {
		questions = append(questions, "the card would sign hashes whose meaning it cannot know. Do that?")
	}
	if next.Hourly > now.Hourly || next.Gap < now.Gap || next.Window < now.Window || next.Currency > now.Currency {
		questions = append(questions, "more could be spent in less time. Do that?")
	}
	return questions
}

// payGuards is the result of "guards show" and "guards set".
type payGuards struct {
	Once     bool   `json:"once_per_tap"`
	Approval bool   `json:"approval"`
	Time     bool   `json:"time"`
	Display  bool   `json:"display"`
	Finger   bool   `json:"finger"`
	Blind    bool   `json:"blind"`
	Hourly   string `json:"hourly"`
	Gap      uint16 `json:"gap_seconds"`
	Window   uint32 `json:"window_seconds"`
	Currency string `json:"currency"`
}

func newPayGuardsResult(g paywire.Guards) payGuards {
	return payGuards{g.Has(paywire.OncePerPower), g.Has(paywire.WantApproval), g.Has(paywire.WantTime), g.Has(paywire.WantDisplay),
		g.Has(paywire.WantFinger), g.Has(paywire.BlindSigning), countText(uint64(g.Hourly), paywire.NoHourlyLimit), g.Gap, g.Window,
		amountText(g.Currency)}
}

// Text prints it for people.
func (g payGuards) Text(w io.Writer) {
	cli.Rows(w, "one signature per tap", yesNo(g.Once), "approval wanted", yesNo(g.Approval), "signed time wanted", yesNo(g.Time),
		"shown on the card", yesNo(g.Display), "finger wanted", yesNo(g.Finger), "blind signatures", yesNo(g.Blind),
		"signatures per hour", g.Hourly, "between two", (time.Duration(g.Gap) * time.Second).String(),
		"window", (time.Duration(g.Window) * time.Second).String(), "spending in the window", g.Currency)
}
