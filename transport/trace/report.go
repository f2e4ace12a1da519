package trace

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tapcard.example/iso7816"
)

// WriteReport writes the trace for people: a numbered table of exchanges with their times, what travelled inside, and
// totals at the end. Control characters of the trace are not passed on to the terminal.
func (t *Trace) WriteReport(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "reader %s, ATR %X\n\n", printable(t.Reader), t.ATR)
	var total time.Duration
	sent, received := 0, 0
	for i, s := range t.Steps {
		if s.Reset {
			b.WriteString("      -- card reset --\n")
		}
		total, sent, received = total+s.Took, sent+len(s.Command), received+len(s.Answer)
		fmt.Fprintf(&b, "%4d  %s\n", i+1, s.line())
		for _, n := range s.Notes {
			if n.Inner {
				fmt.Fprintf(&b, "      inside: %s\n", printable(n.Text))
			}
		}
	}
	fmt.Fprintf(&b, "\n%d APDUs, %d bytes out, %d bytes in, %v\n", len(t.Steps), sent, received, total.Round(time.Microsecond))
	_, err := io.WriteString(w, b.String())
	return err
}

// line shows one exchange: its recorded explanation, or the bare header and status word.
func (s Step) line() string {
	text := ""
	for _, n := range s.Notes {
		if !n.Inner {
			text = printable(n.Text)
		}
	}
	if c, err := iso7816.ParseCommand(s.Command); text == "" && err == nil {
		text = c.String()
		if r, err := iso7816.ParseResponse(s.Answer); err == nil {
			text += fmt.Sprintf(" -> %d bytes, %v", len(r.Data), r.SW)
		}
	}
	if s.Lost != "" {
		return text + " -> no answer: " + printable(s.Lost)
	}
	return fmt.Sprintf("%s  (%v)", text, s.Took.Round(time.Microsecond))
}

// printable replaces what a terminal might obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || (r >= 0x7F && r < 0xA0) {
			return '?'
		}
		return r
	}, s)
}
