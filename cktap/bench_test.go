package cktap_test

import (
	"context"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// The benchmarks run host and card in one process, the card's signatures included. The bare primitives are beside them,
// for ratios that do not depend on the machine.

func BenchmarkBareSignature(b *testing.B) {
	for b.Loop() {
		ecdsa.Sign(theLiar.key, theDigest[:])
	}
}

func BenchmarkBareVerification(b *testing.B) {
	sig, key := ecdsa.Sign(theLiar.key, theDigest[:]), theLiar.key.PubKey()
	for b.Loop() {
		if !sig.Verify(theDigest[:], key) {
			b.Fatal("it does not verify")
		}
	}
}

func BenchmarkBareRecovery(b *testing.B) {
	sig := ecdsa.SignCompact(theLiar.key, theDigest[:], true)
	for b.Loop() {
		if _, _, err := ecdsa.RecoverCompact(sig, theDigest[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareECDH(b *testing.B) {
	key := theLiar.key.PubKey()
	for b.Loop() {
		secp256k1.GenerateSharedSecret(theLiar.key, key)
	}
}

func BenchmarkBareChild(b *testing.B) {
	x, err := hd.NewXPub(theLiar.public(), theDigest, hd.Origin{})
	must(b, err)
	for b.Loop() {
		if _, err := x.Child(0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead is one read of a SATSCARD, verified.
func BenchmarkRead(b *testing.B) {
	k := newKit(b, wire.Satscard)
	s := k.satscard()
	for b.Loop() {
		must(b, cktap.ReadSlot(context.Background(), s))
	}
}

// BenchmarkReadOnTheCard is what of BenchmarkRead is the card's.
func BenchmarkReadOnTheCard(b *testing.B) {
	k := newKit(b, wire.Satscard)
	ch := k.satscard().Channel()
	c, err := wire.ReadRequest{Nonce: theKey}.Command()
	must(b, err)
	send(b, ch, c)
}

func send(b *testing.B, ch *card.Channel, c iso7816.Command) {
	for b.Loop() {
		if _, err := ch.Send(context.Background(), "bench", c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProof is a verified address, from SELECT on, of a card that nobody has met.
func BenchmarkProof(b *testing.B) {
	k := newKit(b, wire.Satscard)
	k.opts.Store = nil
	proof(b, k)
}

// BenchmarkProofCached is the same of a card whose certificates are in the store.
func BenchmarkProofCached(b *testing.B) {
	k := newKit(b, wire.Satscard)
	_, err := k.satscard().Genuine(k.ctx)
	must(b, err)
	proof(b, k)
}

func proof(b *testing.B, k *kit) {
	for b.Loop() {
		c, err := k.opts.Select(context.Background(), card.NewChannel(k.gate.Link))
		must(b, err)
		s, err := c.Satscard()
		must(b, err)
		if _, err := s.Verify(context.Background(), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSign is one signature of a TAPSIGNER below its account, verified against the expected key.
func BenchmarkSign(b *testing.B) {
	k := newKit(b, wire.Tapsigner)
	key, err := k.setup().Account.Key(hd.Path{0, 0})
	must(b, err)
	s, code := k.tapsigner(), cvc(theCVC)
	var digest [32]byte
	for b.Loop() {
		digest[0]++
		if _, err := s.Sign(context.Background(), code, hd.Path{0, 0}, digest, &key); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkColdSign is the same from SELECT on, of a card whose certificates are in the store.
func BenchmarkColdSign(b *testing.B) {
	k := newKit(b, wire.Tapsigner)
	k.setup()
	code := secret.Copy([]byte(theCVC))
	for b.Loop() {
		c, err := k.opts.Select(context.Background(), card.NewChannel(k.gate.Link))
		must(b, err)
		s, err := c.Tapsigner()
		must(b, err)
		if _, err := s.Sign(context.Background(), code, hd.Path{0, 0}, theDigest, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// still is a link that gives one answer for ever.
type still struct {
	card.Link
	answer []byte
}

func (s *still) Transmit(context.Context, []byte) ([]byte, error) { return s.answer, nil }

// BenchmarkHostPerCommand is what the host adds to a command besides curve operations: building it, the channel,
// reading the longest answer.
func BenchmarkHostPerCommand(b *testing.B) {
	k := newKit(b, wire.Satscard)
	s := k.satscard()
	q, err := wire.StatusRequest{}.Command()
	must(b, err)
	raw, err := q.Bytes()
	must(b, err)
	answer, err := k.gate.Link.Transmit(k.ctx, raw)
	must(b, err)
	k.gate.Link = &still{k.gate.Link, answer}
	for b.Loop() {
		must(b, s.Refresh(context.Background()))
	}
}
