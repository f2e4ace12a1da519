package report_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"tapcard.example/pay/sim"
	"tapcard.example/pay/sim/report"
)

// rows plays everything of every kind that the page shows, as small as it can be.
func rows(t testing.TB) (all []sim.Row) {
	t.Helper()
	s := sim.Scale{Seed: 1, Honest: 1, Attack: 1}
	cases := s.Main()
	for _, c := range s.Grid() {
		if c.Group == sim.WindowRatio || c.Group == "leverage" {
			cases = append(cases, c)
		}
	}
	for i := range cases {
		cases[i].World.Days = 30
	}
	err := sim.Sweep(context.Background(), cases, 2, nil, func(r sim.Row, _ bool) error {
		all = append(all, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestThePageStandsAloneAndIsWellFormed(t *testing.T) {
	var out bytes.Buffer
	if err := report.Write(&out, "tappay sim", rows(t)); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, bad := range []string{"<script", "http", "url(", "ZgotmplZ", "NaN"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, want := range []string{"Are the three aims met?", "10,000 merchant-months", "<svg", "prefers-color-scheme: dark",
		"sybil disputes", "What the ratio cannot see", "Window and ratio", "leverage"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta"}, xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoPageIsMadeWithoutTheChosenPoint(t *testing.T) {
	if err := report.Write(io.Discard, "", nil); err == nil {
		t.Error("no error")
	}
}

// The answers that the page begins with come from rows of [sim.Sweep].
func ExamplePoints() {
	row := sim.Row{Case: sim.Case{Group: sim.Chosen, Strategy: sim.HonestName}, Result: sim.Result{Months: 30_000}}
	thief := sim.Row{Case: sim.Case{Group: sim.Chosen, Strategy: "thief"}, Result: sim.Result{Budget: 100, Profit: -80}}
	p := report.Points([]sim.Row{row, thief})[0]
	name, most := p.Worst()
	fmt.Printf("%s %.1f, flips at most %.0e\n", name, most, p.FlipBound())
	// Output: thief, 0× -0.8, flips at most 1e-04
}
