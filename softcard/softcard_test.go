package softcard_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tapcard.example/iso7816"
	"tapcard.example/softcard"
)

// count is a card that counts: INS 01 adds one for good, INS 02 adds one until deselect, INS 03 adds two in two commits.
type count struct{ N int }

func (c count) Clone() count { return c }

type visit struct{ n int }

var counterAID = []byte{0xF0, 1, 2, 3, 4, 5}

func newCounter(t testing.TB, s *softcard.Store) *softcard.Card {
	t.Helper()
	cell, err := softcard.OpenCell(s, "count", func() (count, error) { return count{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	add := func() { // an applet gives up when memory does
		if err := cell.Update("add", func(c *count) error { c.N++; return nil }); err != nil {
			panic(err)
		}
	}
	m := softcard.NewMux()
	m.Handle(counterAID, softcard.AppletFunc(
		func(_ context.Context, s *softcard.Session, c iso7816.Command) iso7816.Response {
			switch c.INS {
			case 1:
				add()
			case 2:
				softcard.Volatile[visit](s).n++
			case 3:
				add()
				add()
			}
			return iso7816.Response{Data: []byte{byte(cell.View().N), byte(softcard.Volatile[visit](s).n)}, SW: iso7816.OK}
		}))
	card := softcard.NewCard([]byte{0x3B, 0x00}, m, s)
	card.PowerOn()
	return card
}

func send(t testing.TB, c *softcard.Card, ins byte, data ...byte) string {
	t.Helper()
	cmd := iso7816.Command{INS: ins, Data: data}
	if ins == iso7816.InsSelect {
		cmd.P1 = 4
	}
	raw, err := cmd.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Transmit(raw)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%x", answer)
}

func TestVolatileMemoryGoesWithSelectionPersistentStays(t *testing.T) {
	c := newCounter(t, softcard.NewStore())
	for i, step := range []struct {
		do   func() string
		want string
	}{
		{func() string { return send(t, c, 1) }, "6d00"}, // nothing selected yet
		{func() string { return send(t, c, 0xA4, 0xF0, 9, 9, 9, 9) }, "6a82"},
		{func() string { return send(t, c, 0xA4, counterAID...) }, "00009000"},
		{func() string { return send(t, c, 1) }, "01009000"},
		{func() string { return send(t, c, 2) }, "01019000"},
		{func() string { return send(t, c, 0xA4, 0xF0, 9, 9, 9, 9) }, "6a82"}, // a failed SELECT changes nothing
		{func() string { return send(t, c, 2) }, "01029000"},
		{func() string { return send(t, c, 0xA4, counterAID[:5]...) }, "01009000"}, // partial name
		{func() string { c.Reset(); return send(t, c, 1) }, "6d00"},
		{func() string { c.PowerOff(); return send(t, c, 1) }, softcard.ErrNoPower.Error()},
		{func() string { c.PowerOn(); return send(t, c, 0xA4, counterAID...) }, "01009000"},
	} {
		if got := step.do(); got != step.want {
			t.Fatalf("step %d: got %s, want %s", i, got, step.want)
		}
	}
}

func TestMalformedCommandIsAnswered6700(t *testing.T) {
	c := newCounter(t, softcard.NewStore())
	for _, bad := range [][]byte{nil, {0}, {0, 1, 0}, {0, 1, 0, 0, 5, 1}} {
		if answer, err := c.Transmit(bad); err != nil || !bytes.Equal(answer, []byte{0x67, 0x00}) {
			t.Errorf("%x: %x, %v", bad, answer, err)
		}
	}
}

func TestPowerCutBeforeAndAfterEachCommit(t *testing.T) {
	for k := 1; k <= 2; k++ {
		for fault, want := range map[softcard.Fault]int{softcard.CutBefore: k - 1, softcard.CutAfter: k} {
			s := softcard.NewStore()
			c := newCounter(t, s)
			send(t, c, 0xA4, counterAID...)
			s.Inject(softcard.CutAt(k, fault))
			if got := send(t, c, 3); got != softcard.ErrNoPower.Error() {
				t.Fatalf("cut at %d: answered %s", k, got)
			}
			s.Inject(nil)
			c.PowerOn()
			if got := send(t, c, 0xA4, counterAID...); got != fmt.Sprintf("%02x009000", want) {
				t.Errorf("cut %v at %d: %s, want %d commits to have happened", fault, k, got, want)
			}
		}
	}
}

func TestEventsShowCommitsInOrder(t *testing.T) {
	s := softcard.NewStore()
	var log []string
	s.Watch(func(e string) { log = append(log, e) })
	c := newCounter(t, s)
	send(t, c, 0xA4, counterAID...)
	send(t, c, 1)
	s.Note("compare")
	if got := strings.Join(log, "; "); got != "commit: new count; commit: add; compare" {
		t.Error(got)
	}
}

func TestFileKeepsTheCard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := softcard.CreateFile(path, "counter", map[string]int{"step": 1})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := softcard.OpenFile(path); !errors.Is(err, softcard.ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
	c := newCounter(t, f.Store())
	send(t, c, 0xA4, counterAID...)
	send(t, c, 1)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := softcard.CreateFile(path, "counter", nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("created over an existing card: %v", err)
	}
	again, err := softcard.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Kind != "counter" || string(bytes.Join(bytes.Fields(again.Settings), nil)) != `{"step":1}` {
		t.Errorf("%s %s", again.Kind, again.Settings)
	}
	if got := send(t, newCounter(t, again.Store()), 0xA4, counterAID...); got != "01009000" {
		t.Errorf("after reopening: %s", got)
	}
}

func TestFileWrittenByAnotherProcessIsNotOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := softcard.CreateFile(path, "counter", nil)
	if err != nil {
		t.Fatal(err)
	}
	cell, err := softcard.OpenCell(f.Store(), "count", func() (count, error) { return count{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(path + ".lock") // somebody defeats the lock
	other, err := softcard.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	theirs, err := softcard.OpenCell(other.Store(), "count", func() (count, error) { return count{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := theirs.Update("theirs", func(c *count) error { c.N = 7; return nil }); err != nil {
		t.Fatal(err)
	}
	err = cell.Update("ours", func(c *count) error { c.N = 1; return nil })
	if !errors.Is(err, softcard.ErrInUse) || cell.View().N != 0 {
		t.Errorf("%v, %d", err, cell.View().N)
	}
}

func TestDamagedFileIsRefusedAtEveryBit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := softcard.CreateFile(path, "counter", nil)
	if err != nil {
		t.Fatal(err)
	}
	newCounter(t, f.Store())
	f.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(b []byte, what string) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err := softcard.OpenFile(path); err == nil {
			f.Close()
			t.Errorf("%s: opened", what)
		}
	}
	for i := range whole {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			try(b, fmt.Sprintf("byte %d bit %d", i, bit))
		}
		try(whole[:i], fmt.Sprintf("cut at %d", i))
	}
}

func TestLatencyWaitsAsTheRealCardDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick := softcard.AppletFunc(func(context.Context, *softcard.Session, iso7816.Command) iso7816.Response {
			return iso7816.Response{SW: iso7816.OK}
		})
		slow := softcard.Latency(quick, func(c iso7816.Command) time.Duration { return time.Duration(c.INS) * time.Millisecond }, time.Sleep)
		start := time.Now()
		slow.ServeAPDU(t.Context(), &softcard.Session{}, iso7816.Command{INS: 75})
		if took := time.Since(start); took != 75*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func ExampleCard() {
	mux := softcard.NewMux()
	mux.Handle([]byte{0xF0, 0, 0, 0, 1}, softcard.AppletFunc(
		func(_ context.Context, _ *softcard.Session, c iso7816.Command) iso7816.Response {
			return iso7816.Response{Data: []byte("hello"), SW: iso7816.OK}
		}))
	c := softcard.NewCard([]byte{0x3B, 0x80, 0x01, 0x81}, mux, softcard.NewStore())
	c.PowerOn()
	answer, err := c.Transmit([]byte{0x00, 0xA4, 0x04, 0x00, 0x05, 0xF0, 0x00, 0x00, 0x00, 0x01})
	fmt.Printf("%s %x %v\n", answer[:5], answer[5:], err)
	// Output: hello 9000 <nil>
}

func TestAFileWhoseCardCannotBeMadeIsNotLeftBehind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	broken := errors.New("no such card")
	_, err := softcard.MakeFile(path, "counter", nil, func(*softcard.File) (*softcard.Card, error) { return nil, broken })
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	f, err := softcard.MakeFile(path, "counter", nil, func(*softcard.File) (*softcard.Card, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.NoSettings(), f.Close()); err != nil {
		t.Error(err)
	}
}
