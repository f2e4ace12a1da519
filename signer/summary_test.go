package signer_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tapcard.example/signer"
)

func TestPrintableEscapesWhatDoesNotShowAsItself(t *testing.T) {
	tests := []struct {
		in, out string
		hidden  bool
	}{
		{"Grüße, 世界 🙂", "Grüße, 世界 🙂", false},
		{`C:\x1b`, `C:\\x1b`, false},
		{"a\nb\tc\x00", `a\x0ab\x09c\x00`, true},
		{"\x1b[2J", `\x1b[2J`, true},
		{"pay \u202eecila", `pay \u202eecila`, true},
		{"zero\u200bwidth", `zero\u200bwidth`, true},
		{"\xff\xfe", `\xff\xfe`, true},
		{"\u2028", `\u2028`, true},
		{"tag \U000e0041", `tag \U000e0041`, true},
	}
	for _, test := range tests {
		if out, hidden := signer.Printable(test.in); out != test.out || hidden != test.hidden {
			t.Errorf("Printable(%q) = %q, %v", test.in, out, hidden)
		}
	}
}

func TestNoValueBreaksOutOfItsLine(t *testing.T) {
	var s signer.Summary
	s.Title = "Title"
	s.Add("To", "%s", "me\nValue: 0\r\x1b[1A")
	s.Flag("L\n", "x")
	s.Warn("w\nw")
	s.Warn("w\nw") // said once
	want := "Title\n  To:    me\\x0aValue: 0\\x0d\\x1b[1A\n! L\\x0a: x\nWARNING: w\\x0aw\n"
	if got := s.String(); got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}

func TestASummaryIsJSON(t *testing.T) {
	s := signer.Summary{Title: "T", Lines: []signer.Line{{Label: "To", Value: "x"}}}
	raw, err := json.Marshal(s)
	if err != nil || string(raw) != `{"title":"T","lines":[{"label":"To","value":"x"}]}` {
		t.Errorf("%s, %v", raw, err)
	}
}

func FuzzPrintable(f *testing.F) {
	for _, seed := range []string{"", "plain", "a\\b\n", "\xff", "\u202e", `\\u202e`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out, hidden := signer.Printable(in)
		if !hidden && strings.ReplaceAll(out, `\\`, `\`) != in {
			t.Errorf("%q became %q and nothing was said", in, out)
		}
		if again, more := signer.Printable(out); more {
			t.Errorf("%q still holds something to hide: %q", out, again)
		}
	})
}
