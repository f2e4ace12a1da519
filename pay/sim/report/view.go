package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"tapcard.example/pay/sim"
)

// What the template shows.
type (
	viewed struct {
		Style    template.CSS
		Command  string
		Aims     []aim
		Sums     []sumRow
		Budgets  []float64
		Matrix   []matrixRow
		Skim     template.HTML
		Heat     []heat
		Charts   []chart
		Params   []pair
		Assume   []pair
		Payments string
	}
	aim struct {
		Met         bool
		Title, Text string
	}
	pair      struct{ Name, Value string }
	sumRow    struct{ Name, Worst, Buyer, Flips, Recovered, Overall, Lost, Short string }
	cell      struct{ Text, Class, Title string }
	matrixRow struct {
		Name  string
		Cells []cell
	}
	heat struct {
		Title string
		Heads []string
		Rows  []matrixRow
	}
	chart struct {
		Title string
		SVG   template.HTML
	}
)

func view(command string, points []*Point, chosen *Point, rows []sim.Row) viewed {
	v := viewed{Style: template.CSS(pageStyle), Command: command, Aims: chosen.aims(rows), Budgets: sim.Budgets,
		Matrix: matrix(chosen), Skim: skimChart(rows), Params: params(chosen), Assume: assumptions(chosen)}
	var n uint64
	for _, row := range rows {
		n += row.Result.Samples
	}
	v.Payments = fmt.Sprintf("%.1f million", float64(n)/1e6)
	for _, p := range points {
		if p.Group == sim.Chosen || p.Group == sim.Plain || p.Group == sim.Proposal {
			v.Sums = append(v.Sums, sum(p))
		}
	}
	v.Heat = heats(points)
	v.Charts = charts(points)
	return v
}

// aims answers the three questions.
func (p *Point) aims(rows []sim.Row) []aim {
	paying, below := p.paying(), p.below()
	skim := skimmers(rows)
	one := aim{len(paying) == 0 && skim == "", "Every attack loses money, with budgets up to ten times the least stake",
		"All do."}
	if !one.Met {
		name, most := p.Worst()
		one.Text = fmt.Sprintf("Attacks by shops: the best return is %s (%s).", percent(most), name)
		if len(paying) > 0 {
			one.Text += " These pay: " + strings.Join(paying, ", ") + "."
		}
		one.Text += skim
	}
	bound := p.FlipBound()
	two := aim{bound < flipAim, "Honest merchants fall less than once in 10,000 merchant-months",
		fmt.Sprintf("%d of %d merchant-months; the 95 %% upper bound (Clopper–Pearson, one-sided) is %.2g.",
			p.Honest.Flipped, p.Honest.Months, bound)}
	three := aim{p.Recovered() >= recoverAim, "At least 90 % of disputed fraud comes back", fmt.Sprintf(
		"%s of it does, over all attacks together.", percent(p.Recovered()))}
	if len(below) > 0 {
		three.Text += " Below 90 % alone: " + strings.Join(below, "; ") + "."
	}
	return []aim{one, two, three}
}

// skimmers says up to which share of sales cheating pays when nobody has evidence.
func skimmers(rows []sim.Row) string {
	last := ""
	for _, row := range rows {
		if row.Group == sim.Skimming && row.World.Evidence == 0 && row.Result.Return() >= 0 {
			last = row.Label
		}
	}
	if last == "" {
		return ""
	}
	return " Skimming below the ratio pays, without evidence up to " + last + " of sales."
}

func sum(p *Point) sumRow {
	name := p.Group
	if p.Label != "" {
		name += ": " + p.Label
	}
	shop, most := p.Worst()
	buyer, gain := p.WorstBuyer()
	return sumRow{name, percent(most) + " " + shop, percent(gain) + " " + buyer, fmt.Sprintf("%.2g", p.FlipBound()),
		percent(p.Recovered()), percent(p.Overall()), fmt.Sprintf("%.3f %%", 100*p.Lost()), percent(p.Short())}
}

func matrix(p *Point) (all []matrixRow) {
	for _, row := range p.attacks {
		if len(all) == 0 || all[len(all)-1].Name != row.Strategy {
			all = append(all, matrixRow{Name: row.Strategy})
		}
		r := &row.Result
		c := cell{Text: percent(r.Return()), Class: class(r.Return() < 0)}
		if r.Disputed > 0 {
			c.Title = fmt.Sprintf("%s of disputed back, %s of all", percent(r.Recovered()), percent(r.RecoveredOverall()))
		}
		last := &all[len(all)-1]
		last.Cells = append(last.Cells, c)
	}
	return all
}

func class(good bool) string {
	if good {
		return "good"
	}
	return "bad"
}

func percent(v float64) string {
	if math.Abs(v) >= 9.995 {
		return fmt.Sprintf("%+.0f×", v)
	}
	return fmt.Sprintf("%.0f %%", 100*v)
}

func params(p *Point) []pair {
	q := p.World.Params
	dollars := func(v uint64) string { return fmt.Sprintf("$%g", float64(v)/sim.Dollar) }
	return []pair{{"window", fmt.Sprintf("%d days", q.WindowDays)}, {"decision after", fmt.Sprintf("%d days", q.DecisionDays)},
		{"appeal within", fmt.Sprintf("%d days", q.AppealDays)}, {"ratio", fmt.Sprintf("%g %%", float64(q.Ratio)/100)},
		{"minimum of cases", fmt.Sprint(q.MinimumCases)}, {"of cards", fmt.Sprint(q.MinimumCards)},
		{"case stake", dollars(q.CaseStake)}, {"least stake", dollars(q.LeastStake)}, {"payer cap", dollars(q.PayerCap)},
		{"multiple", fmt.Sprint(q.Multiple)}, {"leverage", fmt.Sprintf("%g", float64(q.MaxLeverage)/16)},
		{"half-life", fmt.Sprintf("%.3g days", float64(1<<32)/float64(q.Slope))}, {"fee", fmt.Sprintf("%g %%", float64(q.FeeBps)/100)},
		{"slash", fmt.Sprintf("%g %%", float64(q.SlashBps)/100)}, {"penalty", fmt.Sprintf("%g %%", float64(q.PenaltyBps)/100)},
		{"rules of disputes", onOff(q.OwnersCount && q.FadedRelease && q.Conviction && q.StakeVouches && q.GrowWhileGood)}}
}

func assumptions(p *Point) []pair {
	w := p.World
	return []pair{{"victims who notice", percent(w.Notice)}, {"of those who dispute", percent(w.Dispute)},
		{"honest payments disputed", fmt.Sprintf("%g %%", 100*w.Friendly)}, {"signed offers that differ", percent(w.Evidence)},
		{"challengers", onOff(w.Challenger)}, {"wrong decisions undone by appeal", percent(w.Overturned)}}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
