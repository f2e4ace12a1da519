package applet_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// A fuzzed script is a byte for the kind of card and then steps: a byte that names one, and its arguments. Its end may
// come anywhere. maxSteps bounds what one script costs.
const maxSteps = 48

const (
	stepReset   = iota // power off and on
	stepSelect         // SELECT the Keycard
	stepOther          // SELECT another applet: NDEF, Cash
	stepRaw            // an APDU as it is: length, bytes
	stepCommand        // wrapped when a channel is open: INS, P1, P2, length, data
	stepOneShot        // one-shot command: INS, P1, length, payload
	stepInit           // a good INIT
	stepPair           // a good pairing
	stepOpen           // OPEN and MUTUALLY AUTHENTICATE with the last pairing
	stepPIN            // VERIFY PIN with the PIN of stepInit
	stepKey            // LOAD KEY of a seed
	stepCut            // power is cut at one of the next commits: which, and on which side
	steps
)

// script reads a fuzzed script.
type script struct{ b []byte }

func (s *script) next() (b byte, ok bool) {
	if len(s.b) == 0 {
		return 0, false
	}
	b, s.b = s.b[0], s.b[1:]
	return b, true
}

func (s *script) byte() byte { b, _ := s.next(); return b }

func (s *script) bytes() []byte {
	n := min(int(s.byte()), len(s.b))
	b := s.b[:n]
	s.b = s.b[n:]
	return b
}

// FuzzApplet sends commands in any order and with any content, wrapped and bare, also while the power fails. The
// witness checks every one of them.
func FuzzApplet(f *testing.F) {
	for kind := range byte(6) {
		for _, s := range scripts() {
			f.Add(append([]byte{kind}, s...))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := script{b}
		kind := s.byte()
		k, w := watched(t, every[kind%3], kind/3%2 == 1, certified)
		k.card.Record(func(_ iso7816.Command, r iso7816.Response) {
			if len(r.Data) > iso7816.MaxShortNe {
				t.Errorf("an answer of %d bytes", len(r.Data))
			}
		})
		k.sel()
		for range maxSteps {
			step, ok := s.next()
			if !ok {
				return
			}
			k.step(w, step%steps, &s)
		}
	})
}

// step makes one step of a script.
func (k *kit) step(w *witness, step byte, s *script) {
	switch step {
	case stepReset:
		k.restart(w)
	case stepSelect:
		k.any(iso7816.Command{INS: 0xA4, P1: 4, Data: keycardAID, Ne: 256}, w)
		k.ch = nil
	case stepOther:
		aid := [][]byte{wire.NDEFAID(), wire.CashAID()}[s.byte()&1]
		k.any(iso7816.Command{INS: 0xA4, P1: 4, Data: aid, Ne: 256}, w)
		k.ch, w.before = nil, k.memory() // the witness sees the Keycard applet only
	case stepRaw:
		if _, err := k.card.Transmit(s.bytes()); errors.Is(err, softcard.ErrNoPower) {
			k.restart(w)
		}
		k.ch = nil // it may have been anything
	case stepCommand:
		k.anyWrapped(command(s.byte(), s.byte(), s.byte(), s.bytes()), w)
	case stepOneShot:
		cmd := command(s.byte(), s.byte(), 0, k.oneShot(s.bytes()))
		k.any(cmd, w)
		k.ch = nil
	case stepInit:
		k.any(command(0xFE, 0, 0, k.oneShot(initData(thePIN, thePUK, theToken))), w)
		k.ch = nil // an answer inside the channel was missed
	case stepPair:
		k.fuzzPair(w)
	case stepOpen:
		k.fuzzOpen(w)
	case stepPIN:
		k.anyWrapped(command(0x20, 0, 0, thePIN), w)
	case stepKey:
		k.anyWrapped(command(0xD0, 3, 0, theSeed), w)
	case stepCut:
		at := s.byte()
		k.store.Inject(softcard.CutAt(1+int(at>>1)%3, softcard.CutBefore+softcard.Fault(at&1)))
	}
}

// restart powers the card on again, after checking what a cut may have done to its memory, and selects.
func (k *kit) restart(w *witness) {
	k.card.Reset()
	k.store.Inject(nil)
	now := k.memory()
	if lost := w.before.PINTries - now.PINTries; lost > 1 {
		k.Fatalf("a cut took %d tries", lost)
	}
	w.before = now
	k.sel()
}

// any sends a command and takes whatever comes back, also nothing, when the power was cut.
func (k *kit) any(cmd iso7816.Command, w *witness) iso7816.Response {
	if len(cmd.Data) > iso7816.MaxShortData {
		cmd.Data = cmd.Data[:iso7816.MaxShortData]
	}
	r, err := k.try(cmd)
	if err != nil {
		k.restart(w)
		k.ch = nil
	}
	if r.SW == iso7816.OK && cmd.INS == 0xA4 && cmd.P1 == 4 && bytes.Equal(cmd.Data, keycardAID) {
		k.pub = parseInfo(k, r.Data).pub
	}
	return r
}

// anyWrapped is any inside the channel, if there is one: then the answer is in it too, or ends it.
func (k *kit) anyWrapped(cmd iso7816.Command, w *witness) iso7816.Response {
	if k.ch == nil || len(cmd.Data) > wire.MaxWrappedCommand {
		return k.any(cmd, w)
	}
	r := k.any(k.wrap(cmd), w)
	switch {
	case k.ch == nil: // the power was cut
		return r
	case cmd.INS == 0x10 || cmd.INS == 0xA4 || cmd.INS == 0xFD || cmd.INS == 0xD5 && cmd.P1 == 1:
		k.ch = nil // not part of the channel: it has ended, or has other keys
		return r
	}
	return k.receive(r)
}

func (k *kit) fuzzPair(w *witness) {
	k.ch = nil
	r := k.any(command(0x12, 0, 0, k.random(32)), w)
	if len(r.Data) != 64 {
		return
	}
	r = k.any(command(0x12, 1, 0, hash(k.token, r.Data[32:])), w)
	if len(r.Data) == 33 {
		k.slot, k.key = r.Data[0], hash(k.token, r.Data[1:])
	}
}

func (k *kit) fuzzOpen(w *witness) {
	pub, x := k.agree()
	r := k.any(command(0x10, k.slot, 0, pub[:]), w)
	if k.ch = nil; len(r.Data) != 48 || k.key == nil {
		return
	}
	k.keys = wire.SessionKeys(x[:], k.key, r.Data[:32])
	k.reply = [16]byte(r.Data[32:])
	k.ch = wire.NewChannel(k.keys, k.reply)
	if k.anyWrapped(command(0x11, 0, 0, k.random(32)), w).SW != iso7816.OK {
		k.ch = nil
	}
}

// scripts are where the fuzzer starts: every command once, on a card that is ready for it.
func scripts() (all [][]byte) {
	cmd := func(ins, p1, p2 byte, data ...byte) []byte {
		return append([]byte{stepCommand, ins, p1, p2, byte(len(data))}, data...)
	}
	open := []byte{stepInit, stepSelect, stepPair, stepOpen}
	card := append(open[:4:4], stepPIN, stepKey)
	join := func(parts ...[]byte) []byte { return initData(parts...) }
	m := master(theSeed)
	all = append(all, open, card, []byte{stepRaw, 5, 0, 0xA4, 4, 0, 0}, []byte{stepOther, 0, stepCommand, 0xB0, 0, 0, 0},
		append([]byte{stepOther, 1}, cmd(0xC0, 0, 0, theHash...)...),
		join(card, cmd(0xD1, 0, 0, path(hard+44, 1)...), cmd(0xF2, 1, 0), cmd(0xC0, 0, 0, theHash...)),
		join(card, cmd(0xC1, 0, 0, path(1)...), []byte{stepSelect}, cmd(0xC0, 3, 0, theHash...)),
		join(card, cmd(0xC0, 2, 0, hashAt(1, 2)...), cmd(0xC0, 0x41, 0, hashAt(3)...)),
		join(card, cmd(0xC2, 1, 0, path(eip1581(0, 0)...)...), cmd(0xC2, 2, 1, path(7)...), cmd(0xC2, 0, 2)),
		join(card, cmd(0xD0, 2, 0, template(0x81, m.private(), 0x82, m.chain)...), cmd(0xD4, 0, 0), cmd(0xD3, 0, 0)),
		join(card, cmd(0xD5, 0, 2, pieceA...), []byte{stepOneShot, 0xD5, 1, 32}, pieceB, cmd(0xD5, 2, 0)),
		join(card, cmd(0xE2, 0, 0, 'h', 'i'), cmd(0xCA, 0, 0), cmd(0xF3, 0, 0, someNDEF...), []byte{stepOther, 0}),
		join(open, cmd(0x20, 0, 0, wrongPIN...), cmd(0x20, 0, 0, wrongPIN...), []byte{stepCut, 1},
			cmd(0x20, 0, 0, wrongPIN...), []byte{stepOpen}, cmd(0x22, 0, 0, initData(thePUK, thePIN)...),
			cmd(0x21, 1, 0, wrongPUK...)),
		join(card, cmd(0x13, 0, 0), cmd(0x14, 0, 0, theHash...), cmd(0xFD, 0xAA, 0x55), []byte{stepInit}),
		join([]byte{stepOneShot, 0xFE, 0, 58}, thePIN, thePUK, theToken, []byte{2, 3}, []byte("123456"), open),
		join(open, cmd(0xD2, 4, 0), []byte{stepCut, 0, stepPair, stepOpen, stepReset, stepOpen}, cmd(0xF2, 0, 0)))
	return all
}
