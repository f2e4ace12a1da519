package main

import (
	"fmt"
	"io"
	"time"

	"tapcard.example/pay/sim"
)

// simRow is a row as JSON.
type simRow struct {
	Group     string     `json:"group"`
	Label     string     `json:"label"`
	Strategy  string     `json:"strategy"`
	World     sim.World  `json:"world"`
	Return    float64    `json:"return"`
	Recovered float64    `json:"recovered"`
	Overall   float64    `json:"recovered_overall"`
	FlipBound float64    `json:"flip_bound"`
	Result    sim.Result `json:"result"`
}

// simResult is what "sim --json" prints.
type simResult struct {
	Rows []simRow `json:"rows"`
}

func simJSON(rows []sim.Row) (out simResult) {
	for _, r := range rows {
		x := &r.Result
		out.Rows = append(out.Rows, simRow{r.Group, r.Label, r.Strategy, r.World, x.Return(), x.Recovered(), x.RecoveredOverall(),
			sim.UpperBound(x.Flipped, x.Months), r.Result})
	}
	return out
}

// progress is a line on standard error, from the second second on.
type progress struct {
	w       io.Writer
	all     int
	started time.Time
	shown   time.Time
}

func (p *progress) step(n int) {
	now := time.Now()
	if now.Sub(p.started) < time.Second || now.Sub(p.shown) < 200*time.Millisecond {
		return
	}
	p.shown = now
	left := time.Duration(float64(now.Sub(p.started)) / float64(n) * float64(p.all-n)).Round(time.Second)
	fmt.Fprintf(p.w, "\r%d of %d runs, about %v left   ", n, p.all, left)
}

func (p *progress) end() {
	if !p.shown.IsZero() {
		fmt.Fprintln(p.w)
	}
}
