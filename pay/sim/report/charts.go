package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"tapcard.example/pay/sim"
)

// heats are the tables of window by ratio.
func heats(points []*Point) []heat {
	var grid []*Point
	for _, p := range points {
		if p.Group == sim.WindowRatio {
			grid = append(grid, p)
		}
	}
	if len(grid) == 0 {
		return nil
	}
	return []heat{
		table("Best return of an attack by a shop", grid, func(p *Point) cell {
			name, most := p.Worst()
			return cell{percent(most), class(most < 0), name}
		}),
		table("False flips in a merchant-month, upper bound", grid, func(p *Point) cell {
			return cell{fmt.Sprintf("%.1g", p.FlipBound()), class(p.FlipBound() < flipAim), fmt.Sprint(p.Honest.Flipped, " seen")}
		}),
		table("Disputed fraud that came back", grid, func(p *Point) cell {
			return cell{percent(p.Recovered()), class(p.Recovered() >= recoverAim), percent(p.Overall()) + " of all fraud"}
		}),
	}
}

// table puts points with the same window into one row, with a column for each ratio.
func table(title string, grid []*Point, show func(*Point) cell) heat {
	h := heat{Title: title}
	for _, p := range grid {
		q := p.World.Params
		row := fmt.Sprintf("%d days", q.WindowDays)
		if len(h.Rows) == 0 || h.Rows[len(h.Rows)-1].Name != row {
			h.Rows = append(h.Rows, matrixRow{Name: row})
		}
		if len(h.Rows) == 1 {
			h.Heads = append(h.Heads, fmt.Sprintf("%g %%", float64(q.Ratio)/100))
		}
		last := &h.Rows[len(h.Rows)-1]
		last.Cells = append(last.Cells, show(p))
	}
	return h
}

// charts has one for each parameter that was varied alone.
func charts(points []*Point) (all []chart) {
	var groups []string
	by := map[string][]*Point{}
	for _, p := range points {
		switch p.Group {
		case sim.Chosen, sim.Plain, sim.Proposal, sim.WindowRatio:
			continue
		}
		if by[p.Group] == nil {
			groups = append(groups, p.Group)
		}
		by[p.Group] = append(by[p.Group], p)
	}
	for _, g := range groups {
		all = append(all, chart{g, axisChart(by[g])})
	}
	return all
}

// line is one curve; NaN leaves a gap.
type line struct {
	name, class string
	ys          []float64
}

// axisChart shows best return of shops and of buyers, recovery, and marks values whose honest merchants fall too often.
func axisChart(points []*Point) template.HTML {
	labels := make([]string, len(points))
	shops, buyers, back := line{name: "best return, shops", class: "l1"}, line{name: "best return, buyers", class: "l2"},
		line{name: "disputed fraud back", class: "l3"}
	for i, p := range points {
		labels[i] = p.Label
		if p.FlipBound() >= flipAim {
			labels[i] += " ⚑"
		}
		_, s := p.Worst()
		_, b := p.WorstBuyer()
		shops.ys, buyers.ys, back.ys = append(shops.ys, s), append(buyers.ys, b), append(back.ys, p.Recovered())
	}
	return plot(labels, []line{shops, buyers, back})
}

// skimChart shows what skimming earns by the share of sales, for each share of buyers with evidence.
func skimChart(rows []sim.Row) template.HTML {
	var labels []string
	var lines []line
	for _, row := range rows {
		if row.Group != sim.Skimming {
			continue
		}
		if len(lines) == 0 || lines[len(lines)-1].name != row.Strategy {
			lines = append(lines, line{name: row.Strategy, class: fmt.Sprintf("l%d", len(lines)%4+1)})
		}
		if len(lines) == 1 {
			labels = append(labels, row.Label)
		}
		last := &lines[len(lines)-1]
		last.ys = append(last.ys, row.Result.Return())
	}
	if len(lines) == 0 {
		return ""
	}
	return plot(labels, lines)
}

// The geometry of a chart, in units of its view box.
const (
	width, height = 560.0, 240.0
	left, right   = 52.0, 12.0
	top, bottom   = 14.0, 46.0
	low, high     = -1.0, 1.5 // returns beyond are drawn at the edge
)

func yAt(v float64) float64 {
	v = math.Max(low, math.Min(high, v))
	return top + (high-v)/(high-low)*(height-top-bottom)
}

// plot draws lines over labelled places, with the axis of zero.
func plot(labels []string, lines []line) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img">`, width, height)
	for _, v := range []float64{-1, -0.5, 0, 0.5, 1, 1.5} {
		name := "grid"
		if v == 0 {
			name = "zero"
		}
		fmt.Fprintf(&b, `<line class="%s" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`, name, left, width-right, yAt(v), yAt(v))
		fmt.Fprintf(&b, `<text class="tick" x="%g" y="%.1f" text-anchor="end">%.0f %%</text>`, left-6, yAt(v)+4, v*100)
	}
	step := (width - left - right) / float64(max(len(labels), 1))
	x := func(i int) float64 { return left + step*(float64(i)+0.5) }
	for i, l := range labels {
		fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%g" text-anchor="middle">%s</text>`, x(i), height-bottom+16,
			template.HTMLEscapeString(l))
	}
	for k, l := range lines {
		var pts []string
		for i, y := range l.ys {
			pts = append(pts, fmt.Sprintf("%.1f,%.1f", x(i), yAt(y)))
			fmt.Fprintf(&b, `<circle class="%s" cx="%.1f" cy="%.1f" r="3"><title>%s, %s: %s</title></circle>`, l.class, x(i), yAt(y),
				template.HTMLEscapeString(l.name), template.HTMLEscapeString(labels[i]), percent(y))
		}
		fmt.Fprintf(&b, `<polyline class="%s" points="%s"/>`, l.class, strings.Join(pts, " "))
		fmt.Fprintf(&b, `<text class="key %s" x="%.1f" y="%g">%s</text>`, l.class, left+float64(k)*width/4, height-8,
			template.HTMLEscapeString(l.name))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}
