// Package softcardtest gives tests a card in one line, instead of a drawer of plastic.
//
//	func TestWallet(t *testing.T) {
//		k := softcardtest.ReadyKeycard(t)
//		session := k.Open(t) // paired, the PIN verified, a key on it
//		...
//	}
//
// Each card is new, is in memory only, and is gone when the test ends. By default it draws its keys from the system's
// randomness, as plastic does; Rand makes it the same in every run. The codes and the mnemonic are public: what is
// derived from them is for tests and nothing else.
package softcardtest

import (
	"io"
	"testing"

	"tapcard.example/card"
	"tapcard.example/keycard/applet"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// Option says how a card differs from the usual one.
type Option func(*applet.Options) error

// Profile makes a card of another version: "2.0", "2.3" (the usual one) or "3.1".
func Profile(name string) Option {
	return func(o *applet.Options) (err error) {
		o.Profile, err = applet.ProfileByName(name)
		return err
	}
}

// Quirks gives the card the security holes that the real one of its version had; see applet.Quirks.
func Quirks() Option {
	return func(o *applet.Options) error {
		o.Quirks = true
		return nil
	}
}

// Rand is the card's random source. With a deterministic one it makes the same keys, challenges and signatures in every
// run, as long as it gets the same commands.
func Rand(r io.Reader) Option {
	return func(o *applet.Options) error {
		o.Env.Rand = r
		return nil
	}
}

// Keycard is the link to a Keycard as it leaves the factory: no PIN, no key, in the field.
func Keycard(t testing.TB, opts ...Option) card.Link {
	t.Helper()
	o := applet.Options{Env: softcard.NewEnv(softcard.NewStore())}
	for _, set := range opts {
		if err := set(&o); err != nil {
			t.Fatal(err)
		}
	}
	c, err := applet.NewCard(o)
	if err != nil {
		t.Fatal(err)
	}
	link := loopback.Connect(c, "softcardtest")
	t.Cleanup(func() {
		if err := link.Close(); err != nil {
			t.Error(err)
		}
	})
	return link
}
