package duplicate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

var ctx = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t testing.TB, err error, kinds ...error) {
	t.Helper()
	for _, k := range kinds {
		if !errors.Is(err, k) {
			t.Errorf("%v\nis not: %v", err, k)
		}
	}
}

// plastic is one card, set up with codes of its own and paired with one trusted client.
type plastic struct {
	name    string
	soft    *softcard.Card
	link    card.Link
	pin     string
	puk     string
	uid     keycard.UID
	pairing keycard.Pairing
	ch      *card.Channel // of the last tap
	card    *keycard.Card
}

// factory makes cards that differ in everything.
type factory struct {
	testing.TB
	profile string
	quirks  bool
	made    byte
}

func cards(t testing.TB, profile string) *factory { return &factory{TB: t, profile: profile} }

func (f *factory) blank() *plastic {
	f.Helper()
	f.made++
	p, err := applet.ProfileByName(f.profile)
	must(f, err)
	o := applet.Options{Profile: p, Quirks: f.quirks, Env: softcard.NewEnv(softcard.NewStore())}
	o.Env.Rand = rand.NewChaCha8([32]byte{f.made})
	soft, err := applet.NewCard(o)
	must(f, err)
	return &plastic{name: fmt.Sprintf("card %d", f.made), soft: soft, link: loopback.Connect(soft, "test"),
		pin: fmt.Sprintf("31415%d", f.made%10), puk: fmt.Sprintf("27182818284%d", f.made%10)}
}

// ready is a card without a key.
func (f *factory) ready() *plastic {
	f.Helper()
	p := f.blank()
	c := p.tap(f)
	token := secret.New(bytes.Repeat([]byte{f.made}, 32))
	must(f, c.Init(ctx, keycard.InitOptions{PIN: digits(p.pin), PUK: digits(p.puk), PairingSecret: token,
		Duress: keycard.NoDuress()}))
	p.uid = c.UID()
	var err error
	p.pairing, err = c.Pair(ctx, token)
	must(f, err)
	return p
}

// Kinds of source keys.
const (
	generated = "generated on the card"
	loaded    = "loaded from a seed"
	extended  = "loaded with a chain code"
	plain     = "loaded without a chain code"
)

var kinds = []string{generated, loaded, extended, plain}

// holding is a card with a key.
func (f *factory) holding(kind string) *plastic {
	f.Helper()
	p := f.ready()
	s := p.open(f)
	defer s.Close()
	seed := secret.New(bytes.Repeat([]byte{0xA0 + f.made}, 64))
	key, err := hd.Master(seed)
	must(f, err)
	switch kind {
	case generated:
		_, err = s.GenerateKey(ctx)
	case loaded:
		_, err = s.LoadSeed(ctx, seed)
	case extended:
		_, err = s.LoadExtended(ctx, key)
	case plain:
		_, err = s.LoadKeyPair(ctx, key.Private())
	}
	must(f, err)
	return p
}

func digits(s string) secret.PIN { return secret.PIN{Bytes: secret.Copy([]byte(s))} }

// try is a new tap that may fail.
func (p *plastic) try() (*keycard.Card, error) {
	if err := p.link.Reset(ctx); err != nil {
		return nil, err
	}
	p.ch = card.NewChannel(p.link)
	return keycard.Select(ctx, p.ch)
}

func (p *plastic) tap(t testing.TB) *keycard.Card {
	t.Helper()
	c, err := p.try()
	must(t, err)
	return c
}

// open is a new tap, a secure channel, and the PIN verified.
func (p *plastic) open(t testing.TB) *keycard.Session {
	t.Helper()
	s, err := p.tap(t).Open(ctx, p.pairing)
	must(t, err)
	must(t, s.VerifyPIN(ctx, digits(p.pin)))
	return s
}

func (p *plastic) keyUID(t testing.TB) string { return string(p.tap(t).Info().KeyUID) }

// owner is the memory of a trusted client: it is paired with some cards and knows their PINs.
type owner []*plastic

func (o owner) callback() duplicate.Callback {
	find := func(uid keycard.UID) *plastic {
		for _, p := range o {
			if p.uid == uid {
				return p
			}
		}
		return nil
	}
	return duplicate.Callback{
		Pairing: func(_ context.Context, c *keycard.Card) (keycard.Pairing, bool, error) {
			p := find(c.UID())
			if p == nil {
				return keycard.Pairing{}, false, errNotPaired
			}
			return copyOf(p.pairing), false, nil
		},
		PIN: func(_ context.Context, c *keycard.Card, _ int) (secret.PIN, error) {
			return digits(find(c.UID()).pin), nil
		},
	}
}

var errNotPaired = errors.New("not paired with this card")

func copyOf(p keycard.Pairing) (q keycard.Pairing) {
	p.Key.Reveal(func(b []byte) { q = keycard.Pairing{Slot: p.Slot, Key: secret.Copy(b)} })
	return q
}

func (o owner) client(t testing.TB, opts duplicate.Options) *duplicate.CardDuplicator {
	t.Helper()
	d, err := duplicate.NewTrusted(o.callback(), opts)
	must(t, err)
	return d
}

func friend(t testing.TB) *duplicate.CardDuplicator {
	t.Helper()
	d, err := duplicate.NewUntrusted(duplicate.Options{})
	must(t, err)
	return d
}

func roleOf(i int) duplicate.Role {
	if i == 0 {
		return duplicate.Source
	}
	return duplicate.Target
}

// start starts the session on all cards, the first of which is the source.
func start(t testing.TB, d *duplicate.CardDuplicator, all []*plastic) {
	t.Helper()
	for i, p := range all {
		must(t, d.StartDuplication(ctx, p.tap(t), roleOf(i)))
	}
}

func add(t testing.TB, d *duplicate.CardDuplicator, all []*plastic) {
	t.Helper()
	for _, p := range all {
		must(t, d.AddEntropy(ctx, p.tap(t)))
	}
}

func finish(t testing.TB, d *duplicate.CardDuplicator, all []*plastic) {
	t.Helper()
	e, err := d.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	defer e.Destroy()
	for _, p := range all[1:] {
		must(t, d.ImportKey(ctx, p.tap(t), e))
	}
}

// sameKey checks that the cards hold the same key: by key UID, and by what they sign with.
func sameKey(t testing.TB, kind string, all []*plastic) {
	t.Helper()
	where := keycard.Current()
	if kind != plain {
		where = keycard.At(hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 7})
	}
	uid := all[0].keyUID(t)
	var first [65]byte
	for i, p := range all {
		sig, err := p.open(t).Sign(ctx, [32]byte{1, 2, 3}, where)
		must(t, err)
		if i == 0 {
			first = sig.PublicKey
		}
		if sig.PublicKey != first || p.keyUID(t) != uid || len(uid) != wire.KeyUIDSize {
			t.Errorf("%s has another key", p.name)
		}
	}
}

// snapshot is a card's memory but for the count of SELECTs.
func (p *plastic) snapshot(t testing.TB) string { return p.memory(t, "Selects") }

// rest is a card's memory without what a copy changes.
func (p *plastic) rest(t testing.TB) string {
	return p.memory(t, "Selects", "Key", "Path", "Pinless", "Duplication", "DuplicationKey")
}

func (p *plastic) memory(t testing.TB, without ...string) string {
	t.Helper()
	raw, err := p.soft.Store().Snapshot()
	must(t, err)
	var cells map[string]map[string]any
	must(t, json.Unmarshal(raw, &cells))
	for _, name := range without {
		delete(cells["keycard"], name)
	}
	rest, err := json.Marshal(cells)
	must(t, err)
	return string(rest)
}

// journalIn is a file for a journal.
func journalIn(t testing.TB) duplicate.File {
	return duplicate.OpenFile(filepath.Join(t.TempDir(), "home", "duplication.json"))
}
