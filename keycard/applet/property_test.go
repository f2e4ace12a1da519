package applet_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tapcard.example/iso7816"
)

// rapidTB lets a kit report to rapid, which repeats and shrinks, under the name of the test.
type rapidTB struct {
	testing.TB
	r *rapid.T
}

func (t rapidTB) Error(args ...any)                 { t.r.Error(args...) }
func (t rapidTB) Errorf(format string, args ...any) { t.r.Errorf(format, args...) }
func (t rapidTB) Fatal(args ...any)                 { t.r.Fatal(args...) }
func (t rapidTB) Fatalf(format string, args ...any) { t.r.Fatalf(format, args...) }
func (t rapidTB) Helper()                           {}
func (t rapidTB) Failed() bool                      { return t.r.Failed() }

// model is what a client knows of a card it has spoken to: enough to say which commands may succeed.
type model struct {
	*kit
	w        *witness
	t        *rapid.T
	pin, puk []byte
	tries    [2]int // of PIN and PUK, that remain
	verified bool
	slots    map[byte][]byte // pairing keys
	loaded   bool            // a key is
	pinless  bool            // a pinless path is set
}

// codes are few, so that right and wrong ones, and repetitions, are common.
var codes = []string{"314159", "000000", "161803", "31415", "31415x", ""}

// paths are few, so that parents, siblings and the pinless path are met.
func (m *model) path() []byte {
	return path(rapid.SliceOfN(rapid.SampledFrom([]uint32{0, 1, hard + 43, hard + 44, hard + 60, hard + 1581}), 0, 11).
		Draw(m.t, "path")...)
}

func (m *model) draw(name string, of ...byte) byte { return rapid.SampledFrom(of).Draw(m.t, name) }

// guarded sends a command that needs the PIN and says whether it succeeded. It must not succeed without.
func (m *model) guarded(ins, p1, p2 byte, data ...byte) bool {
	r := m.send(ins, p1, p2, data...)
	if r.SW == iso7816.OK && !m.verified {
		m.Fatalf("%02X %02X %02X succeeded without PIN", ins, p1, p2)
	}
	return r.SW == iso7816.OK
}

func (m *model) leave() {
	m.ch, m.verified = nil, false
}

// connect selects and opens the channel of one of the pairings.
func (m *model) connect() {
	m.leave()
	m.sel()
	for slot := range byte(101) {
		if key, ok := m.slots[slot]; ok {
			m.slot, m.key = slot, key
			m.open()
			return
		}
	}
	m.paired2()
	m.slots[m.slot] = m.key
	m.open()
}

// code sends VERIFY PIN or UNBLOCK PIN, as the model expects them to be answered.
func (m *model) code(which int, right bool, wellFormed bool, r iso7816.Response) {
	want := iso7816.OK
	switch {
	case !wellFormed && (which == 1 || m.profile != "2.0"):
		want = iso7816.WrongData
	case m.tries[which] == 0:
		want = iso7816.CounterZero
	case !right:
		m.tries[which]--
		want = iso7816.CounterZero | iso7816.Status(m.tries[which])
	}
	if r.SW != want {
		m.Fatalf("code %d answered %v instead of %v", which, r.SW, want)
	}
	if want != iso7816.WrongData && which == 0 {
		m.verified = false
	}
}

func (m *model) verifyPIN(*rapid.T) {
	if m.ch == nil {
		return
	}
	pin := rapid.SampledFrom(codes).Draw(m.t, "pin")
	right := pin == string(m.pin)
	r := m.send(0x20, 0, 0, []byte(pin)...)
	m.code(0, right, len(pin) == 6 && pin != "31415x", r)
	if r.SW == iso7816.OK {
		m.verified, m.tries[0] = true, 3
	}
}

func (m *model) unblockPIN(*rapid.T) {
	if m.ch == nil {
		return
	}
	puk := rapid.SampledFrom([]string{string(thePUK), string(wrongPUK), "1"}).Draw(m.t, "puk")
	pin := rapid.SampledFrom(codes[:4]).Draw(m.t, "new pin")
	r := m.send(0x22, 0, 0, []byte(puk+pin)...)
	if m.tries[0] > 0 {
		m.answers(r, iso7816.ConditionsNotSatisfied)
		return
	}
	m.code(1, puk == string(m.puk), len(puk+pin) == 18, r)
	if r.SW == iso7816.OK {
		m.pin, m.verified, m.tries = []byte(pin), true, [2]int{3, 5}
	}
}

func (m *model) changeCode(*rapid.T) {
	if m.ch == nil {
		return
	}
	p1 := m.draw("which", 0, 1)
	code := rapid.SampledFrom(append(codes, string(thePUK), string(wrongPUK))).Draw(m.t, "code")
	if m.guarded(0x21, p1, 0, []byte(code)...) {
		if p1 == 0 {
			m.pin, m.tries[0] = []byte(code), 3
		} else {
			m.puk, m.tries[1] = []byte(code), 5
		}
	}
}

func (m *model) loadKey(*rapid.T) {
	switch m.draw("how", 0, 1, 2, 3, 4) {
	case 0:
		m.keyed(m.guarded(0xD0, 3, 0, theSeed...))
	case 1:
		m.keyed(m.guarded(0xD0, 1, 0, template(0x81, master(otherSeed).private())...))
	case 2:
		m.keyed(m.guarded(0xD4, 0, 0))
	case 3:
		m.guarded(0xD0, 2, 0, m.path()...)
	case 4:
		if m.guarded(0xD3, 0, 0) {
			m.loaded, m.pinless = false, false
		}
	}
}

func (m *model) keyed(ok bool) {
	if ok {
		m.loaded, m.pinless = true, m.pinless && m.profile == "2.0"
	}
}

func (m *model) deriveKey(*rapid.T) {
	p1, data := m.draw("source", 0, 0x40, 0x80, 0xC0, 1), m.path()
	if m.pinless && m.profile == "2.0" {
		m.send(0xD1, p1, 0, data...)
		return
	}
	m.guarded(0xD1, p1, 0, data...)
}

func (m *model) setPinless(*rapid.T) {
	if data := m.path(); m.guarded(0xC1, 0, 0, data...) {
		m.pinless = len(data) > 0
	}
}

func (m *model) sign(*rapid.T) {
	p1 := m.draw("how", 0, 1, 2, 3, 0x41, 0x82, 0xC0)
	data := append(theHash[:32:32], m.path()...)
	if m.draw("path", 0, 1) == 0 {
		data = theHash
	}
	var r iso7816.Response
	if r = m.send(0xC0, p1, 0, data...); r.SW != iso7816.OK {
		return
	}
	if !m.loaded || !m.verified && !m.pinless {
		m.Fatalf("signed without a key, or without PIN and pinless path")
	}
	if s := parseSignature(m, r.Data); !s.verify(m, theHash, s.pub) && !m.quirks {
		m.Fatalf("the signature does not verify")
	}
}

func (m *model) exportKey(*rapid.T) {
	p1, p2 := m.draw("how", 0, 1, 2, 3, 0x41, 0x81, 0x82), m.draw("what", 0, 1, 2, 3)
	if m.guarded(0xC2, p1, p2, m.path()...) && !m.loaded {
		m.Fatalf("exported a key that is not there")
	}
}

func (m *model) duplicate(*rapid.T) {
	switch m.draw("step", 0, 1, 2, 3) {
	case 0:
		m.guarded(0xD5, 0, m.draw("pieces", 0, 1, 2, 0x81), pieceA...)
	case 1:
		m.leave()
		m.sel()
		m.bare(0xD5, 1, 0, m.oneShot(pieceB)...)
	case 2:
		m.guarded(0xD5, 2, 0)
	case 3:
		m.keyed(m.guarded(0xD5, 3, 0, m.seal(pieceA, master(otherSeed), 0)...))
	}
}

func (m *model) data(*rapid.T) {
	p1 := m.draw("area", 0, 1, 2, 3)
	m.guarded(m.draw("store", 0xE2, 0xF3), p1, 0, someNDEF...)
	m.send(0xCA, p1, 0)
}

func (m *model) pairings(*rapid.T) {
	if m.draw("pair", 0, 1) == 0 {
		m.leave()
		m.sel()
		if _, ok := m.pair(); ok {
			m.slots[m.slot] = m.key
		}
		m.connect()
		return
	}
	if slot := m.draw("slot", 0, 1, 2, 0x80, 0x7F); m.guarded(0x13, slot, 0) {
		delete(m.slots, slot)
	}
}

func (m *model) power(*rapid.T) {
	m.leave()
	m.card.Reset()
	m.sel()
}

// modelled are the instructions whose success the model has to know about.
var modelled = []byte{0x13, 0x20, 0x21, 0x22, 0xC1, 0xD0, 0xD3, 0xD4, 0xD5, 0xFD, 0xFE}

// garbage is any other command with anything in it, wrapped, or bare, which ends the channel.
func (m *model) garbage(t *rapid.T) {
	ins := rapid.Byte().Filter(func(b byte) bool { return !slices.Contains(modelled, b) }).Draw(t, "ins")
	p1, p2 := rapid.Byte().Draw(t, "p1"), rapid.Byte().Draw(t, "p2")
	data := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "data")
	if m.draw("bare", 0, 1) == 0 {
		m.bare(ins, p1, p2, data...)
	} else if ins != 0x10 { // which would open another channel
		m.send(ins, p1, p2, data...)
	}
	m.connect()
}

func TestRandomSessionsKeepTheInvariants(t *testing.T) {
	for _, profile := range every {
		for _, quirks := range []bool{false, true} {
			name := map[bool]string{false: "default", true: "quirks"}[quirks]
			t.Run(profile+"/"+name, func(t *testing.T) {
				rapid.Check(t, func(rt *rapid.T) { session(t, rt, profile, quirks) })
			})
		}
	}
}

func session(t *testing.T, rt *rapid.T, profile string, quirks bool) {
	k, w := watched(rapidTB{t, rt}, profile, quirks)
	m := &model{kit: k, w: w, t: rt, pin: thePIN, puk: thePUK, tries: [2]int{3, 5}, slots: map[byte][]byte{}}
	m.init()
	m.connect()
	rt.Repeat(map[string]func(*rapid.T){
		"connect": func(*rapid.T) { m.connect() }, "power": m.power, "pairings": m.pairings, "garbage": m.garbage,
		"verify": m.verifyPIN, "verify again": m.verifyPIN, "verify right": func(*rapid.T) { m.verifyRight() },
		"unblock": m.unblockPIN, "change": m.changeCode, "load": m.loadKey, "derive": m.deriveKey,
		"pinless": m.setPinless, "sign": m.sign, "export": m.exportKey, "duplicate": m.duplicate, "data": m.data,
		"mnemonic": func(*rapid.T) { m.send(0xD2, m.draw("size", 3, 4, 8), 0) },
		"status":   func(*rapid.T) { m.send(0xF2, m.draw("what", 0, 1, 2), 0) },
		"": func(rt *rapid.T) {
			m.t = rt
			if now := m.w.before; now.PINTries != m.tries[0] || now.PUKTries != m.tries[1] {
				m.Fatalf("%d and %d tries, not %v", now.PINTries, now.PUKTries, m.tries)
			}
		},
	})
}

// verifyRight is what a client does most.
func (m *model) verifyRight() {
	if m.ch == nil || m.tries[0] == 0 {
		m.connect()
	}
	r := m.send(0x20, 0, 0, m.pin...)
	m.code(0, true, true, r)
	if r.SW == iso7816.OK {
		m.verified, m.tries[0] = true, 3
	}
}
