package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

func newPayGuards(a *app, p *payFlags) *cobra.Command {
	c := &cobra.Command{Use: "guards", Short: "Show and set the guards of the whole card"}
	c.AddCommand(newPayGuardsShow(a, p), newPayGuardsSet(a, p))
	return c
}

func newPayGuardsShow(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show the guards",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				st, err := s.Status(c.Context())
				if err != nil {
					return err
				}
				return a.print(newPayGuardsResult(st.Guards))
			})
		},
	}
}

// guardSwitches are the flags of "guards set" that are on or off.
var guardSwitches = []struct {
	name string
	flag byte
	help string
}{
	{"once-per-power", wire.OncePerPower, "one signature per power-up"},
	{"approval", wire.WantApproval, "the approval service signs every payment, or the offline allowance covers it"},
	{"time", wire.WantTime, "a time authority signs the time of every payment, with the same exception"},
	{"display", wire.WantDisplay, "payments are confirmed on the card's display"},
	{"finger", wire.WantFinger, "the owner's finger is on the card"},
	{"blind", wire.BlindSigning, "the card signs hashes that it cannot read, too"},
}

const payGuardsLong = `Set guards of the whole card. What is not named stays as it is.

  tapcard pay-card guards set --gap 2m --hourly 6 --window 24h --currency 300
  tapcard pay-card guards set --blind=false`

func newPayGuardsSet(a *app, p *payFlags) *cobra.Command {
	var hourly string
	var gap, window time.Duration
	var currency payAmount
	c := &cobra.Command{Use: "set", Short: "Set guards; what is not named stays as it is", Long: payGuardsLong, Args: cobra.NoArgs}
	f := c.Flags()
	for _, s := range guardSwitches {
		f.Bool(s.name, false, s.help)
	}
	f.StringVar(&hourly, "hourly", "", "signatures in an hour at most: 0 to 32, or none")
	f.DurationVar(&gap, "gap", 0, "time between two signatures at least, up to 65535s")
	f.DurationVar(&window, "window", 0, "how far back velocities look: 24s to 744h")
	f.Var(&currency, "currency", "in the owner's currency, within the window, at most; or none")
	c.RunE = func(c *cobra.Command, _ []string) error {
		change := func(g *wire.Guards) error {
			for _, s := range guardSwitches {
				if on, _ := f.GetBool(s.name); f.Changed(s.name) {
					g.Flags &^= s.flag
					if on {
						g.Flags |= s.flag
					}
				}
			}
			if f.Changed("currency") {
				g.Currency = uint64(currency)
			}
			return changeTimes(g, hourly, f.Changed("gap"), gap, f.Changed("window"), window)
		}
		if err := change(&wire.Guards{}); err != nil { // before anybody enters a PIN
			return err
		}
		return a.withPay(c.Context(), p, func(s *paycard.Session) error { return a.setPayGuards(c, s, change) })
	}
	return c
}

// changeTimes changes what counts in time.
func changeTimes(g *wire.Guards, hourly string, setGap bool, gap time.Duration, setWindow bool, window time.Duration) error {
	if hourly == noLimit {
		g.Hourly = wire.NoHourlyLimit
	} else if hourly != "" {
		n, err := strconv.ParseUint(hourly, 10, 8)
		if err != nil || n > wire.MaxHourly {
			return usageError{fmt.Errorf("--hourly is 0 to %d, or %s", wire.MaxHourly, noLimit)}
		}
		g.Hourly = byte(n)
	}
	if setGap {
		if gap < 0 || gap/time.Second > 0xFFFF || gap%time.Second != 0 {
			return usageError{fmt.Errorf("--gap is whole seconds, up to 65535s")}
		}
		g.Gap = uint16(gap / time.Second)
	}
	if setWindow {
		if window < wire.MinWindow*time.Second || window > wire.MaxWindow*time.Second || window%time.Second != 0 {
			return usageError{fmt.Errorf("--window is whole seconds, 24s to 744h")}
		}
		g.Window = uint32(window / time.Second)
	}
	return nil
}

func (a *app) setPayGuards(c *cobra.Command, s *paycard.Session, change func(*wire.Guards) error) error {
	st, err := s.Status(c.Context())
	if err != nil {
		return err
	}
	if err := change(&st.Guards); err != nil {
		return err
	}
	if err := s.SetGuards(c.Context(), st.Guards); err != nil {
		return err
	}
	if st.Guards.Has(wire.WantApproval) && s.Card().Info().URL == "" {
		a.say(`no approval service is set: payments beyond the offline allowance are refused ("tapcard pay-card approvers set")`)
	}
	return a.print(newPayGuardsResult(st.Guards))
}

// payGuards is the result of "guards show" and "guards set".
type payGuards struct {
	OncePerPower bool      `json:"once_per_power"`
	Approval     bool      `json:"approval"`
	Time         bool      `json:"time"`
	Display      bool      `json:"display"`
	Finger       bool      `json:"finger"`
	Blind        bool      `json:"blind"`
	Hourly       *uint32   `json:"hourly"` // null: no limit
	Gap          uint16    `json:"gap_seconds"`
	Window       uint32    `json:"window_seconds"`
	Currency     payAmount `json:"currency"`
}

func newPayGuardsResult(g wire.Guards) payGuards {
	r := payGuards{OncePerPower: g.Has(wire.OncePerPower), Approval: g.Has(wire.WantApproval), Time: g.Has(wire.WantTime),
		Display: g.Has(wire.WantDisplay), Finger: g.Has(wire.WantFinger), Blind: g.Has(wire.BlindSigning), Gap: g.Gap,
		Window: g.Window, Currency: payAmount(g.Currency)}
	if g.Hourly != wire.NoHourlyLimit {
		n := uint32(g.Hourly)
		r.Hourly = &n
	}
	return r
}

func (r payGuards) text(w io.Writer) {
	rows(w, "one signature per power-up", yesNo(r.OncePerPower), "approval wanted", yesNo(r.Approval), "time authority wanted", yesNo(r.Time),
		"display", yesNo(r.Display), "finger", yesNo(r.Finger), "blind signing", yesNo(r.Blind), "signatures an hour", payCountText(r.Hourly),
		"gap", (time.Duration(r.Gap) * time.Second).String(), "window", (time.Duration(r.Window) * time.Second).String(),
		"currency in the window", r.Currency.String())
}
