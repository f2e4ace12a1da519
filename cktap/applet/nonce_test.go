package applet_test

import (
	"bytes"

	"tapcard.example/cktap/wire"
)

// withNonce sends every command that takes a host's nonce, with this one, raw so that it may be wrong.
func (k *kit) withNonce(pairs ...string) [][]byte {
	k.Helper()
	send := func(name string, more ...string) []byte {
		a := k.auth(name)
		return k.raw(proved(a, append(append([]string{"cmd", text(name)}, pairs...), more...)...))
	}
	return [][]byte{send("read"), send("check"), send("derive", "path", "80")}
}

// renews says whether a command brings a new nonce that the next one has to use.
func (k *kit) renews(what string, body []byte, want bool) {
	k.Helper()
	k.is(body)
	n, ok := wire.NextNonce(body)
	if !want {
		k.check(!ok || n == k.before, "%s brings a nonce", what)
		return
	}
	k.check(ok && n != k.before && n == k.nonce, "%s brings no nonce", what)
	k.ok(k.cvcCommand(theCVC)) // the new one is in force
}

var nonceRows = map[string]func(*kit){
	"nonce.400.missing": func(k *kit) {
		for _, b := range k.ready().withNonce() {
			k.is(b)
		}
	},
	"nonce.500.missing": func(k *kit) { k.is(k.ready().withNonce()[0]) },
	"nonce.400.length": func(k *kit) {
		k.ready()
		for _, n := range [][]byte{theNonce[:15], append(bytes.Clone(theNonce), 1), {}} {
			for _, b := range k.withNonce("nonce", octets(n)) {
				k.is(b)
			}
		}
	},
	"nonce.417.same": func(k *kit) {
		k.ready()
		for _, b := range []byte{0, 7, 0xFF} {
			for _, a := range k.withNonce("nonce", octets(bytes.Repeat([]byte{b}, 16))) {
				k.is(a)
			}
		}
		k.check(k.attempts() == 0, "%d attempts", k.attempts())
	},
	"nonce.effect.changes": func(k *kit) {
		k.renews("check", k.ready().send(wire.CheckRequest{Nonce: theNonce}), true)
		if k.product == wire.Satscard {
			k.renews("read", k.send(wire.ReadRequest{Nonce: theNonce}), true)
			k.renews("dump", k.dumpSlot(0), true)
			k.renews("unseal", k.unsealSlot(0), true)
			k.renews("sign", k.signDigest(), true)
			k.renews("new", k.newSlot(1), true)
			return
		}
		k.renews("read", k.cvcCommand(theCVC), true)
		k.renews("sign", k.signDigest(), true)
		k.renews("derive", k.send(wire.DeriveRequest{Nonce: theNonce, Path: []uint32{}, Auth: k.auth("derive")}), true)
		if k.product == wire.Tapsigner {
			k.renews("backup", k.send(wire.BackupRequest{Auth: k.auth("backup")}), true)
		}
		if k.product == wire.Tapsigner || !k.profile.SatschipNeedsBackup {
			a := k.auth("change")
			k.renews("change", k.send(wire.ChangeRequest{NewCVC: k.session.Pad([]byte(theCVC)), Auth: a}), true)
		}
	},
	"nonce.effect.certs-nfc": func(k *kit) {
		k.ready()
		k.renews("certs", k.send(wire.CertsRequest{}), false)
		k.renews("nfc", k.send(wire.NFCRequest{}), false)
		k.ok(k.cvcCommand(theCVC))
	},
	"nonce.effect.old-certs": func(k *kit) {
		k.ready()
		body := k.send(wire.CertsRequest{})
		n, ok := wire.NextNonce(body)
		k.check(ok && n == k.before, "certs repeats no nonce")
		k.ok(k.cvcCommand(theCVC))
		k.renews("nfc", k.send(wire.NFCRequest{}), false)
	},
	"nonce.effect.error": func(k *kit) {
		k.ready()
		k.answers(k.cvcCommand(wrongCVC), 401)
		if k.product == wire.Satscard {
			k.answers(k.signDigest(), 406)
		} else {
			k.answers(k.send(wire.NewRequest{Auth: k.auth("new")}), k.never())
		}
		k.answers(k.raw([]byte{1}), 422)
		k.is(k.cvcCommand(theCVC))
	},
	"nonce.effect.old-error": func(k *kit) {
		k.ready().careless = true
		k.answers(k.cvcCommand(wrongCVC), 401)
		k.ok(k.cvcCommand(theCVC)) // an error before the CVC was accepted leaves it
		if k.product == wire.Satscard {
			k.answers(k.signDigest(), 406)
		} else {
			k.answers(k.send(wire.NewRequest{Auth: k.auth("new")}), k.never())
		}
		k.answers(k.cvcCommand(theCVC), 401)
		k.nonce = parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{})).CardNonce
		k.is(k.cvcCommand(theCVC))
	},
}

// never is what new answers on a signer that has its key.
func (k *kit) never() int {
	if k.profile.NewIsBadArguments {
		return 400
	}
	return 405
}
