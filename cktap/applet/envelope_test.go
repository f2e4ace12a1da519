package applet_test

import (
	"bytes"
	"encoding/hex"
	"strings"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// sw compares a status word with the row's.
func (k *kit) sw(r iso7816.Response) {
	k.Helper()
	k.compared = true
	want := k.row.answer
	if len(want) != 4 {
		want = "9000"
	}
	if r.SW.String() != want {
		k.Errorf("%v, the table says %s", r.SW, want)
	}
}

// body makes a CBOR map of names and hex.
func body(pairs ...string) []byte {
	b := []byte{0xA0 + byte(len(pairs)/2)}
	for i := 0; i < len(pairs); i += 2 {
		value, err := hex.DecodeString(pairs[i+1])
		if err != nil {
			panic(err)
		}
		b = append(append(append(b, 0x60+byte(len(pairs[i]))), pairs[i]...), value...)
	}
	return b
}

// text is a CBOR text in hex.
func text(s string) string { return hex.EncodeToString(append([]byte{0x60 + byte(len(s))}, s...)) }

// octets is a CBOR byte string in hex.
func octets(b []byte) string { return "58" + hex.EncodeToString(append([]byte{byte(len(b))}, b...)) }

// proved is a body with a proof of the CVC.
func proved(a wire.Auth, pairs ...string) []byte {
	return body(append(pairs, "epubkey", octets(a.EphemeralKey), "xcvc", octets(a.MaskedCVC))...)
}

var envelopeRows = map[string]func(*kit){
	"select.ok.status": func(k *kit) {
		r := transmit(k, k.card, wire.SelectCommand())
		selected := parsed(k, wire.ParseStatusAnswer, k.is(r.Data))
		asked := parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{}))
		selected.CardNonce, asked.CardNonce = wire.Nonce{1}, wire.Nonce{1}
		a, _ := selected.Encode()
		b, _ := asked.Encode()
		k.check(bytes.Equal(a, b), "%x\n%x", a, b)
	},
	"apdu.6d00.before-select": func(k *kit) {
		k.card.Reset()
		k.sw(transmit(k, k.card, tap(body("cmd", text("status")))))
	},
	"apdu.6d00.other-ins": func(k *kit) {
		for _, c := range []iso7816.Command{{INS: 0xCA}, {INS: 0x20}, {INS: 0xB0}, {CLA: 0x80, INS: wire.InsTap}} {
			k.sw(transmit(k, k.card, c))
		}
	},
	"apdu.6a86.p1p2": func(k *kit) {
		k.sw(transmit(k, k.card, iso7816.Command{INS: wire.InsTap, P1: 1, Data: body("cmd", text("status"))}))
		k.sw(transmit(k, k.card, iso7816.Command{INS: wire.InsTap, P2: 1, Data: body("cmd", text("status"))}))
	},
	"apdu.6700.extended": func(k *kit) {
		long := body("cmd", text("status"), "zz", "590100"+strings.Repeat("00", 256))
		k.sw(transmit(k, k.card, tap(long)))
	},
	"apdu.ok.le": func(k *kit) {
		k.sw(transmit(k, k.card, iso7816.Command{INS: wire.InsTap, Data: body("cmd", text("certs")), Ne: 256}))
	},
	"apdu.ok.error-is-9000": func(k *kit) {
		r := transmit(k, k.card, tap(body("cmd", text("nonsense"))))
		k.check(r.SW == iso7816.OK, "%v", r.SW)
		k.is(r.Data)
	},
	"cbor.422.no-map": func(k *kit) {
		for _, b := range [][]byte{nil, {0x80}, {0xF6}, {0xA1}, {0xBF}, append(body("cmd", text("certs")), 0),
			[]byte("junk")} {
			k.is(k.raw(b))
		}
	},
	"cbor.422.twice": func(k *kit) { k.is(k.raw(body("cmd", text("certs"), "cmd", text("nfc")))) },
	"cbor.404.empty": func(k *kit) { k.is(k.raw(body())) },
	"cbor.400.cmd-type": func(k *kit) {
		k.is(k.raw(body("cmd", "01")))
	},
	"cbor.ok.unknown-field": func(k *kit) {
		k.is(k.raw(body("cmd", text("check"), "nonce", octets(theNonce), "zz", "a1f6f6", "slots", "20", "addr", "80")))
	},
	"cbor.ok.nulls": func(k *kit) {
		k.ready()
		a := k.auth("sign")
		if k.product == wire.Satscard {
			k.is(k.raw(body("cmd", text("read"), "nonce", octets(theNonce), "epubkey", "f6", "xcvc", "f6")))
			return
		}
		k.is(k.raw(proved(a, "cmd", text("sign"), "slot", "f6", "subpath", "f6", "digest", octets(theDigest[:]))))
	},
	"cbor.ok.indefinite": func(k *kit) {
		check := "bf63636d64" + text("check") + "7f636e6f6e626365ff" +
			"5f" + octets(theNonce[:7]) + octets(theNonce[7:]) + "ff" + "ff"
		b, err := hex.DecodeString(check)
		k.check(err == nil, "%v", err)
		a := parsed(k, wire.ParseCheckAnswer, k.is(k.raw(b)))
		k.check(a.Signature != wire.Signature{}, "no signature")
	},
	"any.404.unknown": func(k *kit) {
		for _, name := range []string{"url", "STATUS", "", "XXX_RESET"} {
			k.is(k.raw(body("cmd", text(name))))
		}
	},
	"any.404.other-product": func(k *kit) {
		names := []string{"change", "xpub", "backup"}
		if k.product.Signer() {
			names = []string{"unseal", "dump"}
		}
		for _, name := range names {
			k.is(k.raw(proved(k.auth(name), "cmd", text(name), "slot", "00")))
		}
	},
	"backup.404.satschip": func(k *kit) {
		k.ready()
		k.is(k.send(wire.BackupRequest{Auth: k.auth("backup")}))
	},
	"power.effect.nonce": func(k *kit) {
		before := k.nonce
		k.card.PowerOff()
		k.card.PowerOn()
		k.sel()
		k.check(k.nonce != before, "the nonce survived power-off")
		k.is(k.send(wire.CheckRequest{Nonce: theNonce}))
	},
	"select.effect.nonce": func(k *kit) {
		before := k.nonce
		k.card.Reset()
		k.sel()
		k.check(k.nonce != before, "the nonce survived a reset")
		k.is(k.send(wire.CheckRequest{Nonce: theNonce}))
	},
	"loose.ok.all": func(k *kit) {
		k.remake(func(o *applet.Options) { o.Loose = true }).signable()
		bodies := [][]byte{
			k.send(wire.StatusRequest{}), k.send(wire.CertsRequest{}), k.send(wire.NFCRequest{}),
			k.send(wire.CheckRequest{Nonce: theNonce}), k.signDigest(),
		}
		if k.product == wire.Satscard {
			bodies = append(bodies, k.dumpSlot(0), k.dumpSlot(1), k.newSlot(1),
				k.send(wire.DeriveRequest{Nonce: theNonce}), k.unsealSlot(1))
		} else {
			bodies = append(bodies, k.send(wire.DeriveRequest{Nonce: theNonce, Path: wire.DefaultPath(),
				Auth: k.auth("derive")}),
				k.send(wire.XPubRequest{Auth: k.auth("xpub")}))
		}
		for i, b := range bodies {
			k.is(b)
			k.check(b[0] == 0xBF && b[len(b)-1] == 0xFF, "%d is definite: %x", i, b)
		}
		a := parsed(k, wire.ParseSignAnswer, bodies[4])
		k.verifies(a.Signature, theDigest, a.PublicKey)
	},
	"testnet.ok.marks": func(k *kit) {
		k.remake(func(o *applet.Options) { o.Testnet = true }).ready()
		a := parsed(k, wire.ParseStatusAnswer, k.is(k.send(wire.StatusRequest{})))
		k.check(a.Testnet, "not marked")
		if k.product == wire.Satscard {
			k.check(strings.HasPrefix(a.Address, "tb1q"), "%s", a.Address)
			return
		}
		x := parsed(k, wire.ParseXPubAnswer, k.send(wire.XPubRequest{Auth: k.auth("xpub")}))
		_, testnet, err := x.XPub.Parse()
		k.check(testnet && err == nil, "%v", err)
		if k.product == wire.Tapsigner {
			b := parsed(k, wire.ParseBackupAnswer, k.send(wire.BackupRequest{Auth: k.auth("backup")}))
			file, err := wire.OpenBackup(k.app.Label().BackupKey, b.Data)
			k.check(err == nil && file.Network != 0, "%v", err)
		}
	},
}

// The factory of these tests is not the maker's; its root is found at the end of every chain.
func (k *kit) rootOf(chain []wire.Certificate) {
	k.Helper()
	root, err := wire.FactoryRoot(k.status.PublicKey, chain)
	want, _ := wire.PublicKeyOf(secret.Copy(theRoot))
	k.check(err == nil && root == want && root == k.factory.Root(), "root %x, %v", root, err)
}
