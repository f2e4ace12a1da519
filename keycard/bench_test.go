package keycard_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// The benchmarks run host and card in one process, both sides of the secure channel included. Each has its bare
// primitives beside it; `make bench` prints the ratios.

func BenchmarkBareSignature(b *testing.B) {
	key := secp256k1.PrivKeyFromBytes(bytesOf(7, 32))
	for b.Loop() {
		ecdsa.Sign(key, theDigest[:])
	}
}

func BenchmarkBareRecovery(b *testing.B) {
	sig := signature(b, theDigest[:])
	for b.Loop() {
		if _, _, err := wire.Recover(theDigest, sig.R, sig.S, sig.PublicKey[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareECDH(b *testing.B) {
	key, _, err := wire.NewChannelKey(rand.NewChaCha8([32]byte{4}))
	must(b, err)
	for b.Loop() {
		if _, err := key.Agree(key.Public[:]); err != nil {
			b.Fatal(err)
		}
	}
}

// benchSession is a session of the default profile with a key and a verified PIN.
func benchSession(b *testing.B) (*kit, *keycard.Session) {
	k := newKit(b, "2.3")
	return k, k.loaded()
}

// signRaw is SIGN without what the host does with the answer.
func signRaw(b *testing.B, s *keycard.Session, cmd iso7816.Command) {
	if _, err := s.Raw(context.Background(), cmd); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkSignCurrent(b *testing.B) {
	_, s := benchSession(b)
	for b.Loop() {
		signRaw(b, s, wire.SignCommand(theDigest))
	}
}

func BenchmarkSignPath5(b *testing.B) {
	_, s := benchSession(b)
	path := hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 0}
	for b.Loop() {
		path[4]++ // never the same: nothing to cache at the last level
		path[3] = path[4] / 7
		signRaw(b, s, wire.SignPathCommand(theDigest, wire.FromMaster, path, false))
	}
}

func BenchmarkSignPath5Verified(b *testing.B) {
	k, s := benchSession(b)
	path := hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 0}
	for b.Loop() {
		path[4]++
		path[3] = path[4] / 7
		if _, err := s.Sign(k.ctx, theDigest, keycard.At(path)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSignCurrentVerified(b *testing.B) {
	k, s := benchSession(b)
	for b.Loop() {
		if _, err := s.Sign(k.ctx, theDigest, keycard.Current()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSelectOpenMutual(b *testing.B) {
	k := newKit(b, "2.3")
	c := k.paired()
	p, _, err := k.store.Pairing(c.UID())
	must(b, err)
	ch := card.NewChannel(k.link)
	for b.Loop() {
		c, err := keycard.Select(k.ctx, ch)
		if err != nil {
			b.Fatal(err)
		}
		s, err := c.Open(k.ctx, p)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// tape is a link that first records a card's answers and then repeats them at no cost: what is left is the host's work.
type tape struct {
	card.Link
	answers [][]byte
	next    int
	playing bool
}

func (r *tape) Transmit(ctx context.Context, raw []byte) ([]byte, error) {
	if r.playing {
		r.next++
		return r.answers[r.next-1], nil
	}
	answer, err := r.Link.Transmit(ctx, raw)
	r.answers = append(r.answers, answer)
	return answer, err
}

func TestTheHostAllocatesAtMost60TimesPerWrappedCommand(t *testing.T) {
	for name, call := range map[string]func(context.Context, *keycard.Session) error{
		"GET STATUS": sessionMethods["Status"],
		"VERIFY PIN": sessionMethods["VerifyPIN"],
		"SIGN": func(ctx context.Context, s *keycard.Session) error {
			return second(s.Sign(ctx, theDigest, keycard.Current()))
		},
		"SIGN path": func(ctx context.Context, s *keycard.Session) error {
			return second(s.Sign(ctx, theDigest, keycard.At(hd.Path{1, 2, 3, 4, 5})))
		},
		"EXPORT KEY": func(ctx context.Context, s *keycard.Session) error {
			return second(s.ExportPublic(ctx, keycard.At(hd.Path{1, 2, 3, 4, 5})))
		},
	} {
		k := newKit(t, "2.3")
		k.opts.SpendLastTry = true
		r := &tape{Link: k.link}
		k.connect(r)
		s := k.loaded()
		thaw := s.Freeze()
		r.answers = nil
		must(t, call(k.ctx, s))
		r.playing = true
		n := testing.AllocsPerRun(50, func() {
			thaw()
			r.next = 0
			must(t, call(k.ctx, s))
		})
		t.Logf("%s: %.0f allocations", name, n)
		if len(r.answers) != 1 || n > 60 {
			t.Errorf("%s: %d commands, %.0f allocations", name, len(r.answers), n)
		}
	}
}
