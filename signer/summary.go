package signer

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Summary is what the user is asked to approve: everything that the digest stands for, in words. It marshals to JSON.
type Summary struct {
	Title    string   `json:"title"`              // "Ethereum transaction"
	Lines    []Line   `json:"lines"`              // in the order in which they should be read
	Warnings []string `json:"warnings,omitempty"` // what an attacker would hope the user overlooks
}

// Line is one fact of a summary.
type Line struct {
	Label   string `json:"label"`             // "To"
	Value   string `json:"value"`             // "0x7099…"
	Warning bool   `json:"warning,omitempty"` // this line is the reason for a warning
}

// Add appends a line.
func (s *Summary) Add(label, format string, args ...any) {
	s.Lines = append(s.Lines, Line{Label: label, Value: fmt.Sprintf(format, args...)})
}

// Flag appends a line that is the reason for a warning.
func (s *Summary) Flag(label, format string, args ...any) {
	s.Lines = append(s.Lines, Line{Label: label, Value: fmt.Sprintf(format, args...), Warning: true})
}

// Warn appends a warning, once.
func (s *Summary) Warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, have := range s.Warnings {
		if have == text {
			return
		}
	}
	s.Warnings = append(s.Warnings, text)
}

// String renders the summary for a terminal: title, lines in two columns ("!" before the flagged ones), warnings. No
// value can break out of its line: what does not show as itself is escaped.
func (s Summary) String() string {
	var b strings.Builder
	title, _ := escape(s.Title)
	fmt.Fprintln(&b, title)
	width := s.labelWidth()
	for _, l := range s.Lines {
		mark := " "
		if l.Warning {
			mark = "!"
		}
		label, _ := escape(l.Label)
		value, _ := escape(l.Value)
		pad := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(label)))
		b.WriteString(strings.TrimRight(fmt.Sprintf("%s %s:%s %s", mark, label, pad, value), " ") + "\n")
	}
	for _, w := range s.Warnings {
		warning, _ := escape(w)
		fmt.Fprintf(&b, "WARNING: %s\n", warning)
	}
	return b.String()
}

// labelWidth is the width of the first column. Few labels are longer than maxLabel, and those stick out.
func (s Summary) labelWidth() int {
	const maxLabel = 32
	width := 0
	for _, l := range s.Lines {
		label, _ := escape(l.Label)
		width = max(width, min(maxLabel, utf8.RuneCountInString(label)))
	}
	return width
}
