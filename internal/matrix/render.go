package matrix

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Marks around the part of a document that Render replaces.
const (
	begin = "<!-- support matrix: written by tests, do not edit -->"
	end   = "<!-- end of support matrix -->"
)

// mark is the content of a cell that a test has shown.
const mark = "✓"

// Read collects the cells in a folder, as table, row and column. One without a row says that the column is absent.
func Read(dir string) ([][3]string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "cells.tsv"))
	if err != nil {
		return nil, err
	}
	var cells [][3]string
	for line := range strings.Lines(string(raw)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(parts) != 3 {
			return nil, fmt.Errorf("not a cell: %q", line)
		}
		cells = append(cells, [3]string(parts))
	}
	slices.SortFunc(cells, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(cells), nil
}

// Insert puts the tables of cells between the marks of a document. Of absent columns it keeps the cells there are.
func Insert(document string, cells [][3]string) (string, error) {
	before, rest, ok := strings.Cut(document, begin)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", fmt.Errorf("the document has no marks %q and %q", begin, end)
	}
	return before + begin + "\n" + tables(keepAbsent(cells, old)) + end + after, nil
}

// keepAbsent replaces the cells that say that a column is absent by the cells of that column in the old tables.
func keepAbsent(cells [][3]string, old string) [][3]string {
	known := parse(old)
	var kept [][3]string
	for _, c := range cells {
		if c[1] != "" {
			kept = append(kept, c)
			continue
		}
		for _, k := range known {
			if k[0] == c[0] && k[2] == c[2] {
				kept = append(kept, k)
			}
		}
	}
	slices.SortFunc(kept, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	return kept
}

// parse reads what tables has written.
func parse(text string) (cells [][3]string) {
	var head []string
	for line := range strings.Lines(text) {
		parts := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		switch {
		case len(parts) < 2:
			head = nil
		case head == nil:
			head = parts
		default:
			for i := range min(len(parts), len(head)) {
				if parts[i] == mark {
					cells = append(cells, [3]string{head[0], parts[0], head[i]})
				}
			}
		}
	}
	return cells
}

func tables(cells [][3]string) string {
	var b strings.Builder
	for _, table := range column(cells, 0) {
		var mine [][3]string
		for _, c := range cells {
			if c[0] == table {
				mine = append(mine, c)
			}
		}
		writeTable(&b, table, mine)
	}
	b.WriteByte('\n')
	return b.String()
}

func writeTable(b *strings.Builder, title string, cells [][3]string) {
	columns := column(cells, 2)
	fmt.Fprintf(b, "\n| %s | %s |\n|---|%s\n", title, strings.Join(columns, " | "), strings.Repeat(":-:|", len(columns)))
	for _, row := range column(cells, 1) {
		fmt.Fprintf(b, "| %s |", row)
		for _, col := range columns {
			cell := " "
			if slices.Contains(cells, [3]string{title, row, col}) {
				cell = mark
			}
			fmt.Fprintf(b, " %s |", cell)
		}
		b.WriteByte('\n')
	}
}

// column lists the different values of one part of the cells, sorted.
func column(cells [][3]string, i int) []string {
	var all []string
	for _, c := range cells {
		all = append(all, c[i])
	}
	slices.Sort(all)
	return slices.Compact(all)
}
