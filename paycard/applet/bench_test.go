package applet_test

import (
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// benchCard is a card under every guard that needs no human: approval and time authority, hour, velocity, currency.
func benchCard(b *testing.B) *kit {
	k := newKit(b)
	k.ready().profile(0, thePurse, func(p *wire.Profile) { p.Velocity = wire.NoLimit - 1 })
	k.guards(func(g *wire.Guards) {
		g.Flags, g.Hourly, g.Gap, g.Currency = wire.OncePerPower|wire.WantApproval|wire.WantTime, 32, 60, wire.NoLimit-1
	})
	for range 40 { // a full log
		k.tap()
		a := k.nextOrder()
		k.ok(k.pay(a, k.everything(a)))
	}
	return k
}

func (k *kit) nextOrder() asked {
	k.nonce++
	o := order(5, k.nonce)
	o.Offer[1] = byte(k.now >> 8)
	o.Offer[2] = byte(k.now >> 16)
	return k.challenge(0, o)
}

// everything is an approval with a time authority's signature and a rate. Two minutes go by.
func (k *kit) everything(a asked) wire.Approval {
	k.now += 60
	t := k.terms()
	t.Rate = 3
	return both(a, approve(a, approver, t), authority)
}

// BenchmarkPay is the command PAY alone, with time, approval and velocity.
func BenchmarkPay(b *testing.B) {
	k := benchCard(b)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		k.tap()
		a := k.nextOrder()
		raw, err := wire.PayCommand(k.everything(a)).Bytes()
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		answer, err := k.card.Transmit(raw)
		if err != nil || len(answer) != 71 {
			b.Fatalf("%x %v", answer, err)
		}
	}
}

// BenchmarkTap is SELECT, CHALLENGE and PAY on the card's side; it reports how many commands that takes.
func BenchmarkTap(b *testing.B) {
	k := benchCard(b)
	apdus := 0
	k.card.Record(func(iso7816.Command, iso7816.Response) { apdus++ })
	n := 0
	for b.Loop() {
		n++
		k.tap()
		a := k.nextOrder()
		by := k.everything(a) // two signatures, about 90 µs, are not the card's
		k.ok(k.pay(a, by))
	}
	b.ReportMetric(float64(apdus)/float64(n), "APDUs/op")
}
