package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"runtime"
	"testing"

	"tapcard.example/card"
	"tapcard.example/linkedbackup"
	"tapcard.example/linkedbackup/applet"
	"tapcard.example/linkedbackup/maker"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// linkedFigures measures linked backup, three cards and the host in this process, on one core.
func linkedFigures(t *testing.T) []figure {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	l := newLinkedBench(t)
	return []figure{{"linked backup of three cards, 6 taps, 19 commands", milliseconds(fastest(l.backup)[0]), "ms", 10, false, 0, ""}}
}

// linkedBench is an activated card and two empty ones, whose memory is put back before each backup.
type linkedBench struct {
	testing.TB
	ctx      context.Context
	maker    *maker.Key
	memories [3][]byte
}

func newLinkedBench(t testing.TB) *linkedBench {
	m, err := maker.New(rand.Reader)
	l := &linkedBench{TB: t, ctx: context.Background(), maker: m}
	l.must(err)
	for i := range l.memories {
		store := softcard.NewStore()
		made := l.card(store)
		id, err := m.Certify(l.tap(made).Info().Card, true)
		l.must(err)
		l.must(l.tap(made).Personalize(l.ctx, id))
		if i == 0 {
			s, err := l.tap(made).Open(l.ctx)
			l.must(err)
			l.must(s.Activate(l.ctx, l.code()))
		}
		l.memories[i], err = store.Snapshot()
		l.must(err)
	}
	return l
}

func (l *linkedBench) must(err error) {
	if err != nil {
		l.Fatal(err)
	}
}

func (l *linkedBench) code() secret.Bytes { return secret.Copy([]byte("an access code")) }

func (l *linkedBench) card(store *softcard.Store) *softcard.Card {
	c, err := applet.NewCard(applet.Options{Env: softcard.NewEnv(store)})
	l.must(err)
	return c
}

// tap powers a card and selects it.
func (l *linkedBench) tap(c *softcard.Card) *linkedbackup.Card {
	c.PowerOff()
	o := linkedbackup.Options{Trusted: func(key []byte) (string, bool) {
		public := l.maker.Public()
		return "maker", bytes.Equal(key, public[:])
	}}
	found, err := o.Select(l.ctx, card.NewChannel(loopback.Connect(c, "bench")))
	l.must(err)
	return found
}

// backup makes a set of three, beginning with the cards' memory as it was.
func (l *linkedBench) backup() {
	var cards [3]*softcard.Card
	for i, memory := range l.memories {
		store, err := softcard.Restore(memory)
		l.must(err)
		cards[i] = l.card(store)
	}
	b, err := linkedbackup.StartBackup("", len(cards))
	l.must(err)
	for !b.Done() {
		l.must(b.Tap(l.ctx, l.tap(cards[b.Next().Slot]), func() (secret.Bytes, error) { return l.code(), nil }))
	}
}
