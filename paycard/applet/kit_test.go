package applet_test

import (
	"bytes"
	"crypto/sha256"
	"hash/fnv"
	"math/rand/v2"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// What every card of these tests is given.
var (
	thePIN   = []byte("314159")
	wrongPIN = []byte("000000")
	thePUK   = []byte("271828182845")
	theToken = bytes.Repeat([]byte{0x5E}, 32)
	macKey   = bytes.Repeat([]byte{0x3A}, 32)
	theHash  = bytes.Repeat([]byte{0xA5}, 32)
	theURL   = "https://approve.example/v1"
	thePurse = wire.Purse{Chain: 31337, Vault: addr(0x11), Token: addr(0x22)}
	other    = wire.Purse{Chain: 31337, Vault: addr(0x33), Token: addr(0x44)}
)

// The approver and the time authority exist in tests only.
var (
	approver, approver2   = signer(1), signer(2)
	authority, authority2 = signer(3), signer(4)
)

func signer(b byte) *secp256k1.PrivateKey {
	sum := sha256.Sum256([]byte{b})
	return secp256k1.PrivKeyFromBytes(sum[:])
}

func public(k *secp256k1.PrivateKey) wire.PublicKey {
	return wire.PublicKey(k.PubKey().SerializeCompressed())
}

func addr(b byte) (a wire.Address) {
	copy(a[:], bytes.Repeat([]byte{b}, len(a)))
	return a
}

// service is the approval service of the tests.
func service(keys ...*secp256k1.PrivateKey) wire.Service {
	s := wire.Service{URL: theURL, MAC: secret.Copy(macKey)}
	for _, k := range keys {
		s.Keys = append(s.Keys, public(k))
	}
	return s
}

// open is a profile without limits.
func open(p wire.Purse) wire.Profile {
	return wire.Profile{Purse: p, Single: wire.NoLimit, Velocity: wire.NoLimit, Touch: wire.NoTouch}
}

// order is a payment; two of them differ by their offers.
func order(amount uint64, offer byte) wire.Order {
	return wire.Order{Merchant: addr(0x77), Amount: amount, Anchor: 8000, Block: [32]byte{1}, Offer: [32]byte{offer}}
}

// kit is a card and its owner, a terminal and an approver in front of it.
type kit struct {
	testing.TB
	card     *softcard.Card
	store    *softcard.Store
	row      row
	compared bool
	info     wire.Info
	key      []byte // pairing key
	slot     byte
	ch       *channel.Channel
	now      uint32 // of the next token
	inputs   struct{ on, touch, confirm, finger bool }
	shown    []applet.Shown
	nonce    byte
	offer    byte
}

func newKit(tb testing.TB) *kit {
	tb.Helper()
	k := &kit{TB: tb, now: 1_800_000_000}
	k.inputs.on = true
	k.insert(softcard.NewStore(), applet.Inputs{
		Switch: func() bool { return k.inputs.on },
		Touch:  func() bool { return k.inputs.touch },
		Display: func(s applet.Shown) bool {
			k.shown = append(k.shown, s)
			return k.inputs.confirm
		},
		Finger: func() bool { return k.inputs.finger },
	})
	return k
}

// insert makes the card of a store.
func (k *kit) insert(store *softcard.Store, in applet.Inputs) {
	k.Helper()
	env := softcard.NewEnv(store)
	env.Rand = seeded(k.Name())
	card, err := applet.NewCard(applet.Options{Env: env, Inputs: in})
	if err != nil {
		k.Fatal(err)
	}
	card.PowerOn()
	k.card, k.store = card, store
}

func seeded(name string) *rand.ChaCha8 {
	h := fnv.New128a()
	h.Write([]byte(name))
	var seed [32]byte
	copy(seed[:], h.Sum(nil))
	return rand.NewChaCha8(seed)
}

// is compares an answer with the status word of the row.
func (k *kit) is(r iso7816.Response) iso7816.Response {
	k.Helper()
	k.compared = true
	if r.SW != k.row.sw {
		k.Fatalf("answered %v, the table says %v: %s", r.SW, k.row.sw, k.row.what)
	}
	if r.SW != iso7816.OK && len(r.Data) != 0 {
		k.Errorf("%v comes with %d bytes of data", r.SW, len(r.Data))
	}
	return r
}

// ok is for the steps that lead to a row.
func (k *kit) ok(r iso7816.Response) iso7816.Response {
	k.Helper()
	if r.SW != iso7816.OK {
		k.Fatalf("on the way to %s: %v", k.row.id, r.SW)
	}
	return r
}

func (k *kit) equal(what string, got, want any) {
	k.Helper()
	if got != want {
		k.Errorf("%s is %v, not %v", what, got, want)
	}
}

// The owner's side.

// set has the owner send commands, and goes back to the till.
func (k *kit) set(commands ...iso7816.Command) *kit {
	k.Helper()
	k.owner()
	for _, c := range commands {
		k.ok(k.send(c))
	}
	k.tap()
	return k
}

// ready is a card that pays from thePurse with approvals, as its owner gets it.
func (k *kit) ready() *kit {
	k.Helper()
	return k.init().set(wire.SetProfileCommand(0, open(thePurse)), wire.SetServiceCommand(service(approver)),
		wire.SetTimeCommand([]wire.PublicKey{public(authority), public(authority2)}))
}

// guards changes the default guards.
func (k *kit) guards(change func(g *wire.Guards)) *kit {
	k.Helper()
	g := wire.DefaultGuards()
	change(&g)
	return k.set(wire.SetGuardsCommand(g))
}

// profile changes profile n from one without limits.
func (k *kit) profile(n byte, p wire.Purse, change func(p *wire.Profile)) *kit {
	k.Helper()
	q := open(p)
	change(&q)
	return k.set(wire.SetProfileCommand(n, q))
}

func (k *kit) status() wire.CardStatus {
	k.Helper()
	k.owner()
	s, err := wire.ParseCardStatus(k.ok(k.send(wire.StatusCommand(wire.StatusCard))).Data)
	if err != nil {
		k.Fatal(err)
	}
	return s
}

func (k *kit) profileStatus(n byte) wire.ProfileStatus {
	k.Helper()
	k.owner()
	s, err := wire.ParseProfileStatus(k.ok(k.send(wire.StatusCommand(wire.StatusProfile + n))).Data)
	if err != nil {
		k.Fatal(err)
	}
	return s
}

func (k *kit) log() (all []wire.Entry) {
	k.Helper()
	k.owner()
	for {
		entries, err := wire.ParseEntries(k.ok(k.send(wire.ReadLogCommand(byte(len(all))))).Data)
		if err != nil {
			k.Fatal(err)
		}
		if len(entries) == 0 {
			return all
		}
		all = append(all, entries...)
	}
}

// snapshot is everything the card keeps.
func (k *kit) snapshot() string {
	k.Helper()
	b, err := k.store.Snapshot()
	if err != nil {
		k.Fatal(err)
	}
	return string(b)
}
