package trace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
	"tapcard.example/transport/trace"
)

var aid = []byte{0xF0, 0, 0, 0, 1}

func greeter() card.Link {
	m := softcard.NewMux()
	m.Handle(aid, softcard.AppletFunc(func(_ context.Context, _ *softcard.Session, c iso7816.Command) iso7816.Response {
		return iso7816.Response{Data: []byte("hi"), SW: iso7816.OK}
	}))
	return loopback.Connect(softcard.NewCard([]byte{0x3B, 0x00}, m, softcard.NewStore()), "test reader")
}

func describe(c iso7816.Command, _ iso7816.Response) []trace.Field {
	return []trace.Field{{Name: "ins", Value: fmt.Sprintf("%02X", c.INS)}}
}

// record makes a trace of a SELECT, a bare command and a command that carries another inside.
func record(t testing.TB) string {
	t.Helper()
	var out bytes.Buffer
	rec := trace.Record(greeter(), &out, describe)
	ch := card.NewChannel(rec)
	ch.Observe(rec.Observe)
	if _, err := ch.Select(t.Context(), aid); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := ch.Send(t.Context(), "VERIFY PIN", iso7816.Command{CLA: 0x80, INS: 0x20, Data: []byte("sealed")}); err != nil {
			t.Fatal(err)
		}
	}
	ch.Report(card.Exchange{Op: "VERIFY PIN", Command: iso7816.Command{INS: 0x20, Data: []byte("canary")},
		Response: iso7816.Response{SW: 0x63C2}})
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRecordedTraceNestsPlaintextAndHidesIt(t *testing.T) {
	text := record(t)
	for _, want := range []string{
		"# reader: test reader\n# atr: 3B00\n",
		"> 00A4040005F00000000100\n< 68699000 +",
		"; SELECT, 5 bytes -> 2 bytes, 9000; ins A4\n",
		"; VERIFY PIN, 6 bytes -> 2 bytes, 9000; ins 20\n>",              // bare: described
		"; VERIFY PIN, 6 bytes -> 2 bytes, 9000\n;; VERIFY PIN, 6 bytes", // carried another: only that is
		"-> 0 bytes, 63C2; ins 20\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "canary") || strings.Contains(text, fmt.Sprintf("%X", "canary")) {
		t.Error("plaintext was written")
	}
}

func TestReplayGivesTheRecordedAnswersAndRefusesOtherCommands(t *testing.T) {
	tr, err := trace.Parse(strings.NewReader(record(t)))
	if err != nil {
		t.Fatal(err)
	}
	p := trace.Replay(tr)
	ch := card.NewChannel(p)
	if r, err := ch.Select(t.Context(), aid); err != nil || string(r.Data) != "hi" {
		t.Fatal(r, err)
	}
	if _, err := ch.Send(t.Context(), "OTHER", iso7816.Command{INS: 0x99}); !errors.Is(err, trace.ErrDiverged) {
		t.Errorf("another command: %v", err)
	}
	if p.Left() != 2 || p.Info().Reader != "test reader" {
		t.Errorf("%d left, %v", p.Left(), p.Info())
	}
}

// broken loses every answer.
type broken struct{ card.Link }

func (broken) Transmit(context.Context, []byte) ([]byte, error) {
	return nil, fmt.Errorf("%w: in the pocket", card.ErrRemoved)
}

func TestLostAnswerIsRecordedAndReplayed(t *testing.T) {
	var out bytes.Buffer
	rec := trace.Record(broken{greeter()}, &out, nil)
	if _, err := rec.Transmit(t.Context(), []byte{0, 0x20, 0, 0}); !errors.Is(err, card.ErrRemoved) {
		t.Fatal(err)
	}
	tr, err := trace.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trace.Replay(tr).Transmit(t.Context(), []byte{0, 0x20, 0, 0}); !errors.Is(err, card.ErrRemoved) {
		t.Error(err)
	}
}

func TestMalformedTracesAreRefusedByLine(t *testing.T) {
	const head = "# tapcard trace 1\n"
	for text, want := range map[string]string{
		"":                              "first line",
		"# other\n":                     "first line",
		head + "> 00A4\n":               "line 2",
		head + "> 00A40400\n":           "no answer",
		head + "> 00A40400\n> 00A40400": "line 3",
		head + "< 9000\n":               "line 2",
		head + "> 00A40400\n< zz":       "line 3",
		head + "> 00A40400\n< 9000 +x":  "line 3",
		head + "; SELECT\n":             "line 2",
		head + "hello\n":                "line 2",
		head + "# atr: 3\n":             "line 2",
		head + "> " + strings.Repeat("00", 70000) + "\n": "too long",
	} {
		if _, err := trace.Parse(strings.NewReader(text)); !errors.Is(err, trace.ErrTrace) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q in it", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(record(f))
	f.Add("# tapcard trace 1\n> 00A40400\n< ! gone\n# reset\n> 00A40400\n< 6A82 +1ms\n;; inside\x1b[2J")
	f.Fuzz(func(t *testing.T, text string) {
		tr, err := trace.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		var out strings.Builder
		if err := tr.WriteReport(&out); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out.String(), "\x1b\x07\u009b") {
			t.Fatalf("a control character reached the terminal: %q", out.String())
		}
	})
}

func ExampleTrace_WriteReport() {
	tr, err := trace.Parse(strings.NewReader(`# tapcard trace 1
# reader: Virtual PCD 00 00
# atr: 3B00
> 00A4040005F000000001
< 68699000 +1.5ms
; SELECT, 5 bytes -> 2 bytes, 9000; version 2.3
> 802000000673656C65646421
< 9000 +0.25ms
; VERIFY PIN, 6 bytes -> 0 bytes, 9000
;; VERIFY PIN, 6 bytes -> 0 bytes, 63C2; tries left 2
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	tr.WriteReport(os.Stdout)
	// Output:
	// reader Virtual PCD 00 00, ATR 3B00
	//
	//    1  SELECT, 5 bytes -> 2 bytes, 9000; version 2.3  (1.5ms)
	//    2  VERIFY PIN, 6 bytes -> 0 bytes, 9000  (250µs)
	//       inside: VERIFY PIN, 6 bytes -> 0 bytes, 63C2; tries left 2
	//
	// 2 APDUs, 22 bytes out, 6 bytes in, 1.75ms
}
