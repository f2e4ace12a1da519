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

// Read collects the cells in a folder, as table, row and column.
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

// Insert puts the tables of cells between the marks of a document.
func Insert(document string, cells [][3]string) (string, error) {
	before, rest, ok := strings.Cut(document, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", fmt.Errorf("the document has no marks %q and %q", begin, end)
	}
	return before + begin + "\n" + tables(cells) + end + after, nil
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
	return b.String()
}

func writeTable(b *strings.Builder, title string, cells [][3]string) {
	columns := column(cells, 2)
	fmt.Fprintf(b, "\n| %s | %s |\n|---|%s\n", title, strings.Join(columns, " | "), strings.Repeat(":-:|", len(columns)))
	for _, row := range column(cells, 1) {
		fmt.Fprintf(b, "| %s |", row)
		for _, col := range columns {
			mark := " "
			if slices.Contains(cells, [3]string{title, row, col}) {
				mark = "✓"
			}
			fmt.Fprintf(b, " %s |", mark)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
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
