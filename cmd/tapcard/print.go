package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// result is what a command prints: itself as JSON, or its text.
type result interface{ text(w io.Writer) }

// print writes a result to standard output, as text or as one JSON object.
func (a *app) print(r result) error {
	if a.json {
		return json.NewEncoder(a.out).Encode(r)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	r.text(w)
	return w.Flush()
}

// say tells the person what is going on; it never reaches standard output.
func (a *app) say(format string, args ...any) { fmt.Fprintf(a.errOut, format+"\n", args...) }

// rows prints label and value in two columns, leaving out empty values.
func rows(w io.Writer, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", pairs[i], pairs[i+1])
		}
	}
}

// done is the result of a command that only does something.
type done struct {
	Done string `json:"done"`
}

func (d done) text(w io.Writer) { fmt.Fprintln(w, d.Done) }

// printable replaces what a terminal might obey: text that comes from a card or a file is not trusted.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || (r >= 0x7F && r < 0xA0) || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) {
			return '?'
		}
		return r
	}, s)
}

// errorText is the message of an error that may be nil.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
