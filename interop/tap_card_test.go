package interop

import (
	"crypto/rand"
	"testing"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// tapKind is which tap card to make.
type tapKind struct {
	product  wire.Product
	firmware string
	// odd cards are for the test networks, answer in CBOR of indefinite length, and have three certificates.
	odd bool
}

// String names the card in tests and records: "SATSCARD-1.0.3".
func (k tapKind) String() string {
	s := k.product.String() + "-" + k.firmware
	if k.odd {
		s += "-odd"
	}
	return s
}

// tapKinds are the cards of a product: each firmware as it is, and the newest also as an odd card.
func tapKinds(p wire.Product) (kinds []tapKind) {
	for _, f := range []applet.Profile{applet.V0_9_0, applet.V1_0_0, applet.V1_0_3} {
		if f.Has(p) {
			kinds = append(kinds, tapKind{p, f.Name, false})
		}
	}
	return append(kinds, tapKind{p, applet.V1_0_3.Name, true})
}

// tapCard is a tap card in the reader, and what is known of it.
type tapCard struct {
	*tapRecorder
	applet.Label
	root    wire.PublicKey // of the factory of this test
	testnet bool
}

// insertTap makes a card of that kind, certified by a factory of this test, and puts it into the reader.
func insertTap(t *testing.T, client string, k tapKind) *tapCard {
	t.Helper()
	needReader(t)
	key, err := wire.RandomKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	factory, err := applet.NewFactory(key)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := applet.ProfileByName(k.firmware)
	if err != nil {
		t.Fatal(err)
	}
	o := applet.Options{Product: k.product, Profile: profile, Factory: factory, Env: softcard.NewEnv(softcard.NewStore())}
	if k.odd {
		o.Testnet, o.Loose, o.Certificates = true, true, 3
	}
	card, label, err := applet.NewCard(o)
	if err != nil {
		t.Fatal(err)
	}
	c := &tapCard{newTapRecorder(t, client, k.String(), card), label, factory.Root(), o.Testnet}
	putIn(t, c.tapRecorder)
	return c
}

// text is a secret as it is printed on the card.
func text(s secret.Bytes) (out string) {
	s.Reveal(func(b []byte) { out = string(b) })
	return out
}
