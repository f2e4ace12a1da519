package card_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
)

// script is a card that expects exactly these commands and gives these answers, "command>answer" in hex.
type script struct {
	t        *testing.T
	steps    []string
	extended bool
	fail     error // instead of an answer once the steps are used up
	resets   int
	closed   bool
	name     string
}

func (s *script) Transmit(_ context.Context, command []byte) ([]byte, error) {
	s.t.Helper()
	if len(s.steps) == 0 {
		if s.fail == nil {
			s.t.Fatalf("unexpected command %x", command)
		}
		return nil, s.fail
	}
	want, answer, _ := strings.Cut(s.steps[0], ">")
	s.steps = s.steps[1:]
	if got := hex.EncodeToString(command); got != want {
		s.t.Fatalf("sent %s, want %s", got, want)
	}
	b, err := hex.DecodeString(answer)
	if err != nil {
		s.t.Fatal(err)
	}
	return b, nil
}

func (s *script) Reset(context.Context) error { s.resets++; return nil }
func (s *script) Info() card.Info             { return card.Info{Reader: s.name, Extended: s.extended} }
func (s *script) Close() error                { s.closed = true; return nil }

func TestAnswerInPiecesIsCollected(t *testing.T) {
	l := &script{t: t, steps: []string{"80f20000>01026102", "80c0000002>03046101", "80c0000001>059000"}}
	r, err := card.NewChannel(l).Send(t.Context(), "GET STATUS", iso7816.Command{CLA: 0x80, INS: 0xF2})
	if err != nil || r.SW != iso7816.OK || hex.EncodeToString(r.Data) != "0102030405" {
		t.Errorf("%x %v, %v", r.Data, r.SW, err)
	}
}

func TestWrongLeIsRepeatedOnce(t *testing.T) {
	l := &script{t: t, steps: []string{"80f2000000>6c04", "80f2000004>010203049000"}}
	ch := card.NewChannel(l)
	r, err := ch.Send(t.Context(), "GET STATUS", iso7816.Command{CLA: 0x80, INS: 0xF2, Ne: 256})
	if err != nil || len(r.Data) != 4 || ch.APDUs() != 2 {
		t.Errorf("%v, %v", r, err)
	}
	l.steps = []string{"80f2000000>6c04", "80f2000004>6c04"}
	if r, err := ch.Send(t.Context(), "GET STATUS", iso7816.Command{CLA: 0x80, INS: 0xF2, Ne: 256}); err != nil || r.SW != 0x6C04 {
		t.Errorf("%v, %v", r, err)
	}
}

func TestLongDataIsChainedWhereTheReaderIsShort(t *testing.T) {
	data := make([]byte, 300)
	first := fmt.Sprintf("10d00000ff%x", data[:255])
	l := &script{t: t, steps: []string{first + ">9000", fmt.Sprintf("00d000002d%x>9000", data[255:])}}
	if _, err := card.NewChannel(l).Send(t.Context(), "LOAD KEY", iso7816.Command{INS: 0xD0, Data: data}); err != nil {
		t.Error(err)
	}
	l = &script{t: t, steps: []string{first + ">6884"}}
	r, err := card.NewChannel(l).Send(t.Context(), "LOAD KEY", iso7816.Command{INS: 0xD0, Data: data})
	if err != nil || r.SW != iso7816.ChainingNotSupported {
		t.Errorf("a chain goes on after %v, %v", r, err)
	}
	l = &script{t: t, extended: true, steps: []string{fmt.Sprintf("00d0000000012c%x>9000", data)}}
	if _, err := card.NewChannel(l).Send(t.Context(), "LOAD KEY", iso7816.Command{INS: 0xD0, Data: data}); err != nil {
		t.Error(err)
	}
}

// endless announces more bytes for ever; with size 0 it never sends any.
type endless struct {
	script
	size int
}

func (e *endless) Transmit(context.Context, []byte) ([]byte, error) {
	return append(make([]byte, e.size), 0x61, 0x00), nil
}

func TestEndlessAnswerEnds(t *testing.T) {
	for _, size := range []int{0, 1, 256} {
		_, err := card.NewChannel(&endless{size: size}).Send(t.Context(), "SIGN", iso7816.Command{INS: 0xC0})
		if !errors.Is(err, card.ErrBadResponse) {
			t.Errorf("%d bytes at a time: %v", size, err)
		}
	}
}

func TestAnswerWithoutStatusWordIsAnError(t *testing.T) {
	for _, answer := range []string{"", "90"} {
		l := &script{t: t, steps: []string{"00a40400>" + answer}}
		_, err := card.NewChannel(l).Send(t.Context(), "SELECT", iso7816.Command{INS: 0xA4, P1: 4})
		if !errors.Is(err, card.ErrBadResponse) {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

func TestInterruptedExchangePoisonsUntilReset(t *testing.T) {
	l := &script{t: t, fail: card.ErrInterrupted}
	ch := card.NewChannel(l)
	if _, err := ch.Send(t.Context(), "SIGN", iso7816.Command{INS: 0xC0}); !errors.Is(err, card.ErrInterrupted) {
		t.Fatal(err)
	}
	l.steps = []string{"00f20000>9000"}
	if _, err := ch.Send(t.Context(), "GET STATUS", iso7816.Command{INS: 0xF2}); !errors.Is(err, card.ErrPoisoned) {
		t.Fatalf("sent over a poisoned channel: %v", err)
	}
	if err := ch.Reset(t.Context()); err != nil || l.resets != 1 {
		t.Fatal(err)
	}
	if _, err := ch.Send(t.Context(), "GET STATUS", iso7816.Command{INS: 0xF2}); err != nil {
		t.Error(err)
	}
}

func TestCancelledBeforeSendingSendsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ch := card.NewChannel(&script{t: t})
	if _, err := ch.Send(ctx, "SIGN", iso7816.Command{INS: 0xC0}); !errors.Is(err, context.Canceled) || ch.APDUs() != 0 {
		t.Error(err)
	}
	if _, err := ch.Send(ctx, "SIGN", iso7816.Command{INS: 0xC0}); errors.Is(err, card.ErrPoisoned) {
		t.Error("poisoned though nothing was sent")
	}
}

func TestObserverSeesOuterAndInner(t *testing.T) {
	ch := card.NewChannel(&script{t: t, steps: []string{"80f20000>9000"}})
	var seen []string
	ch.Observe(func(e card.Exchange) { seen = append(seen, fmt.Sprint(e.Op, " ", e.Inner)) })
	if _, err := ch.Send(t.Context(), "GET STATUS", iso7816.Command{CLA: 0x80, INS: 0xF2}); err != nil {
		t.Fatal(err)
	}
	ch.Report(card.Exchange{Op: "GET STATUS"})
	if got := strings.Join(seen, ", "); got != "GET STATUS false, GET STATUS true" {
		t.Error(got)
	}
}

func slot(t *testing.T, name, atr string, steps ...string) card.Slot {
	l := &script{t: t, name: name, steps: steps}
	t.Cleanup(func() {
		if len(l.steps) > 0 {
			t.Errorf("%s: never sent: %s", name, l.steps)
		}
	})
	return card.Slot{Reader: name, ATR: []byte(atr), Connect: func(context.Context) (card.Link, error) { return l, nil }}
}

func TestFindChoosesByWhatIsInTheReader(t *testing.T) {
	const yes, no, broken = "00a4040002f00100>9000", "00a4040002f00100>6a82", "00a4040002f00100>"
	want := card.Wanted{Name: "Keycard", AIDs: [][]byte{{0xF0, 1}}, ATRs: [][]byte{[]byte("known")}}
	for name, c := range map[string]struct {
		slots  []card.Slot
		reader string
		found  string
		err    error
	}{
		"no reader":         {nil, "", "", card.ErrNoReader},
		"no such reader":    {[]card.Slot{slot(t, "A", "x")}, "b", "", card.ErrNoReader},
		"no card":           {[]card.Slot{slot(t, "A", "")}, "", "", card.ErrNoCard},
		"another card":      {[]card.Slot{slot(t, "A", "x", no)}, "", "", card.ErrUnknownApplet},
		"the second reader": {[]card.Slot{slot(t, "A", "x", no), slot(t, "B", "x", yes)}, "", "B", nil},
		"an empty first":    {[]card.Slot{slot(t, "A", ""), slot(t, "B", "x", yes)}, "", "B", nil},
		"by name":           {[]card.Slot{slot(t, "A one", "x"), slot(t, "B two", "x", yes)}, "TWO", "B two", nil},
		"by ATR":            {[]card.Slot{slot(t, "A", "known")}, "", "A", nil},
		"two fit":           {[]card.Slot{slot(t, "A", "x", yes), slot(t, "B", "x", yes)}, "", "", card.ErrManyCards},
		"garbage":           {[]card.Slot{slot(t, "A", "x", broken)}, "", "", card.ErrBadResponse},
	} {
		t.Run(name, func(t *testing.T) {
			w := want
			w.Reader = c.reader
			l, err := card.Find(t.Context(), c.slots, w)
			if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Fatalf("%v, want %v", err, c.err)
			}
			if err == nil && l.Info().Reader != c.found {
				t.Errorf("found %s", l.Info().Reader)
			}
		})
	}
}

func TestErrorsAreFoundByKindAndDetail(t *testing.T) {
	err := fmt.Errorf("outer: %w", &card.Error{Op: "VERIFY PIN", SW: 0x63C2, Kind: card.ErrWrongPIN, Err: &card.PINError{Remaining: 2}})
	var pin *card.PINError
	if !errors.Is(err, card.ErrWrongPIN) || !errors.As(err, &pin) || pin.Remaining != 2 {
		t.Error("kind or detail lost")
	}
	if got := err.Error(); got != "outer: VERIFY PIN: wrong code: 2 tries left (63C2)" {
		t.Error(got)
	}
}
