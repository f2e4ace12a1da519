package applet_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

// tearing is a command at whose commits the power is cut: before brings the card to where it is sent.
type tearing struct {
	name    string
	before  func(k *kit)
	command func(k *kit) iso7816.Command
	commits int
}

// paidOnce is a card with something of everything to lose, and its owner in front of it.
func paidOnce(k *kit) {
	k.ready().profile(0, thePurse, func(p *wire.Profile) {
		p.Velocity, p.OfflineCount, p.OfflineSum, p.OfflineSingle = 1000, 5, 100, 100
	})
	k.guards(func(g *wire.Guards) { g.Flags |= wire.BlindSigning }).set(wire.RefillCommand(50))
	k.ok(k.buy(5))
	k.ok(k.offline(6))
	k.owner()
}

func blocked(k *kit) {
	paidOnce(k)
	for range 3 {
		k.send(raw(0x20, 0, 0, wrongPIN...))
	}
}

func atTheTill(k *kit) { paidOnce(k); k.tap() }

func wrapped(cmd iso7816.Command) func(*kit) iso7816.Command {
	return func(k *kit) iso7816.Command {
		c, err := k.ch.WrapCommand(cmd)
		must(k, err)
		return c
	}
}

var tearings = []tearing{
	{"INIT", func(k *kit) { k.sel() }, func(k *kit) iso7816.Command {
		return channel.InitCommand(k.seal(initPayload))
	}, 1},
	{"PAIR", func(k *kit) { k.init() }, func(k *kit) iso7816.Command {
		first, err := channel.ParsePairFirst(k.ok(k.bare(channel.PairFirstCommand([32]byte{1}))).Data)
		must(k, err)
		return channel.PairFinalCommand(channel.PairingCryptogram(theToken, first.Challenge[:]), 0)
	}, 1},
	{"VERIFY PIN", paidOnce, wrapped(raw(0x20, 0, 0, thePIN...)), 2},
	{"VERIFY PIN, wrong", paidOnce, wrapped(raw(0x20, 0, 0, wrongPIN...)), 1},
	{"UNBLOCK PIN", blocked, wrapped(raw(0x22, 0, 0, append(thePUK[:12:12], thePIN...)...)), 2},
	{"UNBLOCK PIN, wrong", blocked, wrapped(raw(0x22, 0, 0, []byte("000000000000000000")...)), 1},
	{"CHANGE PIN", paidOnce, wrapped(raw(0x21, 0, 0, thePIN...)), 1},
	{"UNPAIR", paidOnce, wrapped(channel.UnpairCommand(4)), 1},
	{"SET GUARDS", paidOnce, wrapped(wire.SetGuardsCommand(wire.Guards{Flags: wire.WantApproval, Window: 3600})), 1},
	{"SET PROFILE", paidOnce, wrapped(wire.SetProfileCommand(0, open(other))), 1},
	{"SET PROFILE, none", paidOnce, wrapped(wire.DeleteProfileCommand(0)), 1},
	{"REFILL", paidOnce, wrapped(wire.RefillCommand(7)), 1},
	{"SET SERVICE", paidOnce, wrapped(wire.SetServiceCommand(service(approver2))), 1},
	{"SET TIME AUTHORITIES", paidOnce, wrapped(wire.SetTimeCommand(nil)), 1},
	{"SWITCH", paidOnce, wrapped(wire.SwitchCommand(false)), 1},
	{"BIND", paidOnce, wrapped(wire.BindCommand(0, addr(9))), 0},
	{"MANDATE", paidOnce, wrapped(wire.MandateCommand(0, grant(9, 1))), 1},
	{"READ LOG", paidOnce, wrapped(wire.ReadLogCommand(0)), 0},
	{"CHALLENGE", atTheTill, func(*kit) iso7816.Command { return wire.ChallengeCommand(0, order(5, 99)) }, 0},
	{"PAY", atTheTill, func(k *kit) iso7816.Command {
		a := k.challenge(0, order(5, 99))
		return wire.PayCommand(approve(a, approver, k.terms()))
	}, 1},
	{"PAY, offline", atTheTill, func(k *kit) iso7816.Command {
		k.challenge(0, order(5, 99))
		return wire.PayCommand(wire.Approval{})
	}, 1},
	{"PAY, again", atTheTill, func(k *kit) iso7816.Command {
		k.challenge(0, order(6, 2))
		return wire.PayCommand(wire.Approval{})
	}, 0},
	{"SIGN HASH", atTheTill, func(k *kit) iso7816.Command {
		a := k.challengeHash(theHash)
		return wire.SignHashCommand(approve(a, approver, k.terms()))
	}, 1},
	{"FACTORY RESET", paidOnce, wrapped(channel.FactoryResetCommand()), 1},
}

// The card is as before the command or as after it, and a counter of tries may have lost one.
func TestPowerCutAtEveryCommit(t *testing.T) {
	for _, c := range tearings {
		t.Run(c.name, func(t *testing.T) { c.sweep(t) })
	}
}

func (c tearing) sweep(t *testing.T) {
	at := func() (*kit, string) {
		k := newKit(t) // random numbers are the same each time, so memories can be compared
		c.before(k)
		return k, k.snapshot()
	}
	k, before := at()
	cmd := c.command(k)
	k.store.Inject(nil)
	k.bare(cmd)
	done := k.snapshot()
	if n := k.store.Commits(); n != c.commits {
		t.Fatalf("%d commits instead of %d", n, c.commits)
	}
	for n := 1; n <= c.commits; n++ {
		for _, fault := range []softcard.Fault{softcard.CutBefore, softcard.CutAfter} {
			k, again := at()
			if before != again {
				t.Fatal("the test does not repeat itself")
			}
			cmd := c.command(k)
			k.store.Inject(softcard.CutAt(n, fault))
			if _, err := k.try(cmd); !errors.Is(err, softcard.ErrNoPower) {
				t.Fatalf("cut at commit %d: %v", n, err)
			}
			k.store.Inject(nil)
			torn := k.snapshot()
			oneLess := strings.NewReplacer(`"PINTries":3`, `"PINTries":2`).Replace(before) == torn ||
				strings.NewReplacer(`"PUKTries":5`, `"PUKTries":4`).Replace(before) == torn
			if torn != before && torn != done && !oneLess {
				t.Errorf("cut at commit %d (%d): neither before nor after", n, fault)
			}
			k.card.PowerOn()
			k.sel()
		}
	}
}

// memory is what the invariants are about.
type memory struct {
	Counter, LastTime, Left uint32
	PINTries                int
}

func (k *kit) memory() (m memory) {
	k.Helper()
	var cells map[string]json.RawMessage
	must(k, json.Unmarshal([]byte(k.snapshot()), &cells))
	must(k, json.Unmarshal(cells["paycard"], &m))
	return m
}

func TestALostAnswerCostsNothing(t *testing.T) {
	k := newKit(t)
	k.ready()
	a := k.challenge(0, order(5, 1))
	k.store.Inject(softcard.CutAt(1, softcard.CutAfter))
	if _, err := k.try(wire.PayCommand(approve(a, approver, k.terms()))); !errors.Is(err, softcard.ErrNoPower) {
		t.Fatal(err)
	}
	k.store.Inject(nil)
	k.tap()
	again := k.challenge(0, order(5, 1))
	k.equal("the flags", again.Flags, byte(wire.Repeat))
	k.signed(k.ok(k.pay(again, wire.Approval{})), a.token.Digest, k.info.Address)
	k.equal("the commits", k.store.Commits(), 0)
	k.equal("the counter", k.memory().Counter, uint32(1))
}

func TestACutBeforeTheCommitLetsNoSignatureOut(t *testing.T) {
	k := newKit(t)
	k.ready()
	a := k.challenge(0, order(5, 1))
	k.store.Inject(softcard.CutAt(1, softcard.CutBefore))
	if _, err := k.try(wire.PayCommand(approve(a, approver, k.terms()))); !errors.Is(err, softcard.ErrNoPower) {
		t.Fatal(err)
	}
	k.store.Inject(nil)
	k.tap()
	other := k.challenge(0, order(6, 2)) // the counter is free for another payment
	k.equal("the counter", other.Counter, uint32(1))
	k.equal("the flags", other.Flags, byte(wire.NeedsApproval))
	k.ok(k.pay(other, approve(other, approver, k.terms())))
}

func TestADamagedStateIsRefused(t *testing.T) {
	for name, change := range map[string]func(s map[string]any){
		"no UID":      func(s map[string]any) { s["UID"] = "" },
		"slots":       func(s map[string]any) { s["Pairings"] = []string{} },
		"profiles":    func(s map[string]any) { s["Profiles"] = nil },
		"profile":     func(s map[string]any) { s["Profiles"].([]any)[1].(map[string]any)["Config"] = "AAAA" },
		"window":      func(s map[string]any) { s["Guards"].(map[string]any)["Window"] = 0 },
		"MAC key":     func(s map[string]any) { s["MACKey"] = "AAAA" },
		"approver":    func(s map[string]any) { s["Keys"] = []string{"AAAA"} },
		"payment key": func(s map[string]any) { s["PayPrivate"] = "" },
		"address":     func(s map[string]any) { s["Address"] = "" },
		"log":         func(s map[string]any) { s["Log"] = []string{"AAAA"} },
		"last":        func(s map[string]any) { s["Last"] = map[string]any{"Digest": "AAAA"} },
		"spent":       func(s map[string]any) { s["Spent"].([]any)[0].(map[string]any)["Purse"] = "" },
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			k.ready()
			if err := reopen(k, change); !errors.Is(err, softcard.ErrDamaged) {
				t.Error(err)
			}
		})
	}
}
