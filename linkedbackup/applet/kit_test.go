package applet_test

import (
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"time"

	"pgregory.net/rapid"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/applet"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

const (
	theCode   = "correct horse"
	otherCode = "battery staple"
	wrongCode = "000000"
)

func code(s string) secret.Bytes { return secret.Copy([]byte(s)) }

func must(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a maker and the time, and all its cards' random numbers come from one seed.
type world struct {
	rapid.TB
	rand  *rand.ChaCha8
	maker *wire.KeyPair
	now   time.Time
}

func newWorld(t rapid.TB, seed byte) *world {
	t.Helper()
	w := &world{TB: t, rand: rand.NewChaCha8([32]byte{seed}), now: time.Unix(1_700_000_000, 0)}
	w.maker = w.pair()
	return w
}

func (w *world) pair() *wire.KeyPair {
	w.Helper()
	k, err := wire.NewKeyPair(w.rand)
	must(w, err)
	return k
}

func (w *world) random32() (b [32]byte) {
	io.ReadFull(w.rand, b[:])
	return b
}

// soft is a card in a reader, and the host's side of the channel to it.
type soft struct {
	*world
	name    string
	card    *softcard.Card
	store   *softcard.Store
	rand    io.Reader // replaces the random source when it is set
	info    wire.Info
	ch      *wire.Channel
	witness *witness // checks every command, when it is set
	lose    int      // the answer to the n-th APDU from now is lost; 0 for none
}

// errLost is an answer that the card has given and the host has not got.
var errLost = errors.New("the answer is lost")

// Read implements the card's random source.
func (c *soft) Read(b []byte) (int, error) {
	if c.rand != nil {
		return c.rand.Read(b)
	}
	return c.world.rand.Read(b)
}

// blank is a card from the factory floor.
func (w *world) blank(name string) *soft {
	return w.card(name, softcard.NewStore())
}

// restored is a card of the same world as it was at some time.
func (w *world) restored(name, memory string) *soft {
	w.Helper()
	store, err := softcard.Restore([]byte(memory))
	must(w, err)
	return w.card(name, store)
}

func (w *world) card(name string, store *softcard.Store) *soft {
	w.Helper()
	c := &soft{world: w, name: name, store: store}
	card, err := applet.NewCard(applet.Options{
		Env: softcard.Env{Store: c.store, Rand: c, Now: func() time.Time { return w.now }},
	})
	must(w, err)
	c.card = card
	c.tap()
	return c
}

// empty is a certified card.
func (w *world) empty(name string) *soft { return w.certified(name, w.maker) }

func (w *world) certified(name string, maker *wire.KeyPair) *soft {
	w.Helper()
	c := w.blank(name)
	c.ok(wire.PersonalizeCommand(c.certificate(maker, wire.FlagSoftware)))
	c.tap()
	return c
}

func (c *soft) certificate(maker *wire.KeyPair, flags byte) wire.Identity {
	return wire.Identity{Flags: flags, Root: maker.Public, Cert: wire.Certify(maker, c.info.Card, flags)}
}

// active is a card with a key and theCode; the code is verified.
func (w *world) active(name string) *soft {
	w.Helper()
	c := w.empty(name)
	c.open()
	c.ok(wire.ActivateCommand(wire.Generated, code(theCode), secret.Bytes{}))
	c.login(theCode)
	return c
}

// transmit is one APDU; the error is softcard.ErrNoPower when the power was cut.
func (c *soft) transmit(cmd iso7816.Command) (iso7816.Response, error) {
	c.Helper()
	raw, err := cmd.Bytes()
	must(c, err)
	answer, err := c.card.Transmit(raw)
	if err != nil {
		if !errors.Is(err, softcard.ErrNoPower) {
			c.Fatal(err)
		}
		return iso7816.Response{}, err
	}
	r, err := iso7816.ParseResponse(answer)
	must(c, err)
	return r, nil
}

// try sends a command, in the channel when it is open; a cut or a lost answer ends the channel.
func (c *soft) try(cmd iso7816.Command) (iso7816.Response, error) {
	c.Helper()
	r, err := c.exchange(cmd)
	if c.witness != nil {
		c.witness.saw(c, cmd, r)
	}
	if c.lose--; c.lose == 0 && err == nil {
		c.ch, err = nil, errLost
	}
	return r, err
}

func (c *soft) exchange(cmd iso7816.Command) (iso7816.Response, error) {
	c.Helper()
	if c.ch.Closed() || cmd.INS == wire.InsOpen {
		return c.transmit(cmd)
	}
	wrapped, err := c.ch.WrapCommand(cmd)
	must(c, err)
	r, err := c.transmit(wrapped)
	if err != nil {
		c.ch = nil
		return r, err
	}
	r, err = c.ch.UnwrapResponse(r)
	must(c, err)
	return r, nil
}

// send is try with power.
func (c *soft) send(cmd iso7816.Command) iso7816.Response {
	c.Helper()
	r, err := c.try(cmd)
	must(c, err)
	return r
}

func (c *soft) ok(cmd iso7816.Command) []byte {
	c.Helper()
	r := c.send(cmd)
	if r.SW != iso7816.OK {
		c.Fatalf("card %s, INS %02X: %v: %v", c.name, cmd.INS, r.SW, wire.FromStatus(r.SW))
	}
	return r.Data
}

// refused wants this refusal, and nothing changed in the card's memory.
func (c *soft) refused(want *wire.Refusal, cmd iso7816.Command) {
	c.Helper()
	before := c.memory()
	if r := c.send(cmd); r.SW != want.SW {
		c.Errorf("card %s, INS %02X: %v (%v) instead of %v", c.name, cmd.INS, r.SW, wire.FromStatus(r.SW), want)
	}
	if c.memory() != before {
		c.Errorf("card %s, INS %02X was refused and changed the card", c.name, cmd.INS)
	}
}

// tap is a new tap: power off and on, and SELECT.
func (c *soft) tap() *soft {
	c.Helper()
	c.card.Reset()
	c.ch = nil
	r, err := c.transmit(iso7816.Command{INS: iso7816.InsSelect, P1: 4, Data: wire.AID(), Ne: 256})
	must(c, err)
	c.info, err = wire.ParseInfo(r.Data)
	must(c, err)
	return c
}

// open opens a channel.
func (c *soft) open() *soft {
	c.Helper()
	o, err := wire.NewOpening(c.world.rand)
	must(c, err)
	r, err := c.transmit(o.Command())
	must(c, err)
	if r.SW != iso7816.OK {
		c.Fatalf("OPEN CHANNEL: %v", r.SW)
	}
	c.ch, err = o.Finish(c.info.Card, r.Data)
	must(c, err)
	return c
}

// login opens a channel and verifies the code.
func (c *soft) login(s string) *soft {
	c.Helper()
	c.open().ok(wire.VerifyCommand(code(s)))
	return c
}

// memory is the whole store as text, for comparisons.
func (c *soft) memory() string {
	c.Helper()
	b, err := c.store.Snapshot()
	must(c, err)
	return string(b)
}

// inside is the part of the memory that tests look at; its fields are those of the applet's state.
type inside struct {
	CardPrivate []byte
	Wallet      *struct {
		Private, Chain []byte
		Origin         wire.Origin
	}
	Code      []byte
	Failures  int
	Remaining time.Duration
	Run       *struct {
		Offers, Links [][]byte
		Join          []byte
	}
	Link *struct {
		Size, Slot byte
		Set        []wire.Key
		Bundles    [][]byte
	}
}

func (c *soft) inside() (in inside) {
	c.Helper()
	var cells struct{ Linked inside }
	must(c, json.Unmarshal([]byte(c.memory()), &cells))
	return cells.Linked
}

// The steps of a backup, each in a tap of its own, each with its answer.

func (c *soft) begin(size byte) []wire.Offer {
	c.Helper()
	offers, err := wire.ParseOffers(c.tap().login(theCode).ok(wire.BeginCommand(size)), int(size)-1)
	must(c, err)
	return offers
}

func (c *soft) join(o wire.Offer) wire.Join {
	c.Helper()
	j, err := wire.ParseJoin(c.tap().ok(wire.JoinCommand(o)))
	must(c, err)
	return j
}

func (c *soft) commit(joins ...wire.Join) []wire.Bundle {
	c.Helper()
	bundles, err := wire.ParseBundles(c.tap().login(theCode).ok(wire.CommitCommand(joins)), len(joins)+1)
	must(c, err)
	return bundles
}

func (c *soft) take(b wire.Bundle) {
	c.Helper()
	c.tap().ok(wire.ImportCommand(b))
}

func (c *soft) attest() wire.Attestation {
	c.Helper()
	nonce := c.random32()
	a, err := wire.ParseAttestation(c.tap().ok(wire.AttestCommand(nonce)))
	must(c, err)
	must(c, a.Verify(c.info.Card, nonce))
	return a
}

// sign has the card sign a hash at a path and verifies that it is the wallet's key.
func (c *soft) sign(s string) wire.Signed {
	c.Helper()
	hashes := [][32]byte{{1}, {2}}
	signed, err := wire.ParseSigned(c.tap().login(s).ok(wire.SignCommand([]uint32{1 << 31, 7}, hashes)), 2)
	must(c, err)
	return signed
}

// backup links cards: the first is active, the others empty.
func backup(cards ...*soft) {
	offers := cards[0].begin(byte(len(cards)))
	var joins []wire.Join
	for i, c := range cards[1:] {
		joins = append(joins, c.join(offers[i]))
	}
	for i, b := range cards[0].commit(joins...) {
		cards[i+1].take(b)
	}
}
