package applet_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/softcard"
)

// tearing is a command at whose commits the power is cut: before brings the card to where it is sent.
type tearing struct {
	name     string
	products string
	before   func(k *kit)
	command  func(k *kit) request
	commits  int // in the emulator, which counts no attempts, one less, or none if nothing else changes
	changes  bool
}

func readyCard(k *kit) { k.ready() }

func openedCard(k *kit) { k.opened(0) }

func backedUpCard(k *kit) { k.backedUp() }

// newCVC is what the tearings change the CVC to.
const newCVC = "161803398"

var tearings = []tearing{
	{"status", "STC", readyCard, func(*kit) request { return wire.StatusRequest{} }, 0, false},
	{"certs", "STC", readyCard, func(*kit) request { return wire.CertsRequest{} }, 0, false},
	{"check", "STC", readyCard, func(*kit) request { return wire.CheckRequest{Nonce: theNonce} }, 0, false},
	{"nfc", "STC", readyCard, func(*kit) request { return wire.NFCRequest{} }, 0, false},
	{"read", "S", readyCard, func(*kit) request { return wire.ReadRequest{Nonce: theNonce} }, 0, false},
	{"read with CVC", "TC", readyCard, func(k *kit) request {
		return wire.ReadRequest{Nonce: theNonce, Auth: k.auth("read")}
	}, 2, false},
	{"derive", "S", readyCard, func(*kit) request { return wire.DeriveRequest{Nonce: theNonce} }, 0, false},
	{"derive a path", "TC", readyCard, func(k *kit) request {
		return wire.DeriveRequest{Nonce: theNonce, Path: []uint32{44 | hard}, Auth: k.auth("derive")}
	}, 2, true},
	{"new", "S", openedCard, func(k *kit) request { return wire.NewRequest{Slot: new(1), Auth: k.auth("new")} }, 2, true},
	{"new", "TC", func(*kit) {}, func(k *kit) request {
		return wire.NewRequest{ChainCode: theChain,
			Auth: k.auth("new")}
	}, 2, true},
	{"new, refused", "STC", readyCard, func(k *kit) request {
		return wire.NewRequest{Slot: new(3), ChainCode: theChain, Auth: k.auth("new")}
	}, 2, false},
	{"unseal", "S", readyCard, func(k *kit) request {
		return wire.UnsealRequest{Slot: new(0),
			Auth: k.auth("unseal")}
	}, 2, true},
	{"unseal the last", "S", func(k *kit) {
		k.opened(8)
		k.ok(k.newSlot(9))
	}, func(k *kit) request { return wire.UnsealRequest{Slot: new(9), Auth: k.auth("unseal")} }, 2, true},
	{"dump", "S", openedCard, func(*kit) request { return wire.DumpRequest{Slot: new(0)} }, 0, false},
	{"dump with CVC", "S", openedCard, func(k *kit) request {
		return wire.DumpRequest{Slot: new(0),
			Auth: k.auth("dump")}
	}, 2, false},
	{"sign", "S", openedCard, func(k *kit) request {
		return wire.SignRequest{Digest: theDigest,
			Auth: k.auth("sign")}
	}, 2, false},
	{"sign", "TC", readyCard, func(k *kit) request {
		return wire.SignRequest{Digest: theDigest, Subpath: []uint32{0, 1}, Auth: k.auth("sign")}
	}, 2, false},
	{"change", "T", backedUpCard, func(k *kit) request {
		a := k.auth("change")
		return wire.ChangeRequest{NewCVC: k.session.Pad([]byte(newCVC)), Auth: a}
	}, 2, true},
	{"xpub", "TC", readyCard, func(k *kit) request { return wire.XPubRequest{Auth: k.auth("xpub")} }, 2, false},
	{"backup", "T", readyCard, func(k *kit) request { return wire.BackupRequest{Auth: k.auth("backup")} }, 2, true},
	{"sign, wrong CVC", "STC", readyCard, func(k *kit) request {
		return wire.SignRequest{Digest: theDigest, Auth: k.authWith("sign", wrongCVC, k.nonce)}
	}, 1, false},
}

// The card is as before the command or as after it, or it has counted an attempt.
func TestPowerCutAtEveryCommit(t *testing.T) {
	for _, c := range tearings {
		for _, product := range []wire.Product{wire.Satscard, wire.Tapsigner, wire.Satschip} {
			for _, p := range applet.Profiles() {
				r := row{products: c.products, profiles: "all"}
				if r.applies(product, p) {
					t.Run(c.name+"/"+product.String()+"/"+p.Name, func(t *testing.T) { c.sweep(t, product, p) })
				}
			}
		}
	}
}

func (c tearing) sweep(t *testing.T, product wire.Product, p applet.Profile) {
	at := func() (*kit, memory) {
		k := newKit(t, product, p) // random numbers are the same each time, so memories can be compared
		c.before(k)
		return k, k.memory()
	}
	k, before := at()
	cmd := c.command(k)
	k.store.Inject(nil)
	k.send(cmd)
	done, want := k.memory(), c.commits
	if p.NoLimit && want > 0 {
		if want = 0; c.changes {
			want = 1
		}
	}
	if n := k.store.Commits(); n != want {
		t.Fatalf("%d commits instead of %d", n, want)
	}
	for n := 1; n <= want; n++ {
		for _, fault := range []softcard.Fault{softcard.CutBefore, softcard.CutAfter} {
			k, again := at()
			if !before.same(again) {
				t.Fatal("the test does not repeat itself")
			}
			k.torn(c.command(k), n, fault)
			torn := k.memory()
			counted := torn.Attempts == before.Attempts+1 && bytes.Equal(k.without(torn), k.without(before))
			if !torn.same(before) && !torn.same(done) && !counted {
				t.Errorf("cut at commit %d (%d): the card is neither as before nor as after", n, fault)
			}
			k.sound(torn)
			k.alive()
		}
	}
}

// without is the memory without the counter of attempts.
func (k *kit) without(m memory) []byte {
	return bytes.Replace(m.raw, fmt.Appendf(nil, `"Attempts":%d,`, m.Attempts), nil, 1)
}

// torn sends a command and loses the card at its n-th commit.
func (k *kit) torn(q request, n int, fault softcard.Fault) {
	k.Helper()
	c, err := q.Command()
	if err != nil {
		k.Fatal(err)
	}
	raw, err := c.Bytes()
	if err != nil {
		k.Fatal(err)
	}
	k.store.Inject(softcard.CutAt(n, fault))
	if _, err := k.card.Transmit(raw); !errors.Is(err, softcard.ErrNoPower) {
		k.Fatalf("cut at commit %d: %v", n, err)
	}
	k.store.Inject(nil)
}

// sound checks what must hold in every state of a card.
func (k *kit) sound(m memory) {
	k.Helper()
	sealed := 0
	for i, s := range m.Slots {
		switch s.State {
		case wire.SlotSealed:
			if sealed++; i != m.Current {
				k.Errorf("slot %d is sealed and %d the current one", i, m.Current)
			}
		case wire.SlotUnused:
			if len(s.Private) > 0 || len(s.Master) > 0 || i < m.Current {
				k.Errorf("slot %d is unused and has a key, or lies behind", i)
			}
		}
	}
	if sealed > 1 {
		k.Errorf("%d slots are sealed", sealed)
	}
	if cvc := string(m.CVC); cvc != theCVC && cvc != newCVC {
		k.Errorf("the CVC is %q", cvc)
	}
	if (m.Attempts == 3) != (m.Delay > 0) && m.Attempts != 3 {
		k.Errorf("%d attempts and a delay of %d", m.Attempts, m.Delay)
	}
}

// alive powers the card again and uses it.
func (k *kit) alive() {
	k.Helper()
	k.card.PowerOn()
	k.sel()
	if k.cvc = theCVC; string(k.memory().CVC) == newCVC {
		k.cvc = newCVC
	}
	if k.status.HasKey() || k.product == wire.Satscard {
		k.ok(k.cvcCommand(k.cvc))
	}
	k.ok(k.send(wire.CheckRequest{Nonce: theNonce}))
}

func TestAttemptsAreCountedBeforeTheyAreCompared(t *testing.T) {
	for _, product := range []wire.Product{wire.Satscard, wire.Tapsigner, wire.Satschip} {
		for _, cvc := range []string{theCVC, wrongCVC} {
			k := newKit(t, product, applet.V1_0_3).ready()
			var events []string
			k.store.Watch(func(e string) { events = append(events, e) })
			k.cvcCommand(cvc)
			want := []string{"commit: count an attempt", "compare CVC", "commit: clear the attempts"}
			if cvc == wrongCVC {
				want = want[:2]
			}
			if !slices.Equal(events, want) {
				t.Errorf("%v: %v", product, events)
			}
		}
	}
}

// An attacker with the power switch gets no more than three comparisons, and then one for 15 waits.
func TestCuttingThePowerGivesNoFreeGuess(t *testing.T) {
	for _, fault := range []softcard.Fault{softcard.CutBefore, softcard.CutAfter} {
		for commit := 1; commit <= 2; commit++ {
			k := newKit(t, wire.Tapsigner, applet.V1_0_3).ready()
			compared := 0
			k.store.Watch(func(e string) {
				if e == "compare CVC" {
					compared++
				}
			})
			for range 10 { // the right CVC even, which the attacker does not learn to be right
				c, err := wire.ReadRequest{Nonce: theNonce, Auth: k.auth("read")}.Command()
				if err != nil {
					t.Fatal(err)
				}
				raw, _ := c.Bytes()
				k.store.Inject(softcard.CutAt(commit, fault))
				answer, err := k.card.Transmit(raw)
				k.store.Inject(nil)
				if err == nil && (len(answer) < 2 || k.code(answer[:len(answer)-2]) == 0) {
					t.Fatalf("cut %d at %d: an answer without a second commit", fault, commit)
				}
				k.card.PowerOff()
				k.card.PowerOn()
				k.sel()
			}
			limit := 3
			if fault == softcard.CutAfter && commit == 2 {
				limit = 10 // the whole command was done, and the attacker has lost the answer
			}
			if compared > limit {
				t.Errorf("cut %d at commit %d: %d comparisons", fault, commit, compared)
			}
		}
	}
}

func TestATornLimitIsStillALimit(t *testing.T) {
	k := newKit(t, wire.Satscard, applet.V1_0_3).limited()
	k.torn(wire.WaitRequest{}, 1, softcard.CutAfter)
	k.card.PowerOn()
	if a := k.sel(); a.AuthDelay != 14 {
		t.Errorf("delay %d", a.AuthDelay)
	}
	k.torn(wire.WaitRequest{}, 1, softcard.CutBefore)
	k.card.PowerOn()
	if a := k.sel(); a.AuthDelay != 14 {
		t.Errorf("delay %d", a.AuthDelay)
	}
}
