package applet_test

import (
	"errors"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/softcard"
)

// The steps of a fuzzed script: a byte each, and for some what follows.
const (
	stepTap   = iota
	stepOpen  // a channel
	stepLogin // a channel and the code
	stepBare  // INS, P1, length, data: bare
	stepIn    // the same, in the channel if there is one
	stepRaw   // length, an APDU as it is
	stepCut   // power is cut at one of the next commits
	steps
)

// FuzzApplet sends anything to two cards, one with a key and one that has joined it; the witness checks every command.
func FuzzApplet(f *testing.F) {
	f.Add([]byte{0, stepTap, stepLogin, stepIn, wire.InsBegin, 3, 0})
	f.Add(append([]byte{0, stepLogin, stepIn, wire.InsSign, 1, 33, 0}, make([]byte, 32)...))
	f.Add([]byte{1, stepBare, wire.InsAbort, 0, 0, stepCut, 1, stepBare, wire.InsWait, 0, 0})
	f.Add([]byte{1, stepRaw, 5, 0x80, 0x24, 0, 0, 0, stepOpen, stepIn, wire.InsVerify, 0, 33, 6, '1', '2', '3'})
	f.Fuzz(func(t *testing.T, script []byte) {
		w := newWorld(t, 80)
		cards := []*soft{w.active("S"), w.empty("A")}
		cards[1].join(cards[0].begin(2)[0])
		watch(w, cards...)
		s := &fuzzed{b: script}
		c := cards[s.byte()%2]
		c.tap()
		for n := 0; len(s.b) > 0 && n < 64; n++ {
			s.step(c)
		}
	})
}

// fuzzed is what is left of a script.
type fuzzed struct{ b []byte }

func (s *fuzzed) byte() byte {
	if len(s.b) == 0 {
		return 0
	}
	b := s.b[0]
	s.b = s.b[1:]
	return b
}

func (s *fuzzed) bytes() []byte {
	n := min(int(s.byte()), len(s.b))
	b := s.b[:n]
	s.b = s.b[n:]
	return b
}

func (s *fuzzed) step(c *soft) {
	switch s.byte() % steps {
	case stepTap:
		c.tap()
	case stepOpen:
		c.open()
	case stepLogin:
		c.open()
		s.send(c, wire.VerifyCommand(code(theCode)))
	case stepBare:
		c.ch = nil // the card keeps its own
		s.send(c, iso7816.Command{CLA: wire.ClassBare, INS: s.byte(), P1: s.byte(), Data: s.bytes(), Ne: wire.MaxMessage})
	case stepIn:
		s.send(c, iso7816.Command{CLA: wire.ClassBare, INS: s.byte(), P1: s.byte(), Data: s.bytes(), Ne: wire.MaxMessage})
	case stepRaw:
		c.card.Transmit(s.bytes()) // also what leaves a chain open, or cuts the power
		c.tap()
	case stepCut:
		at := s.byte()
		c.store.Inject(softcard.CutAt(1+int(at>>1)%2, softcard.CutBefore+softcard.Fault(at&1)))
	}
}

func (s *fuzzed) send(c *soft, cmd iso7816.Command) {
	if cmd.INS == iso7816.InsSelect {
		return // that is stepTap
	}
	if _, err := c.try(cmd); errors.Is(err, softcard.ErrNoPower) {
		c.store.Inject(nil)
		c.tap()
	}
}
