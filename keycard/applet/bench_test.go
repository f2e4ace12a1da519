package applet_test

import (
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// exchange is one wrapped command with both sides' channel and both codings of the APDUs, nothing else.
func (c *client) exchange(cmd iso7816.Command) iso7816.Response {
	wrapped, err := c.ch.WrapCommand(cmd)
	if err != nil {
		c.tb.Fatal(err)
	}
	apdu, err := wrapped.Bytes()
	if err != nil {
		c.tb.Fatal(err)
	}
	raw, err := c.card.Transmit(apdu)
	if err != nil {
		c.tb.Fatal(err)
	}
	answer, err := iso7816.ParseResponse(raw)
	if err != nil {
		c.tb.Fatal(err)
	}
	plain, err := c.ch.UnwrapResponse(answer)
	if err != nil || plain.SW != iso7816.OK {
		c.tb.Fatal(plain.SW, err)
	}
	return plain
}

func BenchmarkBareSignature(b *testing.B) {
	key := secp256k1.PrivKeyFromBytes(theSeed[1:33])
	for b.Loop() {
		ecdsa.Sign(key, theHash)
	}
}

// BenchmarkSignCurrent is to stay above half the rate of BenchmarkBareSignature.
func BenchmarkSignCurrent(b *testing.B) {
	k := newKit(b, "2.3", false).ready().derive(44|hd.Hardened, 60|hd.Hardened, hd.Hardened, 0, 0)
	cmd := wire.SignCommand([32]byte(theHash))
	b.ReportAllocs()
	for b.Loop() {
		k.exchange(cmd)
	}
}

func BenchmarkBareDerivation5(b *testing.B) {
	key, err := hd.Master(secret.Copy(theSeed))
	if err != nil {
		b.Fatal(err)
	}
	p := hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 0}
	for b.Loop() {
		p[4]++
		child, err := key.Derive(p)
		if err != nil {
			b.Fatal(err)
		}
		child.PublicKey()
	}
}

// BenchmarkSignPath5 signs with another path every time; at least 4,000 a second.
func BenchmarkSignPath5(b *testing.B) {
	k := newKit(b, "2.3", false).ready()
	p := []uint32{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 0}
	b.ReportAllocs()
	for b.Loop() {
		p[4]++
		k.exchange(wire.SignPathCommand([32]byte(theHash), wire.FromMaster, p, false))
	}
}

func BenchmarkBareECDH(b *testing.B) {
	key, peer := secp256k1.PrivKeyFromBytes(theSeed[1:33]), secp256k1.PrivKeyFromBytes(theSeed[2:34]).PubKey()
	for b.Loop() {
		secp256k1.GenerateSharedSecret(key, peer)
	}
}

// BenchmarkOpenChannel is SELECT, OPEN SECURE CHANNEL and MUTUALLY AUTHENTICATE with a new client key, both sides;
// below 0.8 ms.
func BenchmarkOpenChannel(b *testing.B) {
	k := newKit(b, "2.3", false).paired()
	b.ReportAllocs()
	for b.Loop() {
		k.reopen()
	}
}
