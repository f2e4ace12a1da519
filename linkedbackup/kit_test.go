package linkedbackup_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/linkedbackup"
	"tapcard.example/linkedbackup/applet"
	"tapcard.example/linkedbackup/maker"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

const (
	theCode   = "correct horse"
	wrongCode = "000000"
)

func code(s string) secret.Bytes { return secret.Copy([]byte(s)) }

func ask() (secret.Bytes, error) { return code(theCode), nil }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants checks the kinds of an error, all of them.
func wants(t testing.TB, err error, kinds ...error) {
	t.Helper()
	for _, k := range kinds {
		if !errors.Is(err, k) {
			t.Errorf("%v; want: %v", err, k)
		}
	}
}

// kit is a maker who is trusted, a reader, and a clock.
type kit struct {
	testing.TB
	ctx     context.Context
	opts    linkedbackup.Options
	maker   *maker.Key
	now     time.Time
	rand    *rand.ChaCha8
	taps    int
	sent    int
	through func(card.Link) card.Link // what stands between host and card
}

func newKit(t testing.TB) *kit {
	t.Helper()
	k := &kit{TB: t, ctx: context.Background(), now: time.Unix(1_700_000_000, 0), rand: rand.NewChaCha8([32]byte{7})}
	k.maker = k.newMaker()
	k.opts = linkedbackup.Options{Rand: k.rand, Trusted: k.trusted}
	k.through = func(l card.Link) card.Link { return l }
	return k
}

func (k *kit) newMaker() *maker.Key {
	m, err := maker.New(k.rand)
	must(k, err)
	return m
}

func (k *kit) trusted(key []byte) (string, bool) {
	public := k.maker.Public()
	return "test maker", bytes.Equal(key, public[:])
}

// soft is a card in a drawer.
type soft struct {
	*softcard.Card
	k *kit
}

func (k *kit) blank() soft {
	k.Helper()
	c, err := applet.NewCard(applet.Options{
		Env: softcard.Env{Store: softcard.NewStore(), Rand: k.rand, Now: func() time.Time { return k.now }},
	})
	must(k, err)
	return soft{c, k}
}

func (k *kit) certified(m *maker.Key) soft {
	k.Helper()
	s := k.blank()
	c := s.tap()
	id, err := m.Certify(c.Info().Card, true)
	must(k, err)
	must(k, c.Personalize(k.ctx, id))
	return s
}

func (k *kit) empty() soft { return k.certified(k.maker) }

func (k *kit) active() soft {
	k.Helper()
	s := k.empty()
	session, err := s.tap().Open(k.ctx)
	must(k, err)
	must(k, session.Activate(k.ctx, code(theCode)))
	return s
}

// link is the card in a reader, powered off and on.
func (s soft) link() card.Link {
	s.Card.PowerOff()
	return s.k.through(loopback.Connect(s.Card, "test"))
}

// secretsIn finds the card's key, its wallet and its code in its memory.
func secretsIn(t testing.TB, memory []byte) map[string][]byte {
	t.Helper()
	var cells struct {
		Linked struct {
			CardPrivate []byte
			Wallet      struct{ Private, Chain []byte }
			Code        []byte
		}
	}
	must(t, json.Unmarshal(memory, &cells))
	in := cells.Linked
	if len(in.Wallet.Private) != 32 || len(in.Code) == 0 || len(in.CardPrivate) != 32 {
		t.Fatal("the memory is not what it was")
	}
	return map[string][]byte{"card key": in.CardPrivate, "wallet key": in.Wallet.Private, "chain code": in.Wallet.Chain,
		"access code": in.Code}
}

// tapErr puts the card on the reader and selects it.
func (s soft) tapErr() (*linkedbackup.Card, *card.Channel, error) {
	ch := card.NewChannel(s.link())
	c, err := s.k.opts.Select(s.k.ctx, ch)
	return c, ch, err
}

func (s soft) tap() *linkedbackup.Card {
	s.k.Helper()
	c, _, err := s.tapErr()
	must(s.k, err)
	return c
}

// login is a tap and a session whose code is verified.
func (s soft) login() *linkedbackup.Session {
	s.k.Helper()
	session, err := s.tap().Open(s.k.ctx)
	must(s.k, err)
	must(s.k, session.Verify(s.k.ctx, code(theCode)))
	return session
}

func (s soft) attest() linkedbackup.Attestation {
	s.k.Helper()
	a, err := s.tap().Attest(s.k.ctx)
	must(s.k, err)
	return a
}

// step taps a card for a backup and counts.
func (k *kit) step(b *linkedbackup.Backup, s soft) error {
	k.Helper()
	c, ch, err := s.tapErr()
	if err == nil {
		err = b.Tap(k.ctx, c, ask)
	}
	k.taps, k.sent = k.taps+1, k.sent+ch.APDUs()
	return err
}

// which is the card that a user who does as told taps next.
func which(b *linkedbackup.Backup, cards []soft) soft {
	switch next := b.Next(); next.Action {
	case linkedbackup.BeginSource, linkedbackup.CommitSource:
		return cards[0]
	default:
		return cards[next.Slot]
	}
}

// backup links cards: the first is active, the others are empty.
func (k *kit) backup(cards ...soft) *linkedbackup.Backup {
	k.Helper()
	b, err := linkedbackup.StartBackup("", len(cards))
	must(k, err)
	for !b.Done() {
		must(k, k.step(b, which(b, cards)))
	}
	return b
}
