package applet_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/applet"
)

// memory is what the card keeps, field by field; the fields that the invariants speak of are decoded.
type memory struct {
	fields             map[string]json.RawMessage
	PINTries, PUKTries int
	Path               []uint32
	PIN, Duress, PUK   []byte
	Token              []byte
	ChannelPrivate     []byte
	DuplicationKey     []byte
	Pairings           [][]byte
	Key                *struct{ Private, Chain []byte }
}

// memory reads the card's memory with a probe, past the applet.
func (k *kit) memory() (m memory) {
	k.Helper()
	var cells map[string]json.RawMessage
	if err := json.Unmarshal(k.snapshot(), &cells); err != nil {
		k.Fatal(err)
	}
	for _, into := range []any{&m.fields, &m} {
		if err := json.Unmarshal(cells["keycard"], into); err != nil {
			k.Fatal(err)
		}
	}
	for _, name := range []string{"PINTries", "PUKTries", "PIN", "PUK", "Token", "Pairings", "Key", "Path"} {
		if _, ok := m.fields[name]; !ok {
			k.Fatalf("the card's memory has no field %s any more", name)
		}
	}
	return m
}

// changed lists the fields in which two memories differ.
func (m memory) changed(n memory) (names []string) {
	for name := range m.fields {
		if !bytes.Equal(m.fields[name], n.fields[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// secrets are the byte strings that no answer may contain. Those that are one byte repeated are left out: zeros are
// everywhere.
func (m memory) secrets() (all map[string][]byte) {
	all = map[string][]byte{"PIN": m.PIN, "duress PIN": m.Duress, "PUK": m.PUK, "pairing secret": m.Token,
		"channel key": m.ChannelPrivate, "duplication key": m.DuplicationKey}
	for _, p := range m.Pairings {
		all["pairing key "+base64.StdEncoding.EncodeToString(p)] = p
	}
	if m.Key != nil {
		all["private key"], all["chain code"] = m.Key.Private, m.Key.Chain
	}
	for name, b := range all {
		if len(b) == 0 || bytes.Count(b, b[:1]) == len(b) {
			delete(all, name)
		}
	}
	return all
}

// witness watches every command at the applet and checks what must hold for any of them.
type witness struct {
	k      *kit
	before memory
	last   iso7816.Response // in the clear
}

// watched makes a card that a witness watches.
func watched(tb testing.TB, profile string, quirks bool, with ...option) (*kit, *witness) {
	w := &witness{}
	k := newKit(tb, profile, quirks, append(with, func(o *applet.Options) { o.Observe = w.observe })...)
	w.k, w.before = k, k.memory()
	return k, w
}

func (w *witness) observe(c iso7816.Command, r iso7816.Response, _ bool) {
	after := w.k.memory()
	w.last = r
	w.counters(c, r, after)
	w.errorsChangeNothing(c, r, after)
	w.silence(c, r, after)
	w.exports(c, r)
	w.before = after
}

// counters rise by success only.
func (w *witness) counters(c iso7816.Command, r iso7816.Response, after memory) {
	fresh := r.SW == iso7816.OK && (c.INS == 0xFE || c.INS == 0xFD)
	changed := r.SW == iso7816.OK && c.INS == 0x21
	pin := fresh || changed && c.P1 == 0 || r.SW == iso7816.OK && (c.INS == 0x20 || c.INS == 0x22)
	puk := fresh || changed && c.P1 == 1 || r.SW == iso7816.OK && c.INS == 0x22
	if after.PINTries > w.before.PINTries && !pin {
		w.k.Fatalf("%v answered %v and the PIN's tries rose to %d", c, r.SW, after.PINTries)
	}
	if after.PUKTries > w.before.PUKTries && !puk {
		w.k.Fatalf("%v answered %v and the PUK's tries rose to %d", c, r.SW, after.PUKTries)
	}
}

// errorsChangeNothing but the counter of the code that was wrong, and the session of a duplication that failed.
func (w *witness) errorsChangeNothing(c iso7816.Command, r iso7816.Response, after memory) {
	if r.SW == iso7816.OK {
		return
	}
	for _, name := range w.before.changed(after) {
		switch {
		case name == "PINTries" && c.INS == 0x20 && after.PINTries == w.before.PINTries-1:
		case name == "PUKTries" && c.INS == 0x22 && after.PUKTries == w.before.PUKTries-1:
		case (name == "Duplication" || name == "DuplicationKey") && c.INS == 0xD5 && (c.P1 == 2 || c.P1 == 3):
		default:
			w.k.Fatalf("%v answered %v and changed %s", c, r.SW, name)
		}
	}
}

// silence: no answer contains a secret. Two commands repeat what clients chose, and may contain anything: GET DATA and
// the current path. The chain code is public in an extended public key.
func (w *witness) silence(c iso7816.Command, r iso7816.Response, after memory) {
	if c.INS == 0xCA || c.INS == 0xF2 && c.P1 == 1 {
		return
	}
	for _, m := range []memory{w.before, after} {
		for name, b := range m.secrets() {
			if name == "chain code" && c.INS == 0xC2 && c.P2 == 2 {
				continue
			}
			if bytes.Contains(r.Data, b) {
				w.k.Fatalf("the answer to %v contains the %s", c, name)
			}
		}
	}
}

// exports: a private key only from below m/43'/60'/1581', with five levels at least.
func (w *witness) exports(c iso7816.Command, r iso7816.Response) {
	if c.INS != 0xC2 || c.P2 != 0 || r.SW != iso7816.OK {
		return
	}
	at := slices.Clone(w.before.Path)
	if c.P1&0x3F != 0 {
		switch c.P1 & 0xC0 {
		case 0:
			at = nil
		case 0x40:
			at = at[:len(at)-1]
		}
		for d := c.Data; len(d) >= 4; d = d[4:] {
			at = append(at, uint32(d[0])<<24|uint32(d[1])<<16|uint32(d[2])<<8|uint32(d[3]))
		}
	}
	relative := w.k.quirks && c.P1 >= 0x40 && w.k.profile != "3.1" // there the original looks at another path
	if !relative && (len(at) < 5 || !slices.Equal(at[:3], eip1581())) {
		w.k.Fatalf("%v gave out the private key at %X", c, at)
	}
}
