package bench

import (
	"context"
	"runtime"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard/softcardtest"
)

// keycardFigures measures host and card, both in this process, on one core.
func keycardFigures(t *testing.T) []figure {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	bare, c, other := newPrimitives(t), newClient(t), newClient(t)
	took := fastest(bare.sign, bare.derive, bare.recover, bare.agree, c.signCurrent, c.signPath, c.signVerified, other.open)
	sign, derive, recovery, agree := took[0], took[1], took[2], took[3]
	return []figure{
		{"SIGN, current key", perSecond(took[4]), "/s", perSecond(sign) / 2, true, perSecond(sign), "a signature"},
		{"SIGN, 5-level path, not cached", perSecond(took[5]), "/s", 4000, true, perSecond(sign + derive),
			"derivation, signature"},
		{"the same, verified by the host, with recovery id", perSecond(took[6]), "/s", 2000, true,
			perSecond(sign + derive + recovery), "derivation, signature, recovery"},
		{"SELECT, OPEN SECURE CHANNEL, MUTUALLY AUTHENTICATE", milliseconds(took[7]), "ms", 0.8, false,
			milliseconds(agree), "a key pair, two ECDH"},
		{"allocations of the host per wrapped command", c.hostAllocations(), "", 60, false, 0, ""},
	}
}

// client is a session with a card that has a key.
type client struct {
	testing.TB
	ctx     context.Context
	link    *countingLink
	card    *keycard.Card
	pairing keycard.Pairing
	session *keycard.Session
	digest  [32]byte
	path    hd.Path
}

func newClient(t testing.TB) *client {
	ready := softcardtest.ReadyKeycard(t)
	counting := &countingLink{Link: ready.Link}
	ready.Link = counting
	session := ready.Open(t)
	return &client{TB: t, ctx: context.Background(), link: counting, card: session.Card(), pairing: ready.Pairing,
		session: session, digest: [32]byte{1}, path: ethereumPath()}
}

func (c *client) must(err error) {
	if err != nil {
		c.Fatal(err)
	}
}

// signCurrent is SIGN with the current key through both sides of the secure channel. Nothing is verified.
func (c *client) signCurrent() {
	_, err := c.session.Raw(c.ctx, wire.SignCommand(c.digest))
	c.must(err)
}

// signPath takes another path every time.
func (c *client) signPath() {
	c.path[4]++
	_, err := c.session.Raw(c.ctx, wire.SignPathCommand(c.digest, wire.FromMaster, c.path, false))
	c.must(err)
}

// signVerified is what callers of package keycard get.
func (c *client) signVerified() {
	c.path[4]++
	_, err := c.session.Sign(c.ctx, c.digest, keycard.At(c.path))
	c.must(err)
}

// open opens a new session, with the SELECT that this takes.
func (c *client) open() {
	session, err := c.card.Open(c.ctx, c.pairing)
	c.must(err)
	session.Close()
}

// hostAllocations is those of SIGN with a path and everything the host does about it, the card's not counted.
func (c *client) hostAllocations() float64 {
	const commands = 100
	c.link.counting, c.link.allocations = true, 0
	all := testing.AllocsPerRun(commands, c.signVerified)
	c.link.counting = false
	return all - float64(c.link.allocations)/(commands+1) // AllocsPerRun runs it once more to warm up
}

// countingLink counts the allocations of the card behind it.
type countingLink struct {
	card.Link
	counting    bool
	allocations uint64
}

func (l *countingLink) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if !l.counting {
		return l.Link.Transmit(ctx, command)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	answer, err := l.Link.Transmit(ctx, command)
	runtime.ReadMemStats(&after)
	l.allocations += after.Mallocs - before.Mallocs
	return answer, err
}
