// Package report makes one page out of the rows of a simulation: are the three aims met, by which attacks not, and how
// the figures move with every parameter. The page has no script and loads nothing; it can be mailed and printed.
package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"

	"tapcard.example/pay/sim"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var page = template.Must(template.New("page").Parse(pageText))

// The aims.
const (
	flipAim    = 1e-4 // false flips in a merchant-month, upper bound of 95 %
	recoverAim = 0.9  // of disputed fraud
)

// Point is everything that was played with one set of parameters.
type Point struct {
	Group, Label string
	Honest       sim.Result
	World        sim.World // the honest one
	attacks      []sim.Row
}

// Points gathers rows that belong together, in the order in which they came.
func Points(rows []sim.Row) (all []*Point) {
	for _, row := range rows {
		if row.Group == sim.Skimming {
			continue
		}
		if row.Strategy == sim.HonestName {
			all = append(all, &Point{Group: row.Group, Label: row.Label, Honest: row.Result, World: row.World})
			continue
		}
		all[len(all)-1].attacks = append(all[len(all)-1].attacks, row)
	}
	return all
}

// FlipBound is the upper bound of false flips in a merchant-month.
func (p *Point) FlipBound() float64 { return sim.UpperBound(p.Honest.Flipped, p.Honest.Months) }

// Worst is the attack by a shop with the highest return: what the vote has to stop.
func (p *Point) Worst() (name string, most float64) { return p.worst(true) }

// WorstBuyer is the same for attacks on honest shops.
func (p *Point) WorstBuyer() (name string, most float64) { return p.worst(false) }

func (p *Point) worst(shops bool) (name string, most float64) {
	most = -1e9
	for _, row := range p.attacks {
		if r := row.Result.Return(); sells(row) == shops && r > most {
			most, name = r, fmt.Sprintf("%s, %g×", row.Strategy, row.World.Attack.Budget)
		}
	}
	return name, most
}

// sells says that the attacker has a shop.
func sells(row sim.Row) bool {
	return row.World.Attack.Kind != sim.Sybil && row.World.Attack.Kind != sim.Flood
}

// Recovered is what part of the disputed fraud came back, over all attacks by shops.
func (p *Point) Recovered() float64 {
	var disputed, back int64
	for _, row := range p.attacks {
		disputed += row.Result.Disputed
		back += row.Result.DisputedBack
	}
	return float64(back) / float64(max(disputed, 1))
}

// Overall is what part of all fraud came back.
func (p *Point) Overall() float64 {
	var all, back int64
	for _, row := range p.attacks {
		all += row.Result.Fraud
		back += row.Result.Back
	}
	return float64(back) / float64(max(all, 1))
}

// Lost is what honest shops lost to false disputes, of their turnover.
func (p *Point) Lost() float64 {
	return float64(p.Honest.HonestLost) / float64(max(p.Honest.Turnover, 1))
}

// Short is what honest shops had to refuse for want of room, of what they were asked.
func (p *Point) Short() float64 {
	return float64(p.Honest.Short) / float64(max(p.Honest.Turnover+p.Honest.Short, 1))
}

// paying are the attacks that earn something.
func (p *Point) paying() (names []string) {
	for _, row := range p.attacks {
		if row.Result.Return() >= 0 && !slices.Contains(names, row.Strategy) {
			names = append(names, row.Strategy)
		}
	}
	return names
}

// below are the attacks of which too little of the disputed money came back.
func (p *Point) below() (names []string) {
	for _, row := range p.attacks {
		if sells(row) && row.Result.Disputed > 0 && row.Result.Recovered() < recoverAim {
			names = append(names, fmt.Sprintf("%s, %g×", row.Strategy, row.World.Attack.Budget))
		}
	}
	return names
}

// Write writes the page. command is what repeats it.
func Write(w io.Writer, command string, rows []sim.Row) error {
	points := Points(rows)
	at := slices.IndexFunc(points, func(p *Point) bool { return p.Group == sim.Chosen })
	if at < 0 {
		return fmt.Errorf("no row of the chosen point")
	}
	return page.Execute(w, view(command, points, points[at], rows))
}
