package applet_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/softcard"
)

// tearing is a command at whose commits the power is cut: before brings the card to where it is sent.
type tearing struct {
	name     string
	profiles []string
	before   func(k *kit)
	command  func(k *kit) iso7816.Command
	commits  int
}

var (
	every = []string{"2.0", "2.3", "3.1"}
	early = []string{"2.0", "2.3"}
	late  = []string{"2.3", "3.1"}
)

// plainly is a command sent as it is, wrapped one inside the channel.
func plainly(ins, p1, p2 byte, data ...byte) func(*kit) iso7816.Command {
	return func(*kit) iso7816.Command { return command(ins, p1, p2, data) }
}

func wrapped(ins, p1, p2 byte, data ...byte) func(*kit) iso7816.Command {
	return func(k *kit) iso7816.Command { return k.wrap(command(ins, p1, p2, data)) }
}

func ready(k *kit) { k.ready().derive(1, 2) }

func blocked(k *kit) { k.ready().block() }

// duplicating is a card whose duplication is complete.
func duplicating(k *kit) { k.ready().dupStart(1) }

var tearings = []tearing{
	{"INIT", every, func(k *kit) { k.sel() }, func(k *kit) iso7816.Command {
		return command(0xFE, 0, 0, k.oneShot(initData(thePIN, thePUK, theToken)))
	}, 1},
	{"SELECT that counts", early, ready, selecting, 1},
	{"SELECT", []string{"3.1"}, ready, selecting, 0},
	{"SELECT that replaces the key", early, func(k *kit) {
		for k.ready(); k.memory().number(k, "Selects") < 100; {
			k.sel()
		}
	}, selecting, 1},
	{"PAIR", every, func(k *kit) { k.ready().sel() }, func(k *kit) iso7816.Command {
		r := k.ok(k.bare(0x12, 0, 0, theHash...))
		return command(0x12, 1, 0, hash(theToken, r.Data[32:]))
	}, 1},
	{"UNPAIR", every, ready, wrapped(0x13, 0, 0), 1},
	{"VERIFY PIN", every, ready, wrapped(0x20, 0, 0, thePIN...), 2},
	{"VERIFY PIN, wrong", every, ready, wrapped(0x20, 0, 0, wrongPIN...), 1},
	{"VERIFY PIN, duress", []string{"3.1"}, ready, wrapped(0x20, 0, 0, thePUK[:6]...), 2},
	{"VERIFY PIN, blocked", every, blocked, wrapped(0x20, 0, 0, thePIN...), 0},
	{"VERIFY PIN, badly formatted", []string{"2.0"}, ready, wrapped(0x20, 0, 0, 1, 2), 1},
	{"UNBLOCK PIN", every, blocked, wrapped(0x22, 0, 0, initData(thePUK, thePIN)...), 2},
	{"UNBLOCK PIN, wrong", every, blocked, wrapped(0x22, 0, 0, initData(wrongPUK, thePIN)...), 1},
	{"CHANGE PIN", every, ready, wrapped(0x21, 0, 0, wrongPIN...), 1},
	{"CHANGE PIN, PUK", every, ready, wrapped(0x21, 1, 0, wrongPUK...), 1},
	{"CHANGE PIN, pairing secret", every, ready, wrapped(0x21, 2, 0, theHash...), 1},
	{"LOAD KEY, seed", every, ready, wrapped(0xD0, 3, 0, otherSeed...), 1},
	{"LOAD KEY, pair", every, ready, wrapped(0xD0, 1, 0, template(0x81, master(otherSeed).private())...), 1},
	{"DERIVE KEY", every, ready, wrapped(0xD1, 0, 0, path(hard+44, 7)...), 1},
	{"REMOVE KEY", every, ready, wrapped(0xD3, 0, 0), 1},
	{"GENERATE KEY", every, ready, wrapped(0xD4, 0, 0), 1},
	{"GENERATE MNEMONIC", every, ready, wrapped(0xD2, 4, 0), 0},
	{"SIGN", every, ready, wrapped(0xC0, 0, 0, theHash...), 0},
	{"SIGN and make current", late, ready, wrapped(0xC0, 2, 0, hashAt(5, 6)...), 1},
	{"SET PINLESS PATH", every, ready, wrapped(0xC1, 0, 0, path(3)...), 1},
	{"EXPORT KEY", every, ready, wrapped(0xC2, 1, 1, path(3)...), 0},
	{"EXPORT KEY and make current", every, ready, wrapped(0xC2, 2, 1, path(3)...), 1},
	{"SET NDEF", early, ready, wrapped(0xF3, 0, 0, someNDEF...), 1},
	{"STORE DATA", late, ready, wrapped(0xE2, 0, 0, 1, 2, 3), 1},
	{"DUPLICATE START", early, ready, wrapped(0xD5, 0, 2, pieceA...), 1},
	{"DUPLICATE ADD ENTROPY", early, func(k *kit) { k.ready().dupStart(2).sel() }, func(k *kit) iso7816.Command {
		return command(0xD5, 1, 0, k.oneShot(pieceB))
	}, 1},
	{"DUPLICATE EXPORT", early, duplicating, wrapped(0xD5, 2, 0), 1},
	{"DUPLICATE IMPORT", early, duplicating, func(k *kit) iso7816.Command {
		return k.wrap(command(0xD5, 3, 0, k.seal(pieceA, master(otherSeed), 0)))
	}, 1},
	{"DUPLICATE IMPORT, spoiled", early, duplicating, wrapped(0xD5, 3, 0, counting(96)...), 1},
	{"FACTORY RESET", []string{"3.1"}, ready, plainly(0xFD, 0xAA, 0x55), 1},
}

func selecting(*kit) iso7816.Command {
	return iso7816.Command{INS: 0xA4, P1: 4, Data: keycardAID, Ne: 256}
}

// number reads a field of the memory.
func (m memory) number(k *kit, name string) (n int) {
	k.Helper()
	if _, err := fmt.Sscan(string(m.fields[name]), &n); err != nil {
		k.Fatalf("%s: %v", name, err)
	}
	return n
}

// The card is as before the command or as after it, and a counter of tries may have lost one.
func TestPowerCutAtEveryCommit(t *testing.T) {
	for _, c := range tearings {
		for _, profile := range c.profiles {
			t.Run(c.name+"/"+profile, func(t *testing.T) { c.sweep(t, profile) })
		}
	}
}

func (c tearing) sweep(t *testing.T, profile string) {
	at := func() (*kit, memory) {
		k := newKit(t, profile, false) // random numbers are the same each time, so memories can be compared
		c.before(k)
		return k, k.memory()
	}
	k, before := at()
	cmd := c.command(k)
	k.store.Inject(nil)
	k.transmit(cmd)
	done := k.memory()
	if n := k.store.Commits(); n != c.commits {
		t.Fatalf("%d commits instead of %d", n, c.commits)
	}
	for n := 1; n <= c.commits; n++ {
		for _, fault := range []softcard.Fault{softcard.CutBefore, softcard.CutAfter} {
			k, again := at()
			if len(before.changed(again)) != 0 {
				t.Fatal("the test does not repeat itself")
			}
			cmd := c.command(k)
			k.store.Inject(softcard.CutAt(n, fault))
			if _, err := k.try(cmd); !errors.Is(err, softcard.ErrNoPower) {
				t.Fatalf("cut at commit %d: %v", n, err)
			}
			k.store.Inject(nil)
			if torn := k.memory(); !torn.between(before, done) {
				t.Errorf("cut at commit %d (%d): %v changed", n, fault, before.changed(torn))
			}
			k.alive()
		}
	}
}

// between says whether a memory is that before a command or after it, or has one try less than before it.
func (m memory) between(before, done memory) bool {
	if len(m.changed(before)) == 0 || len(m.changed(done)) == 0 {
		return true
	}
	spent := m.changed(before)
	return slices.Equal(spent, []string{"PINTries"}) && m.PINTries == before.PINTries-1 ||
		slices.Equal(spent, []string{"PUKTries"}) && m.PUKTries == before.PUKTries-1
}

// alive powers the card again and uses it: whatever was torn, memory and caches must agree.
func (k *kit) alive() {
	k.Helper()
	k.card.PowerOn()
	i := k.sel()
	if i.uid == nil {
		k.init()
	}
	if r := k.openBare(); k.key == nil || r.SW != iso7816.OK { // unpaired, or reset
		if k.token = theToken; bytes.Equal(k.memory().Token, theHash) {
			k.token = theHash
		}
		k.sel()
		k.paired2()
		k.ok(k.openBare())
	}
	k.ok(k.send(0x11, 0, 0, k.random(32)...))
	if tries, _, key := k.status(); key && tries > 0 {
		r := k.send(0x20, 0, 0, thePIN...)
		if r.SW != iso7816.OK {
			r = k.send(0x20, 0, 0, wrongPIN...) // the PIN of CHANGE PIN above
		}
		k.ok(r)
		s := parseSignature(k, k.ok(k.send(0xC0, 0, 0, theHash...)).Data)
		if !s.verify(k, theHash, s.pub) {
			k.Error("signs wrongly after the power cut")
		}
	}
}

func TestWrongCodesAreCountedBeforeTheyAreCompared(t *testing.T) {
	for _, profile := range every {
		for name, c := range map[string]tearing{
			"PIN": {before: ready, command: wrapped(0x20, 0, 0, wrongPIN...)},
			"PUK": {before: blocked, command: wrapped(0x22, 0, 0, initData(wrongPUK, thePIN)...)},
		} {
			k := newKit(t, profile, false)
			c.before(k)
			cmd := c.command(k)
			var log []string
			k.store.Watch(func(e string) { log = append(log, e) })
			k.transmit(cmd)
			if len(log) != 2 || log[0] != "commit: take a "+name+" try" || log[1] != "compare "+name {
				t.Errorf("profile %s, wrong %s: the card did %q", profile, name, log)
			}
		}
	}
}
