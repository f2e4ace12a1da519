package applet_test

import (
	"testing"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// A card answers whatever it is sent with CBOR and 9000, or with a status word; it never panics and never loses its
// invariants. script is a sequence of commands, each after its length in one byte; how says which card.
func FuzzApplet(f *testing.F) {
	for name, r := range readRecordings(f) {
		var script []byte
		for _, x := range r.Log {
			script = append(append(script, byte(len(x.Request))), x.Request...)
		}
		f.Add(byte(recorded[name]), script)
	}
	f.Add(byte(3), []byte{1, 0xBF, 3, 0xA1, 0x61, 0x61})
	f.Fuzz(func(t *testing.T, how byte, script []byte) {
		product := wire.Product(how % 3)
		p := applet.Profiles()[how/3%4]
		if !p.Has(product) {
			return
		}
		k := newKit(t, product, p, func(o *applet.Options) { o.Loose = how >= 128 })
		if how&64 != 0 {
			k.ready()
		}
		for len(script) > 0 {
			n := min(int(script[0]), len(script)-1)
			r := transmit(t, k.card, tap(script[1:1+n]))
			script = script[1+n:]
			if r.SW != iso7816.OK {
				t.Fatalf("%v", r.SW)
			}
			_ = wire.ParseError(r.Data) // what it is, the property tests check
			wire.Describe(tap(nil), r)
		}
		k.sound(k.memory())
	})
}

// Whole requests that are well-formed but for one argument, with a right proof of the CVC: what lies behind it is
// reached too.
func FuzzProvenCommand(f *testing.F) {
	for i, s := range wire.Commands() {
		f.Add(byte(i), s.Name, []byte{0x00}, "slot")
		f.Add(byte(i+64), s.Name, []byte{0x82, 0x00, 0x1A, 0x80, 0, 0, 0}, "path")
	}
	f.Fuzz(func(t *testing.T, how byte, name string, value []byte, argument string) {
		product := wire.Product(how % 3)
		p := applet.Profiles()[how/3%4]
		if !p.Has(product) || len(name) > 23 || len(argument) > 23 || len(value) > 60 {
			return
		}
		k := newKit(t, product, p)
		if how&64 != 0 {
			k.signable()
		}
		a := k.auth(name)
		b := proved(a, "cmd", text(name), "nonce", octets(theNonce), "digest", octets(theDigest[:]))
		b[0]++
		b = append(append(append(b, 0x60+byte(len(argument))), argument...), value...)
		if len(b) > iso7816.MaxShortData {
			return
		}
		transmit(t, k.card, tap(b))
		m := k.memory()
		if product == wire.Satscard {
			k.sound(m)
		}
	})
}
