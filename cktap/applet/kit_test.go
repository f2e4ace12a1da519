package applet_test

import (
	"bytes"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"testing"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// The secrets of every card of these tests.
const (
	theCVC   = "314159"
	wrongCVC = "000000"
)

var (
	theNonce  = []byte("0123456789abcdef")
	theDigest = wire.Bytes32{0xA5, 0x5A}
	theChain  = bytes.Repeat([]byte{0xC0, 0xDE}, 16)
	theRoot   = bytes.Repeat([]byte{0x42}, 32)
)

// kit is a card, fresh from the factory, and the client in front of it, for one row on one product and profile.
type kit struct {
	testing.TB
	row      row
	product  wire.Product
	profile  applet.Profile
	app      *applet.Applet
	card     *softcard.Card
	store    *softcard.Store
	factory  *applet.Factory
	host     *rand.ChaCha8
	status   wire.StatusAnswer // of the last SELECT
	nonce    wire.Nonce        // the card's, as far as the client knows
	before   wire.Nonce        // the one in force when the last command was sent
	session  wire.Session      // of the last command with CVC
	cvc      string
	compared bool
	lost     bool // 0.9.0 may have changed the nonce without saying so
	careless bool // the client does not ask for it then
}

// option changes how a card of the tests is made.
type option func(*applet.Options)

func newKit(tb testing.TB, product wire.Product, profile applet.Profile, with ...option) *kit {
	tb.Helper()
	factory, err := applet.NewFactory(secret.Copy(theRoot))
	if err != nil {
		tb.Fatal(err)
	}
	k := &kit{TB: tb, product: product, profile: profile, store: softcard.NewStore(), factory: factory,
		host: seeded(tb.Name() + " host"), cvc: theCVC}
	o := applet.Options{Product: product, Profile: profile, Env: softcard.NewEnv(k.store), Factory: factory, Lucky: true,
		Personal: &applet.Personal{CVC: theCVC}}
	o.Env.Rand = seeded(tb.Name())
	for _, f := range with {
		f(&o)
	}
	if k.app, err = applet.New(o); err != nil {
		tb.Fatal(err)
	}
	k.card = k.app.Card()
	k.card.PowerOn()
	k.sel()
	return k
}

// remake is the card of the row's test with other options.
func (k *kit) remake(with ...option) *kit {
	k.Helper()
	again := newKit(k.TB, k.product, k.profile, with...)
	again.row = k.row
	*k = *again
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

func tap(body []byte) iso7816.Command { return iso7816.Command{INS: wire.InsTap, Data: body} }

func transmit(tb testing.TB, card *softcard.Card, c iso7816.Command) iso7816.Response {
	tb.Helper()
	raw, err := c.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	answer, err := card.Transmit(raw)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := iso7816.ParseResponse(answer)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// sel selects the applet and takes over what it says.
func (k *kit) sel() wire.StatusAnswer {
	k.Helper()
	r := transmit(k, k.card, wire.SelectCommand())
	k.status = parsed(k, wire.ParseStatusAnswer, r.Data)
	k.nonce = k.status.CardNonce
	return k.status
}

// raw sends a body and follows the nonce.
func (k *kit) raw(body []byte) []byte {
	k.Helper()
	k.before = k.nonce
	r := transmit(k, k.card, tap(body))
	if r.SW != iso7816.OK || len(r.Data) > 256 {
		k.Fatalf("%v with %d bytes", r.SW, len(r.Data))
	}
	if n, ok := wire.NextNonce(r.Data); ok {
		k.nonce = n
	}
	k.lost = k.profile.ErrorsSpendNonce && k.code(r.Data) != 0
	return r.Data
}

// request is anything that makes a command.
type request interface {
	Command() (iso7816.Command, error)
}

// send sends a request.
func (k *kit) send(q request) []byte {
	k.Helper()
	c, err := q.Command()
	if err != nil {
		k.Fatal(err)
	}
	return k.raw(c.Data)
}

// auth proves the CVC for a command, with the nonce the client knows.
func (k *kit) auth(name string) wire.Auth { return k.authWith(name, k.cvc, k.nonce) }

func (k *kit) authWith(name, cvc string, nonce wire.Nonce) wire.Auth {
	k.Helper()
	if k.lost && !k.careless && nonce == k.nonce {
		k.ok(k.send(wire.StatusRequest{}))
		nonce = k.nonce
	}
	a, s, err := wire.Authenticate(k.host, k.status.PublicKey, nonce, name, secret.Copy([]byte(cvc)))
	if err != nil {
		k.Fatal(err)
	}
	k.session = s
	return a
}

// code is the error code of an answer, 0 for success.
func (k *kit) code(body []byte) int {
	k.Helper()
	var e *wire.CardError
	switch err := wire.ParseError(body); {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.Code
	default:
		k.Fatalf("%x: %v", body, err)
		return 0
	}
}

// is compares an answer with the row's.
func (k *kit) is(body []byte) []byte {
	k.Helper()
	k.compared = true
	if got := k.code(body); got != k.row.code {
		k.Errorf("answered %d, the table says %s: %s", got, k.row.answer, k.row.what)
	}
	return body
}

// ok is for the steps that lead to a row.
func (k *kit) ok(body []byte) []byte {
	k.Helper()
	return k.answers(body, 0)
}

// answers is for the steps that lead to a row, or follow from it.
func (k *kit) answers(body []byte, code int) []byte {
	k.Helper()
	if got := k.code(body); got != code {
		k.Fatalf("on the way to %s: %d instead of %d", k.row.id, got, code)
	}
	return body
}

// parsed reads an answer that must be one.
func parsed[T any](tb testing.TB, parse func([]byte) (T, error), body []byte) T {
	tb.Helper()
	v, err := parse(body)
	if err != nil {
		tb.Fatalf("%x: %v", body, err)
	}
	return v
}

// check complains unless a condition holds.
func (k *kit) check(ok bool, what string, args ...any) {
	k.Helper()
	if !ok {
		k.Errorf(what, args...)
	}
}

// verifies checks a signature.
func (k *kit) verifies(s wire.Signature, digest [32]byte, key wire.PublicKey) {
	k.Helper()
	if err := s.Verify(digest, key); err != nil || !s.LowS() {
		k.Errorf("%v, low S %v", err, s.LowS())
	}
}
