package applet_test

import (
	"bytes"
	"hash/fnv"
	"math/rand/v2"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// Secrets of every card of these tests. The PUK's first six digits are not the PIN: they are the default duress PIN.
var (
	thePIN   = []byte("314159")
	wrongPIN = []byte("000000")
	thePUK   = []byte("271828182845")
	wrongPUK = []byte("000000000000")
	theToken = bytes.Repeat([]byte{0x5E}, 32)
	theSeed  = counting(64)
	theHash  = bytes.Repeat([]byte{0xA5}, 32)
)

// counting is the bytes 0, 1, 2 up to n-1.
func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

// option changes how a card of the tests is made.
type option func(*applet.Options)

// kit is a card, fresh from the factory, and the client in front of it, for one row in one setting.
type kit struct {
	testing.TB
	*client
	row      row
	profile  string
	quirks   bool
	store    *softcard.Store
	compared bool
}

func newKit(tb testing.TB, profile string, quirks bool, with ...option) *kit {
	tb.Helper()
	p, err := applet.ProfileByName(profile)
	if err != nil {
		tb.Fatal(err)
	}
	store := softcard.NewStore()
	o := applet.Options{Profile: p, Quirks: quirks, Env: softcard.NewEnv(store)}
	o.Env.Rand = seeded(tb.Name())
	for _, f := range with {
		f(&o)
	}
	card, err := applet.NewCard(o)
	if err != nil {
		tb.Fatal(err)
	}
	card.PowerOn()
	k := &kit{TB: tb, profile: profile, quirks: quirks, store: store}
	k.client = &client{tb: tb, card: card, token: theToken}
	return k
}

// seeded is a random source that is the same in every run of a test.
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
		k.Errorf("answered %v, the table says %v: %s", r.SW, k.row.sw, k.row.what)
	}
	if r.SW != iso7816.OK && len(r.Data) != 0 {
		k.Errorf("%v comes with %d bytes of data", r.SW, len(r.Data))
	}
	return r
}

// isBare is is for an answer that ends the channel: the status word is outside, for everybody to see.
func (k *kit) isBare(r iso7816.Response) {
	k.Helper()
	if k.is(r); k.ch != nil {
		k.Error("the answer came inside the channel")
	}
}

// ok is for the steps that lead to a row.
func (k *kit) ok(r iso7816.Response) iso7816.Response {
	k.Helper()
	return k.answers(r, iso7816.OK)
}

// answers is for the steps that lead to a row, or follow from it.
func (k *kit) answers(r iso7816.Response, sw iso7816.Status) iso7816.Response {
	k.Helper()
	if r.SW != sw {
		k.Fatalf("on the way to %s: %v instead of %v", k.row.id, r.SW, sw)
	}
	return r
}

// equal compares bytes of an answer.
func (k *kit) equal(what string, got, want []byte) {
	k.Helper()
	if !bytes.Equal(got, want) {
		k.Errorf("%s is %X, not %X", what, got, want)
	}
}

// The states a card can be brought to, each on top of the one before.

// init selects and initialises with 50 bytes.
func (k *kit) init() *kit {
	k.Helper()
	k.sel()
	k.ok(k.bare(0xFE, 0, 0, k.oneShot(initData(thePIN, thePUK, theToken))...))
	k.sel()
	return k
}

func initData(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// paired initialises and pairs.
func (k *kit) paired() *kit {
	k.Helper()
	k.init()
	if r, ok := k.pair(); !ok {
		k.Fatalf("PAIR: %v", r.SW)
	}
	return k
}

// open opens the secure channel of the pairing there is, without SELECT.
func (k *kit) open() *kit {
	k.Helper()
	k.ok(k.openBare())
	k.ok(k.send(0x11, 0, 0, k.random(32)...))
	return k
}

// reopen selects and opens the channel: the PIN is not verified.
func (k *kit) reopen() *kit {
	k.Helper()
	k.sel()
	return k.open()
}

// opened initialises, pairs and opens the channel.
func (k *kit) opened() *kit {
	k.Helper()
	return k.paired().open()
}

// verified is opened with the PIN verified.
func (k *kit) verified() *kit {
	k.Helper()
	return k.opened().verify()
}

// verify gives the PIN.
func (k *kit) verify() *kit {
	k.Helper()
	k.ok(k.send(0x20, 0, 0, thePIN...))
	return k
}

// ready is verified with the key of theSeed.
func (k *kit) ready() *kit {
	k.Helper()
	return k.verified().load()
}

// load loads the key of theSeed.
func (k *kit) load() *kit {
	k.Helper()
	k.ok(k.send(0xD0, 3, 0, theSeed...))
	return k
}

// loadPlain loads a key without a chain code.
func (k *kit) loadPlain() *kit {
	k.Helper()
	k.ok(k.send(0xD0, 1, 0, template(0x81, master(theSeed).private())...))
	return k
}

// derive goes to a path from the master key.
func (k *kit) derive(components ...uint32) *kit {
	k.Helper()
	k.ok(k.send(0xD1, 0, 0, path(components...)...))
	return k
}

// currentPath asks for the current path.
func (k *kit) currentPath() []byte {
	k.Helper()
	return k.ok(k.send(0xF2, 1, 0)).Data
}

// pathIs compares the current path.
func (k *kit) pathIs(components ...uint32) {
	k.Helper()
	k.equal("the current path", k.currentPath(), path(components...))
}

// status is the content of GET STATUS: tries of PIN and PUK, and whether there is a key.
func (k *kit) status() (pin, puk int, key bool) {
	k.Helper()
	d := k.ok(k.send(0xF2, 0, 0)).Data
	if len(d) != 11 {
		k.Fatalf("GET STATUS answers %X", d)
	}
	return int(d[4]), int(d[7]), d[10] == 0xFF
}

// triesAre compares the counters.
func (k *kit) triesAre(pin, puk int) {
	k.Helper()
	if a, b, _ := k.status(); a != pin || b != puk {
		k.Errorf("%d tries for the PIN and %d for the PUK, not %d and %d", a, b, pin, puk)
	}
}

// signedBy checks an answer of SIGN for theHash against a key.
func (k *kit) signedBy(r iso7816.Response, key hdKey) {
	k.Helper()
	if r.SW != iso7816.OK {
		k.Errorf("SIGN: %v", r.SW)
		return
	}
	s := parseSignature(k, r.Data)
	k.equal("the signer's public key", s.pub, key.public())
	if !s.verify(k, theHash, key.public()) {
		k.Error("the signature does not verify")
	}
}

// template builds A1 with tags and values in the order given.
func template(pairs ...any) []byte {
	var inner []byte
	for i := 0; i < len(pairs); i += 2 {
		v := pairs[i+1].([]byte)
		inner = append(append(inner, byte(pairs[i].(int)), byte(len(v))), v...)
	}
	if len(inner) > 127 {
		return append([]byte{0xA1, 0x81, byte(len(inner))}, inner...)
	}
	return append([]byte{0xA1, byte(len(inner))}, inner...)
}

// forgotten says that channel and PIN are gone: any command that needs them is answered 6985.
func (k *kit) forgotten() iso7816.Response {
	k.Helper()
	return k.bare(0xF2, 0, 0)
}

// keycardAID is the AID that the tests select.
var keycardAID = wire.KeycardAID(1)
