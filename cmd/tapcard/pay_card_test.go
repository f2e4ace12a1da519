package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/paycard"
	payapplet "tapcard.example/paycard/applet"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// losing is a link on which one exchange is lost: the command before the card has seen it, or the card's answer.
type losing struct {
	card.Link
	n, lost int
	seen    bool
}

func (l *losing) Transmit(ctx context.Context, command []byte) (answer []byte, err error) {
	l.n++
	if l.n != l.lost || l.seen {
		answer, err = l.Link.Transmit(ctx, command)
	}
	if l.n == l.lost {
		return nil, fmt.Errorf("%w: in the pocket", card.ErrRemoved)
	}
	return answer, err
}

// payTap is an owner with an empty payment card.
type payTap struct {
	testing.TB
	*app
	store *keycard.Store
	link  *losing
}

func newPayTap(t testing.TB) *payTap {
	soft, err := payapplet.NewCard(payapplet.Options{Env: softcard.NewEnv(softcard.NewStore())})
	if err != nil {
		t.Fatal(err)
	}
	store, err := keycard.OpenStore(filepath.Join(t.TempDir(), "paycards.json"))
	if err != nil {
		t.Fatal(err)
	}
	return &payTap{t, &app{Output: cli.Output{Out: new(bytes.Buffer), Err: io.Discard}}, store, &losing{Link: loopback.Connect(soft, "test")}}
}

// tap powers the card up anew and selects it.
func (p *payTap) tap(ctx context.Context) *paycard.Card {
	p.Helper()
	if err := p.link.Reset(ctx); err != nil {
		p.Fatal(err)
	}
	c, err := paycard.Select(ctx, card.NewChannel(p.link))
	if err != nil {
		p.Fatal(err)
	}
	return c
}

func canary(name string) secret.PIN { return secret.PIN{Bytes: secret.Copy([]byte(canaries[name]))} }

// setUp does what "pay-card init" does after its questions.
func (p *payTap) setUp(ctx context.Context, c *paycard.Card) error {
	if err := newToUs(p.store, c); err != nil {
		return err
	}
	return p.setUpPayCard(ctx, p.store, c, paycard.InitOptions{PIN: canary("pin"), PUK: canary("puk")})
}

// goOn does what the program tells the owner to do: "pay-card init" with an empty card, "pay-card pair" with one that
// does not know this computer.
func (p *payTap) goOn(ctx context.Context) error {
	c := p.tap(ctx)
	if !c.Info().Initialized {
		return p.setUp(ctx, c)
	}
	if _, paired, err := p.store.Pairing(c.Info().UID); err != nil || paired {
		return err
	}
	s, err := p.paySecret(ctx, p.store, c, "")
	if err != nil {
		return err
	}
	return p.pairPayCard(ctx, p.store, c, s)
}

// letsIn opens the owner's channel with what is stored.
func (p *payTap) letsIn(ctx context.Context) error {
	c := p.tap(ctx)
	pairing, paired, err := p.store.Pairing(c.Info().UID)
	if err != nil || !paired {
		return fmt.Errorf("paired: %v, %w", paired, err)
	}
	s, err := c.Open(ctx, pairing)
	if err != nil {
		return err
	}
	return s.VerifyPIN(ctx, canary("pin"))
}

// INIT, SELECT and both PAIR are lost in turn, before and after the card has acted.
func TestAPaymentCardWhoseSetUpWasLostLetsItsOwnerIn(t *testing.T) {
	for _, seen := range []bool{false, true} {
		lost := 0
		for n := 1; ; n++ {
			p := newPayTap(t)
			c := p.tap(t.Context())
			p.link.lost, p.link.seen = p.link.n+n, seen
			if err := p.setUp(t.Context(), c); err == nil {
				break
			}
			lost++
			if err := p.goOn(t.Context()); err != nil {
				t.Errorf("command %d lost, seen %v: %v", n, seen, err)
			}
			if err := p.letsIn(t.Context()); err != nil {
				t.Errorf("command %d lost, seen %v: the owner is not let in: %v", n, seen, err)
			}
		}
		if lost != 4 { // INIT, SELECT, PAIR, PAIR
			t.Errorf("%d commands were lost, want 4", lost)
		}
	}
}

// A card that claims to be still empty must not cost its owner the secret that the real one may have taken.
func TestTheSecretOfALostInitIsNotOverwritten(t *testing.T) {
	p, ctx := newPayTap(t), t.Context()
	var stored [2]secret.Bytes
	for i := range stored {
		c := p.tap(ctx)
		p.link.lost = p.link.n + 1
		if err := p.setUp(ctx, c); err == nil {
			t.Fatal("nothing was lost")
		}
		var err error
		if stored[i], _, err = p.store.PairingSecret(c.Info().UID); err != nil {
			t.Fatal(err)
		}
	}
	if stored[0].Len() == 0 || !stored[0].Equal(stored[1]) {
		t.Error("it was overwritten")
	}
}
