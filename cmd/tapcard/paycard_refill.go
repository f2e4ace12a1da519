package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

func newPayRefill(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "refill COUNT",
		Short: "Set how many signatures the card makes until the next refill (\"none\": no limit); it sets and does not add",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			left := uint64(wire.NoCounterLimit)
			if args[0] != noLimit {
				var err error
				if left, err = strconv.ParseUint(args[0], 10, 32); err != nil || left == wire.NoCounterLimit {
					return usageError{fmt.Errorf("%q is no count: 0 to %d, or %q", args[0], uint32(wire.NoCounterLimit-1), noLimit)}
				}
			}
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				if err := s.Refill(c.Context(), uint32(left)); err != nil {
					return err
				}
				return a.print(done{"signatures left: " + payCountText(payCount(uint32(left)))})
			})
		},
	}
}

func newPaySwitch(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:       "switch on|off",
		Short:     "Switch payments on or off",
		ValidArgs: []string{"on", "off"},
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				if err := s.Switch(c.Context(), args[0] == "on"); err != nil {
					return err
				}
				return a.print(done{"payments are switched " + args[0]})
			})
		},
	}
}
