package pcsc

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"tapcard.example/card"
)

func TestEveryCodeHasAKindAndANameAndOneLine(t *testing.T) {
	for code, m := range meanings {
		err := failed("connect to X", code)
		var back Code
		if !errors.Is(err, m.kind) || !errors.As(err, &back) || back != code {
			t.Errorf("%s is lost in %v", m.name, err)
		}
		if text := err.Error(); !strings.Contains(text, m.name) || strings.Contains(text, "\n") {
			t.Errorf("%08X says %q", uint32(code), text)
		}
	}
	if err := failed("x", Code(0x80101234)); !errors.Is(err, card.ErrReader) || !strings.Contains(err.Error(), "80101234") {
		t.Errorf("unknown code: %v", err)
	}
}

func TestReaderNamesEndAtTheFirstEmptyOne(t *testing.T) {
	for input, want := range map[string][]string{
		"":             nil,
		"\x00":         nil,
		"a\x00\x00":    {"a"},
		"a\x00bc\x00":  {"a", "bc"},
		"a\x00\x00b":   {"a"},
		"no end":       nil,
		"a\x00no end":  {"a"},
		"a b\x00c\x00": {"a b", "c"},
	} {
		if got := splitNames([]byte(input)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", input, got, want)
		}
	}
}

func TestExtendedLengthIsReadFromTheAnswerToReset(t *testing.T) {
	for _, x := range []struct {
		name string
		atr  string
		want bool
	}{
		{"object 73 with the bit", "\x3B\x85\x80\x01\x80\x73\x00\x00\x40\x36", true},
		{"object 73 without it", "\x3B\x85\x80\x01\x80\x73\x00\x00\x80\xF6", false},
		{"behind another object", "\x3B\x87\x80\x01\x80\x31\xFE\x73\x00\x00\xC0\x7A", true},
		{"with a status at the end", "\x3B\x88\x80\x01\x00\x73\x00\x00\x40\x05\x90\x00\xA2", true},
		{"proprietary historical bytes", "\x3B\x85\x80\x01\xC1\x73\x00\x00\x40\x77", false},
		{"no historical bytes", "\x3B\x80\x80\x01\x01", false},
		{"an object longer than the rest", "\x3B\x82\x80\x01\x80\x7F", false},
		{"more interface bytes than bytes", "\x3B\xF5\x80", false},
		{"nothing", "", false},
	} {
		if got := cardTakesExtended([]byte(x.atr)); got != x.want {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

func TestReaderPropertiesAreFoundByTag(t *testing.T) {
	list := []byte{0x06, 4, 0x42, 0x33, 0, 6, 0x12, 4, 0x42, 0x33, 0, 0x12}
	if got := shortTLV(list, featureProperties); !bytes.Equal(got, []byte{0x42, 0x33, 0, 0x12}) {
		t.Errorf("%X", got)
	}
	if got := shortTLV(list[:11], featureProperties); got != nil {
		t.Errorf("cut off: %X", got)
	}
	if got := shortTLV(list, 0x0A); got != nil {
		t.Errorf("absent: %X", got)
	}
}

// FuzzWhatReadersSay feeds any bytes to whatever parses what a reader or a card says before its first command.
func FuzzWhatReadersSay(f *testing.F) {
	f.Add([]byte("\x3B\x88\x80\x01\x00\x73\x00\x00\x40\x05\x90\x00\xA2"))
	f.Add([]byte("Virtual PCD 00 00\x00Virtual PCD 00 01\x00\x00"))
	f.Add([]byte{0x12, 4, 0x42, 0x33, 0, 0x12})
	f.Fuzz(func(t *testing.T, b []byte) {
		cardTakesExtended(b)
		for _, name := range splitNames(b) {
			if name == "" {
				t.Error("an empty name")
			}
		}
		for _, tag := range b {
			if v := shortTLV(b, tag); len(v) > len(b) {
				t.Error("a value longer than the list")
			}
		}
	})
}

// FuzzCommandsForT0 checks that a command for T=0 is at most a byte shorter or longer, and never changed otherwise.
func FuzzCommandsForT0(f *testing.F) {
	f.Add([]byte{0, 0xA4, 4, 0})
	f.Add([]byte{0, 0xA4, 4, 0, 2, 1, 2, 0})
	f.Fuzz(func(t *testing.T, command []byte) {
		if len(command) < minCommand {
			return
		}
		before := bytes.Clone(command)
		got, err := forT0(command)
		if !bytes.Equal(command, before) {
			t.Fatal("the command was changed")
		}
		if err != nil {
			return
		}
		if n := len(got) - len(command); n < -1 || n > 1 || len(got) < 5 {
			t.Errorf("%X became %X", command, got)
		}
		if n := min(len(got), len(command)); !bytes.Equal(got[:n], command[:n]) {
			t.Errorf("%X became %X", command, got)
		}
	})
}
