// Package cli is what our command-line programs share: how they print, as text or as JSON, how they say what went wrong
// and what to do about it, and how they wait for a card. A program's own commands and exit codes are its own.
package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Result is what a command prints: itself as JSON, or its text.
type Result interface{ Text(w io.Writer) }

// Output is where a program prints.
type Output struct {
	Out, Err io.Writer
	JSON     bool // results as one JSON object each
}

// Print writes a result to standard output. Text is laid out in columns at its tabs.
func (o Output) Print(r Result) error {
	if o.JSON {
		return json.NewEncoder(o.Out).Encode(r)
	}
	w := tabwriter.NewWriter(o.Out, 0, 0, 2, ' ', 0)
	r.Text(w)
	return w.Flush()
}

// Say tells the person what is going on; it never reaches standard output.
func (o Output) Say(format string, args ...any) { fmt.Fprintf(o.Err, format+"\n", args...) }

// Rows prints label and value in two columns, leaving out empty values.
func Rows(w io.Writer, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", pairs[i], pairs[i+1])
		}
	}
}

// Done is the result of a command that only does something.
type Done struct {
	Done string `json:"done"`
}

// Text is what was done.
func (d Done) Text(w io.Writer) { fmt.Fprintln(w, d.Done) }

// Printable replaces what a terminal might obey: text that comes from a card, a node or a file is not trusted.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || (r >= 0x7F && r < 0xA0) || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) {
			return '?'
		}
		return r
	}, s)
}
