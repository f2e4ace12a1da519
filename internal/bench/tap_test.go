package bench

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// tapFigures are those of tap cards, host and card in one process and on one core. Besides what the host verifies they
// contain the card's own computations: a signature each, and for sign the ECDH of both sides.
func tapFigures(t *testing.T) []figure {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b := newTapBench(t)
	took := fastest(b.proof(""), b.proof(filepath.Join(t.TempDir(), "cards.json")), b.signing(), b.verify, b.sign, b.agree)
	verify, sign, agree := milliseconds(took[3]), milliseconds(took[4]), milliseconds(took[5])
	return []figure{
		{"SATSCARD address, proven with five APDUs", milliseconds(took[0]), "ms", 1.8, false, 5*verify + 3*sign,
			"five verifications or recoveries, three signatures"},
		{"the same with cached certificates", milliseconds(took[1]), "ms", 1.2, false, 3*verify + 3*sign,
			"three verifications, three signatures"},
		{"TAPSIGNER: sign and verify", milliseconds(took[2]), "ms", 1.0, false, verify + sign + 2*agree,
			"a signature, its verification, ECDH on both sides"},
	}
}

// tapBench is a factory, and primitives to compare with.
type tapBench struct {
	testing.TB
	*primitives
	factory *applet.Factory
	made    *ecdsa.Signature
}

func newTapBench(t testing.TB) *tapBench {
	factory, err := applet.NewFactory(secret.New(append(make([]byte, 31), 7)))
	if err != nil {
		t.Fatal(err)
	}
	p := newPrimitives(t)
	return &tapBench{t, p, factory, ecdsa.Sign(p.private, p.digest[:])}
}

func (b *tapBench) verify() {
	if !b.made.Verify(b.digest[:], b.public) {
		b.Fatal("it does not verify")
	}
}

func (b *tapBench) agree() { secp256k1.GenerateSharedSecret(b.private, b.public) }

func (b *tapBench) must(err error) {
	if err != nil {
		b.Helper()
		b.Fatal(err)
	}
}

// options trust the factory; cache is a file for certificates, or empty.
func (b *tapBench) options(cache string) cktap.Options {
	root := b.factory.Root()
	o := cktap.Options{Authorities: func(key []byte) (string, bool) { return "bench", string(key) == string(root[:]) }}
	if cache != "" {
		store, err := cktap.OpenStore(cache)
		b.must(err)
		o.Store = store
	}
	return o
}

func (b *tapBench) card(p wire.Product) (card.Link, applet.Label) {
	c, label, err := applet.NewCard(applet.Options{Product: p, Env: softcard.NewEnv(softcard.NewStore()), Factory: b.factory, Lucky: true})
	b.must(err)
	return loopback.Connect(c, "bench"), label
}

// proof selects a SATSCARD and proves its address.
func (b *tapBench) proof(cache string) func() {
	link, _ := b.card(wire.Satscard)
	o := b.options(cache)
	return func() {
		c, err := o.Select(context.Background(), card.NewChannel(link))
		b.must(err)
		s, err := c.Satscard()
		b.must(err)
		_, err = s.Verify(context.Background(), nil)
		b.must(err)
	}
}

// signing signs with a TAPSIGNER that is set up, and known.
func (b *tapBench) signing() func() {
	ctx := context.Background()
	link, label := b.card(wire.Satschip) // signs as a TAPSIGNER does, and needs no backup to be set up
	o := b.options(filepath.Join(b.TempDir(), "cards.json"))
	c, err := o.Select(ctx, card.NewChannel(link))
	b.must(err)
	t, err := c.Tapsigner()
	b.must(err)
	cvc := func(context.Context) (secret.Bytes, error) { return label.CVC, nil }
	_, err = t.Setup(ctx, cktap.Setup{CVC: cvc})
	b.must(err)
	return func() {
		_, err := t.Sign(ctx, label.CVC, hd.Path{}, b.digest, nil)
		b.must(err)
	}
}
