package applet_test

import (
	"crypto/rand"
	"testing"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
)

// ask measures a command on a card that answers it: the whole way from APDU to APDU.
func ask(b *testing.B, k *kit, q func() request) {
	b.Helper()
	for b.Loop() {
		b.StopTimer()
		c, err := q().Command()
		if err != nil {
			b.Fatal(err)
		}
		raw, err := c.Bytes()
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		answer, err := k.card.Transmit(raw)
		b.StopTimer()
		if err != nil || k.code(answer[:len(answer)-2]) != 0 {
			b.Fatalf("%x, %v", answer, err)
		}
		if n, ok := wire.NextNonce(answer[:len(answer)-2]); ok {
			k.nonce = n
		}
		b.StartTimer()
	}
}

func benchKit(b *testing.B, p wire.Product) *kit {
	b.Helper()
	return newKit(b, p, applet.V1_0_3, func(o *applet.Options) { o.Env.Rand = rand.Reader }).ready()
}

func BenchmarkStatus(b *testing.B) {
	ask(b, benchKit(b, wire.Satscard), func() request { return wire.StatusRequest{} })
}

func BenchmarkReadSatscard(b *testing.B) {
	ask(b, benchKit(b, wire.Satscard), func() request { return wire.ReadRequest{Nonce: theNonce} })
}

func BenchmarkReadTapsigner(b *testing.B) {
	k := benchKit(b, wire.Tapsigner)
	ask(b, k, func() request { return wire.ReadRequest{Nonce: theNonce, Auth: k.auth("read")} })
}

func BenchmarkSignTapsigner(b *testing.B) {
	k := benchKit(b, wire.Tapsigner)
	ask(b, k, func() request {
		return wire.SignRequest{Digest: theDigest, Subpath: []uint32{0, 1}, Auth: k.auth("sign")}
	})
}
