package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/pay/sim"
	"tapcard.example/pay/sim/report"
)

const simLong = `Plays the payment network with agents and says what rogue merchants, false disputes and hostile challengers gain.

Without --sweep: the chosen parameters, the same without the rules of disputes, and the numbers of the first proposal. With
--sweep also a grid of window and ratio, and every other parameter by itself. The same seed and towns give the same figures on
any number of cores. A folder given with --out gets runs.csv and report.html; a run that was stopped goes on where it was.`

// simFlags are the flags of "sim".
type simFlags struct {
	seed          uint64
	towns, attack int
	cores         int
	sweep, json   bool
	out           string
}

func newSim() *cobra.Command {
	var f simFlags
	c := &cobra.Command{Use: "sim", Short: "Simulate merchants, frauds and disputes", Long: simLong, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr()) }}
	v := c.Flags()
	v.Uint64Var(&f.seed, "seed", 1, "what everything is drawn from")
	v.IntVar(&f.towns, "towns", 120, "honest towns, of 144 merchant-months each; a fifth of them at each point of the sweep")
	v.IntVar(&f.attack, "attacks", 12, "towns for each attack and budget")
	v.IntVar(&f.cores, "cores", runtime.NumCPU(), "how many to use")
	v.BoolVar(&f.sweep, "sweep", false, "vary every parameter")
	v.StringVar(&f.out, "out", "", "write runs.csv and report.html to `DIR`")
	v.BoolVar(&f.json, "json", false, "print JSON")
	return c
}

func (f *simFlags) run(ctx context.Context, out, errOut io.Writer) error {
	if f.towns < 1 || f.attack < 1 {
		return errors.New("--towns and --attacks are at least 1")
	}
	scale := sim.Scale{Seed: f.seed, Honest: f.towns, Attack: f.attack}
	cases := scale.Main()
	if f.sweep {
		cases = append(cases, scale.Grid()...)
	}
	have, add, closeFile, err := f.table()
	if err != nil {
		return errors.Join(err, closeFile())
	}
	var rows []sim.Row
	p := progress{w: errOut, all: len(cases), started: time.Now()}
	err = sim.Sweep(ctx, cases, f.cores, have, func(row sim.Row, fresh bool) error {
		rows = append(rows, row)
		p.step(len(rows))
		if !fresh {
			return nil
		}
		return add(row)
	})
	p.end()
	if err = errors.Join(err, closeFile()); err != nil {
		return err
	}
	if err := f.report(rows); err != nil {
		return err
	}
	return f.print(out, rows)
}

// table opens runs.csv and reads what is in it. Without a folder nothing is written.
func (f *simFlags) table() (have map[string]sim.Result, add func(sim.Row) error, done func() error, err error) {
	done = func() error { return nil }
	if f.out == "" {
		return nil, func(sim.Row) error { return nil }, done, nil
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return nil, nil, done, err
	}
	name := filepath.Join(f.out, "runs.csv")
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, done, err
	}
	t, have, err := sim.OpenTable(file)
	if err != nil {
		return nil, nil, file.Close, fmt.Errorf("%s: %w", name, err)
	}
	return have, t.Add, file.Close, nil
}

func (f *simFlags) report(rows []sim.Row) error {
	if f.out == "" {
		return nil
	}
	file, err := os.Create(filepath.Join(f.out, "report.html"))
	if err != nil {
		return err
	}
	return errors.Join(report.Write(file, f.command(), rows), file.Close())
}

// command is what repeats this run.
func (f *simFlags) command() string {
	sweep := ""
	if f.sweep {
		sweep = " --sweep"
	}
	return fmt.Sprintf("tappay sim --seed %d --towns %d --attacks %d%s --out DIR", f.seed, f.towns, f.attack, sweep)
}

// print says for each point what matters.
func (f *simFlags) print(out io.Writer, rows []sim.Row) error {
	if f.json {
		return json.NewEncoder(out).Encode(simJSON(rows))
	}
	for _, p := range report.Points(rows) {
		shop, most := p.Worst()
		buyer, gain := p.WorstBuyer()
		_, err := fmt.Fprintf(out, "%s %s\n  best attack by a shop %.1f %% (%s), by buyers %.1f %% (%s)\n"+
			"  false flips %d of %d months, at most %.2g; disputed fraud back %.1f %%, all fraud %.1f %%; honest loss %.4f %%\n",
			p.Group, p.Label, 100*most, shop, 100*gain, buyer, p.Honest.Flipped, p.Honest.Months, p.FlipBound(),
			100*p.Recovered(), 100*p.Overall(), 100*p.Lost())
		if err != nil {
			return err
		}
	}
	return nil
}
