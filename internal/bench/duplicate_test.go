package bench

import (
	"context"
	"runtime"
	"testing"

	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/secret"
	"tapcard.example/softcard/softcardtest"
)

// duplicateFigures measures duplication, cards and clients in this process, on one core. Pairing is done before.
func duplicateFigures(t *testing.T) []figure {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := newDuplication(t)
	took := fastest(d.start, d.startAndAdd, d.whole)
	const actions = 6
	return []figure{
		{"duplication: START DUPLICATE, SELECT and PIN included", milliseconds(took[0]), "ms", 10, false, 0, ""},
		{"duplication: START as before, and ADD ENTROPY", milliseconds(took[1]), "ms", 20, false, 0, ""},
		{"duplication: mean of its actions, two clients", milliseconds(took[2]) / actions, "ms", 10, false, 0, ""},
	}
}

// duplication is two cards, of which the first one is copied.
type duplication struct {
	testing.TB
	ctx            context.Context
	source, target *softcardtest.Ready
	pairings       map[keycard.UID]keycard.Pairing
}

func newDuplication(t testing.TB) *duplication {
	d := &duplication{t, context.Background(), softcardtest.ReadyKeycard(t), softcardtest.ReadyKeycard(t),
		map[keycard.UID]keycard.Pairing{}}
	for _, card := range []*softcardtest.Ready{d.source, d.target} {
		d.pairings[card.Select(t).UID()] = card.Pairing
	}
	_, err := d.source.Open(t).GenerateKey(d.ctx)
	d.must(err)
	return d
}

func (d *duplication) must(err error) {
	if err != nil {
		d.Fatal(err)
	}
}

// owner is a trusted client of two.
func (d *duplication) owner() *duplicate.CardDuplicator {
	o, err := duplicate.NewTrusted(duplicate.Callback{
		Pairing: func(_ context.Context, c *keycard.Card) (p keycard.Pairing, _ bool, _ error) {
			known := d.pairings[c.UID()]
			known.Key.Reveal(func(b []byte) { p = keycard.Pairing{Slot: known.Slot, Key: secret.Copy(b)} })
			return p, false, nil
		},
		PIN: func(context.Context, *keycard.Card, int) (secret.PIN, error) {
			return secret.NewPIN([]byte(softcardtest.PIN), len(softcardtest.PIN))
		},
	}, duplicate.Options{Force: true})
	d.must(err)
	return o
}

// start is one trusted action: SELECT, OPEN, MUTUAL, STATUS, VERIFY, DUPLICATE.
func (d *duplication) start() {
	d.must(d.owner().StartDuplication(d.ctx, d.source.Select(d), duplicate.Source))
}

// startAndAdd is a trusted and an untrusted action, because a card waits for one piece at a time.
func (d *duplication) startAndAdd() {
	d.start()
	d.add(d.source)
}

func (d *duplication) add(cards ...*softcardtest.Ready) {
	friend, err := duplicate.NewUntrusted(duplicate.Options{})
	d.must(err)
	for _, card := range cards {
		d.must(friend.AddEntropy(d.ctx, card.Select(d)))
	}
}

// whole is a duplication by two clients to one target, which has got another key before.
func (d *duplication) whole() {
	_, err := d.target.Open(d).GenerateKey(d.ctx)
	d.must(err)
	owner := d.owner()
	d.must(owner.StartDuplication(d.ctx, d.source.Select(d), duplicate.Source))
	d.must(owner.StartDuplication(d.ctx, d.target.Select(d), duplicate.Target))
	d.add(d.source, d.target)
	export, err := owner.ExportKey(d.ctx, d.source.Select(d))
	d.must(err)
	d.must(owner.ImportKey(d.ctx, d.target.Select(d), export))
}
