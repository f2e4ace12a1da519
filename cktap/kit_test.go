package cktap_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// Secrets of every card of these tests.
const (
	theCVC   = "314159"
	newCVC   = "27182818"
	wrongCVC = "000000"
)

var (
	theKey     = []byte("0123456789abcdef") // printed on the card
	theDigest  = [32]byte{0xA5, 0x5A, 1}
	theEntropy = []byte("the owner has thrown dice, often")
	theRoot    = [32]byte{0x42, 0x42}
)

func cvc(s string) secret.Bytes { return secret.Copy([]byte(s)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// kit is a software card in a gate, and the host before it.
type kit struct {
	testing.TB
	ctx     context.Context
	app     *applet.Applet
	soft    *softcard.Card
	factory *applet.Factory
	profile applet.Profile
	gate    *gate
	opts    cktap.Options
	counts  []time.Duration // what Countdown was told
	path    string          // of the store
}

type option func(*applet.Options)

func firmware(p applet.Profile) option { return func(o *applet.Options) { o.Profile = p } }
func blank(o *applet.Options)          { o.Personal.Blank = true }
func testnet(o *applet.Options)        { o.Testnet = true }
func unlucky(o *applet.Options)        { o.Lucky = false }

func newKit(t testing.TB, product wire.Product, with ...option) *kit {
	t.Helper()
	factory, err := applet.NewFactory(secret.Copy(theRoot[:]))
	must(t, err)
	k := &kit{TB: t, ctx: t.Context(), factory: factory, path: filepath.Join(t.TempDir(), "cards.json")}
	k.app, k.soft = k.make(product, 1, with...)
	k.gate = &gate{Link: loopback.Connect(k.soft, "test")}
	k.opts = cktap.Options{Emulator: k.profile.Name == applet.Emulator.Name, Rand: rand.NewChaCha8([32]byte{2}),
		Authorities: k.trusts, Countdown: k.countdown}
	k.opts.Store, err = cktap.OpenStore(k.path)
	must(t, err)
	return k
}

// make makes a card of the kit's factory; another seed makes another card.
func (k *kit) make(product wire.Product, seed byte, with ...option) (*applet.Applet, *softcard.Card) {
	k.Helper()
	o := applet.Options{Product: product, Env: softcard.NewEnv(softcard.NewStore()), Factory: k.factory, Lucky: true,
		Personal: &applet.Personal{CVC: theCVC, BackupKey: secret.Copy(theKey)}}
	o.Env.Rand = rand.NewChaCha8(sha256.Sum256([]byte{seed}))
	for _, f := range with {
		f(&o)
	}
	k.profile = o.Profile
	app, err := applet.New(o)
	must(k, err)
	return app, app.Card()
}

func (k *kit) trusts(key []byte) (string, bool) {
	root := k.factory.Root()
	return "the test factory", string(root[:]) == string(key)
}

func (k *kit) countdown(_ context.Context, left time.Duration) error {
	k.counts = append(k.counts, left)
	return nil
}

// tap is a new tap of the card: reset, new channel, SELECT.
func (k *kit) tap() *cktap.Card {
	k.Helper()
	must(k, k.gate.Reset(k.ctx))
	c, err := k.opts.Select(k.ctx, card.NewChannel(k.gate))
	must(k, err)
	k.gate.sent = nil
	return c
}

func (k *kit) satscard() *cktap.Satscard {
	k.Helper()
	s, err := k.tap().Satscard()
	must(k, err)
	return s
}

func (k *kit) tapsigner() *cktap.Tapsigner {
	k.Helper()
	t, err := k.tap().Tapsigner()
	must(k, err)
	return t
}

// setup sets the card up with everything.
func (k *kit) setup() cktap.SetUp {
	k.Helper()
	done, err := k.tapsigner().Setup(k.ctx, k.wishes())
	must(k, err)
	return done
}

// wishes are a whole setup that leaves the CVC as it is.
func (k *kit) wishes() cktap.Setup {
	return cktap.Setup{
		CVC:       func(context.Context) (secret.Bytes, error) { return cvc(theCVC), nil },
		Entropy:   func(context.Context) ([]byte, error) { return theEntropy, nil },
		Save:      func(context.Context, cktap.SavedBackup) error { return nil },
		BackupKey: func(context.Context) (secret.Bytes, error) { return secret.Copy(theKey), nil },
	}
}

// ready is a signer that was set up and tapped again; the store knows its certificates.
func (k *kit) ready() *cktap.Tapsigner {
	k.Helper()
	k.setup()
	return k.tapsigner()
}

// gate is the air between card and host: answers can be lost or changed there.
type gate struct {
	card.Link
	sent   []string                                 // names of the commands
	lose   func(name string) bool                   // the card acts, and the answer is lost
	refuse func(name string) bool                   // the command is lost, the card does not act
	change func(name string, answer []byte) []byte  // answer without status word
	ask    func(name string, command []byte) []byte // command APDU
}

func (g *gate) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	name := nameOf(command)
	g.sent = append(g.sent, name)
	if g.ask != nil {
		command = g.ask(name, command)
	}
	if g.refuse != nil && g.refuse(name) {
		return nil, card.ErrRemoved
	}
	answer, err := g.Link.Transmit(ctx, command)
	if err != nil {
		return nil, err
	}
	if g.lose != nil && g.lose(name) {
		return nil, card.ErrRemoved
	}
	if g.change != nil && len(answer) >= 2 {
		n := len(answer) - 2
		answer = append(g.change(name, answer[:n:n]), answer[n:]...)
	}
	return answer, nil
}

func nameOf(command []byte) string {
	if command[1] != wire.InsTap {
		return "SELECT"
	}
	name, _ := wire.ParseName(command[5:])
	return name
}

// counted says how often a command was sent since the last tap.
func (g *gate) counted(name string) (n int) {
	for _, s := range g.sent {
		if s == name {
			n++
		}
	}
	return n
}

func path(t testing.TB, s string) hd.Path {
	t.Helper()
	p, err := hd.ParsePath(s)
	must(t, err)
	return p
}

// want fails unless err is all of kinds.
func want(t testing.TB, err error, kinds ...error) {
	t.Helper()
	for _, kind := range kinds {
		if !errors.Is(err, kind) {
			t.Errorf("%v: is not %q", err, kind)
		}
	}
}

type ctxt = context.Context

func secretOf(b []byte) secret.Bytes { return secret.Copy(b) }

// prepare gives a signer its key, with as few commands as possible, and a backup.
func (k *kit) prepare() {
	k.Helper()
	s := k.tapsigner()
	slot := 0
	for _, f := range []func(wire.Auth) (iso7816.Command, error){
		func(a wire.Auth) (iso7816.Command, error) {
			return wire.NewRequest{Slot: &slot, ChainCode: theEntropy, Auth: a}.Command()
		},
		func(a wire.Auth) (iso7816.Command, error) { return wire.BackupRequest{Auth: a}.Command() },
	} {
		must(k, s.Refresh(k.ctx))
		c, err := f(wire.Auth{EphemeralKey: make([]byte, wire.PublicKeySize), MaskedCVC: make([]byte, wire.MinCVC)})
		must(k, err)
		name, err := wire.ParseName(c.Data)
		must(k, err)
		a, session, err := wire.Authenticate(k.opts.Rand, s.PublicKey(), s.Status().CardNonce, name, cvc(theCVC))
		must(k, err)
		session.Destroy()
		c, err = f(a)
		must(k, err)
		r, err := s.Channel().Send(k.ctx, name, c)
		must(k, err)
		must(k, wire.ParseError(r.Data))
	}
}
