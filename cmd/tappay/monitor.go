package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
)

// monitorFlags are the flags of "monitor".
type monitorFlags struct {
	stateFlags
	keyFile, ether  string
	every           time.Duration
	cases           int
	challenge, once bool
}

const monitorLong = `Follows a vault's events, rebuilds every merchant's days, and says which merchants look like cheats and why.

With --challenge it also disputes payments of merchants against whom buyers complain enough, where winning is likely and the
reward, a tenth of the payment, is worth stake and gas. It then has the cases decided and settled, and collects. A lost case
costs its stake. Without --challenge nothing is sent.

What is known and what was filed is kept in --state; an interrupted monitor goes on there. Blocks are read from --from, which
has to be before the vault's first payment. A pull under a mandate is checked against the state of its block, which most nodes
keep for some minutes only: keep the monitor running, or let it read an archive.

  tappay monitor --rpc URL --vault 0x... --from 21000000
  tappay monitor --key-file hunter.key --challenge --ether-price 3000
  tappay monitor evidence two-offers.json --key-file hunter.key --challenge`

func newMonitor(a *app) *cobra.Command {
	f := &monitorFlags{}
	c := &cobra.Command{Use: "monitor", Short: "Watch merchants, and challenge those that cheat", Long: monitorLong,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
			return a.monitored(c.Context(), f, func(m *monitor.Monitor, k *vault.Key) error { return a.watch(c.Context(), f, m, k) })
		}}
	p := c.PersistentFlags()
	p.StringVar(&f.keyFile, "key-file", "", "key `FILE` of the account that pays stake and gas, and gets the reward")
	p.BoolVar(&f.challenge, "challenge", false, "file challenges; without it nothing is sent")
	f.stateFlags.add(p)
	c.Flags().BoolVar(&f.once, "once", false, "look once and end")
	c.Flags().DurationVar(&f.every, "every", 4*time.Second, "look again after `TIME`")
	c.Flags().StringVar(&f.ether, "ether-price", "5000", "`TOKENS` that one ether costs, to count gas")
	c.Flags().IntVar(&f.cases, "cases", monitor.DefaultTerms.Cases, "how many cases may be open at once against one merchant")
	c.AddCommand(newMonitorEvidence(a, f))
	return c
}

func newMonitorEvidence(a *app, f *monitorFlags) *cobra.Command {
	return &cobra.Command{Use: "evidence FILE", Short: "Convict a merchant of two offers with one id, or of a wrong receipt",
		Args: cobra.ExactArgs(1),
		Long: `Reads evidence that an owner gives as JSON: merchant, terminal, certificate, and offers (two of them: id, amount, items,
time, expiry, signature) or receipt (card, counter, amount, signature). It is proven to the vault without a vote, for a tenth of
what is slashed. Without --challenge it is only checked.`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.monitored(c.Context(), f, func(m *monitor.Monitor, k *vault.Key) error {
				text, err := os.ReadFile(args[0])
				if err != nil {
					return err
				}
				e, err := monitor.ParseEvidence(text)
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				if _, err := m.Round(c.Context(), nil); err != nil {
					return err
				}
				found, err := m.Convict(c.Context(), k, e)
				if err != nil {
					return err
				}
				return a.Print(finding{found})
			})
		}}
}

// monitored opens the vault, its state file, and the key if there is one.
func (a *app) monitored(ctx context.Context, f *monitorFlags, do func(*monitor.Monitor, *vault.Key) error) error {
	if f.challenge != (f.keyFile != "") {
		return cli.Usage("--challenge and --key-file belong together")
	}
	m, _, err := a.openMonitor(ctx, f.stateFlags)
	if err != nil {
		return err
	}
	var k *vault.Key
	if f.challenge {
		if k, err = a.readKey("key-file", f.keyFile); err != nil {
			return err
		}
		defer k.Destroy()
	}
	return do(m, k)
}

// watch looks again and again until it is interrupted. A node that fails is asked again.
func (a *app) watch(ctx context.Context, f *monitorFlags, m *monitor.Monitor, k *vault.Key) error {
	var err error
	if m.Terms.Ether, err = amount("ether-price", f.ether); err != nil {
		return err
	}
	if f.cases < 1 || f.every <= 0 {
		return cli.Usage("--cases and --every are above zero")
	}
	m.Terms.Cases = f.cases
	for {
		found, err := m.Round(ctx, k)
		for _, one := range found {
			if err := a.Print(finding{one}); err != nil {
				return err
			}
		}
		if f.once || ctx.Err() != nil {
			return err
		}
		if err != nil {
			a.Say("%s", cli.Printable(err.Error()))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(f.every):
		}
	}
}

// finding is a line of "monitor".
type finding struct{ monitor.Finding }

// Text prints it.
func (f finding) Text(w io.Writer) { fmt.Fprintln(w, f.String()) }
