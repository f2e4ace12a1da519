package applet_test

import (
	"fmt"
	"testing"
	"time"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/softcard"
)

// takingCode are the commands that take the code, with a wrong one or the right one.
func takingCode(s string) []iso7816.Command {
	return []iso7816.Command{
		wire.VerifyCommand(code(s)), wire.ChangeCommand(code(s), code(otherCode)), wire.ResetCommand(code(s)),
	}
}

func TestTheDelay(t *testing.T) {
	w := newWorld(t, 40)
	s := w.active("S")
	for f := 1; f <= 15; f++ {
		want := wire.Delay(f)
		r := s.tap().open().send(takingCode(wrongCode)[f%3])
		if wait, err := wire.ParseWait(r.Data); r.SW != wire.ErrWrongCode.SW || err != nil || wait != want {
			t.Fatalf("wrong code %d: %v, wait %v, %v", f, r.SW, wait, err)
		}
		if want == 0 {
			continue
		}
		for _, s0 := range []string{wrongCode, theCode} { // the right one has to wait as well
			for _, cmd := range takingCode(s0) {
				if r := s.send(cmd); r.SW != wire.ErrWait.SW || s.inside().Failures != f {
					t.Fatalf("after %d wrong codes: %v", f, r.SW)
				}
			}
		}
		w.now = w.now.Add(want - time.Second)
		s.refusedCode(wire.ErrWait, theCode)
		w.now = w.now.Add(time.Second)
		s.ok(wire.WaitCommand()) // stored, so the next tap finds it
	}
	s.ok(wire.VerifyCommand(code(theCode)))
	if in := s.inside(); in.Failures != 0 || in.Remaining != 0 {
		t.Errorf("a right code leaves %d failures, %v", in.Failures, in.Remaining)
	}
}

func (c *soft) refusedCode(want *wire.Refusal, s string) {
	c.Helper()
	if r := c.send(wire.VerifyCommand(code(s))); r.SW != want.SW {
		c.Errorf("%v instead of %v", r.SW, want)
	}
}

func TestTheDelayTable(t *testing.T) {
	want := []int{0, 0, 0, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600}
	for f, seconds := range want {
		if got := wire.Delay(f); got != time.Duration(seconds)*time.Second {
			t.Errorf("after %d wrong codes: %v", f, got)
		}
	}
	if wire.Delay(1<<40) != time.Hour {
		t.Error("the delay overflows")
	}
}

// guilty is a card that must wait 64 seconds.
func (w *world) guilty() *soft {
	w.Helper()
	s := w.active("S")
	for range 7 {
		w.now = w.now.Add(time.Hour)
		s.send(wire.VerifyCommand(code(wrongCode)))
	}
	return s
}

func TestOnlyPoweredTimeCounts(t *testing.T) {
	w := newWorld(t, 41)
	s := w.guilty()
	s.card.PowerOff()
	w.now = w.now.Add(24 * time.Hour)
	if wait := s.tap().info.Wait; wait != 64*time.Second {
		t.Fatalf("a day in a drawer has shortened the wait to %v", wait)
	}
	s.open().refusedCode(wire.ErrWait, theCode)
	w.now = w.now.Add(24 * time.Second)
	if wait, err := wire.ParseWait(s.ok(wire.WaitCommand())); err != nil || wait != 40*time.Second {
		t.Fatalf("after 24 seconds in the field: %v, %v", wait, err)
	}
	w.now = w.now.Add(10 * time.Second) // not stored
	if wait := s.tap().info.Wait; wait != 40*time.Second {
		t.Errorf("after the loss of power: %v", wait)
	}
	w.now = w.now.Add(-time.Hour) // a clock that goes back
	if wait, err := wire.ParseWait(s.ok(wire.WaitCommand())); err != nil || wait != 40*time.Second {
		t.Errorf("after the clock went back: %v, %v", wait, err)
	}
	w.now = w.now.Add(time.Hour + 40*time.Second)
	s.open().ok(wire.VerifyCommand(code(theCode)))
}

func TestACutNeverGivesATry(t *testing.T) {
	for i := range takingCode("") {
		for _, right := range []bool{false, true} {
			for k := 1; k <= 2; k++ {
				for _, fault := range []softcard.Fault{softcard.CutBefore, softcard.CutAfter} {
					s := newWorld(t, 42).active("S").tap().open()
					s.store.Inject(softcard.CutAt(k, fault))
					given := map[bool]string{true: theCode, false: wrongCode}[right]
					if _, err := s.try(takingCode(given)[i]); err == nil && (right || k == 1) {
						t.Fatal("a cut gives a try: there was no commit to cut")
					}
					s.store.Inject(nil)
					in, compared := s.inside(), k == 2 || fault == softcard.CutAfter
					done := right && k == 2 && fault == softcard.CutAfter
					if spent := in.Failures == 1; spent != (compared && !done) {
						t.Errorf("a cut gives a try: command %d, right %v, cut %d at commit %d: %d failures", i, right, fault, k,
							in.Failures)
					}
				}
			}
		}
	}
}

func TestTheTryIsStoredBeforeTheComparison(t *testing.T) {
	for i := range takingCode("") {
		s := newWorld(t, 43).active("S").tap().open()
		var log []string
		s.store.Watch(func(e string) { log = append(log, e) })
		s.send(takingCode(wrongCode)[i])
		if fmt.Sprint(log) != "[commit: count a wrong code compare the code]" {
			t.Errorf("command %d: the card did %q", i, log)
		}
	}
}

func TestWhatIsNoCodeCostsNothing(t *testing.T) {
	s := newWorld(t, 44).active("S").tap().open()
	for _, bad := range []string{"", "12345", "with\x00zero", "tab\tbed", "non-ascii é"} {
		s.refused(wire.ErrCode, wire.VerifyCommand(code(bad)))
		s.refused(wire.ErrCode, wire.ChangeCommand(code(theCode), code(bad)))
	}
	cmd := wire.VerifyCommand(code(theCode))
	cmd.Data[32] = 'x' // behind the end of the code
	s.refused(wire.ErrCode, cmd)
	cmd.Data[0] = 200
	s.refused(wire.ErrCode, cmd)
}

func TestAWrongCodeEndsWhatARightOneBegan(t *testing.T) {
	s := newWorld(t, 45).active("S").tap().login(theCode)
	s.ok(wire.SignCommand(nil, make([][32]byte, 1)))
	s.send(wire.VerifyCommand(code(wrongCode)))
	s.refused(wire.ErrAuth, wire.SignCommand(nil, make([][32]byte, 1)))
}

func TestAChangedCodeIsThisCardsOnly(t *testing.T) {
	w := newWorld(t, 46)
	s, a := w.active("S"), w.empty("A")
	backup(s, a)
	s.tap().open().ok(wire.ChangeCommand(code(theCode), code(otherCode)))
	s.tap().open().refusedCode(wire.ErrWrongCode, theCode)
	if s.sign(otherCode).Key != a.sign(theCode).Key {
		t.Error("the cards differ")
	}
}
