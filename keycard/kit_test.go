package keycard_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

var profiles = []string{"2.0", "2.3", "3.1"}

// Secrets of every card of these tests. The PUK does not start with the PIN: its first digits are the duress PIN.
const (
	thePIN   = "314159"
	wrongPIN = "000000"
	thePUK   = "271828182845"
	wrongPUK = "000000000000"
)

func pin(digits string) secret.PIN { return secret.PIN{Bytes: secret.Copy([]byte(digits))} }

func theSecret() secret.Bytes { return secret.Copy(bytes.Repeat([]byte{0x5E}, 32)) }

func theSeed() secret.Bytes {
	seed := make([]byte, 64)
	for i := range seed {
		seed[i] = byte(i)
	}
	return secret.New(seed)
}

var theDigest = [32]byte(bytes.Repeat([]byte{0xA5}, 32))

func path(t testing.TB, s string) hd.Path {
	t.Helper()
	p, err := hd.ParsePath(s)
	must(t, err)
	return p
}

// keyAt is what the card must hold at a path after theSeed was loaded.
func keyAt(t testing.TB, s string) *hd.Key {
	t.Helper()
	master, err := hd.Master(theSeed())
	must(t, err)
	key, err := master.Derive(path(t, s))
	must(t, err)
	return key
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// kit is a card fresh from the factory in a link, and the host before it.
type kit struct {
	testing.TB
	ctx   context.Context
	soft  *softcard.Card
	link  card.Link
	ch    *card.Channel
	opts  keycard.Options
	store *keycard.Store
	dir   string
}

type option func(*applet.Options)

func newKit(t testing.TB, profile string, with ...option) *kit {
	t.Helper()
	p, err := applet.ProfileByName(profile)
	must(t, err)
	o := applet.Options{Profile: p, Env: softcard.NewEnv(softcard.NewStore())}
	o.Env.Rand = rand.NewChaCha8([32]byte{1})
	for _, f := range with {
		f(&o)
	}
	soft, err := applet.NewCard(o)
	must(t, err)
	k := &kit{TB: t, ctx: context.Background(), soft: soft, dir: t.TempDir()}
	k.opts.Rand = rand.NewChaCha8([32]byte{2})
	k.connect(loopback.Connect(soft, "test"))
	k.store, err = keycard.OpenStore(filepath.Join(k.dir, "pairings.json"))
	must(t, err)
	return k
}

// connect puts the card before the host through a link.
func (k *kit) connect(l card.Link) {
	k.link, k.ch = l, card.NewChannel(l)
}

// tap is a new tap of the card: reset, new channel, SELECT.
func (k *kit) tap() *keycard.Card {
	k.Helper()
	must(k, k.link.Reset(k.ctx))
	k.ch = card.NewChannel(k.link)
	c, err := k.opts.Select(k.ctx, k.ch)
	must(k, err)
	return c
}

func initOptions() keycard.InitOptions {
	o := keycard.InitOptions{PIN: pin(thePIN), PUK: pin(thePUK), PairingSecret: theSecret()}
	o.Duress = keycard.NoDuress()
	return o
}

// inited is a card with PIN, PUK and pairing secret.
func (k *kit) inited() *keycard.Card {
	k.Helper()
	c := k.tap()
	must(k, c.Init(k.ctx, initOptions()))
	return c
}

// paired is a card whose pairing is in the store.
func (k *kit) paired() *keycard.Card {
	k.Helper()
	c := k.inited()
	_, err := k.store.Pair(k.ctx, c, theSecret())
	must(k, err)
	return c
}

// verified is a session with the PIN verified.
func (k *kit) verified() *keycard.Session {
	k.Helper()
	s, err := k.store.Open(k.ctx, k.paired())
	must(k, err)
	must(k, s.VerifyPIN(k.ctx, pin(thePIN)))
	return s
}

// loaded is a session with the PIN verified and theSeed on the card.
func (k *kit) loaded() *keycard.Session {
	k.Helper()
	s := k.verified()
	_, err := s.LoadSeed(k.ctx, theSeed())
	must(k, err)
	return s
}

// again is a new tap and a new session; the PIN is not verified.
func (k *kit) again() *keycard.Session {
	k.Helper()
	s, err := k.store.Open(k.ctx, k.tap())
	must(k, err)
	return s
}

// each runs a test against every profile.
func each(t *testing.T, test func(t *testing.T, profile string)) {
	for _, p := range profiles {
		t.Run(p, func(t *testing.T) { test(t, p) })
	}
}

// since runs a test against a profile and those after it.
func since(t *testing.T, first string, test func(t *testing.T, profile string)) {
	each(t, func(t *testing.T, profile string) {
		if profile >= first {
			test(t, profile)
		}
	})
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func keyUID(pub [65]byte) []byte {
	uid := wire.KeyUID(pub)
	return uid[:]
}
