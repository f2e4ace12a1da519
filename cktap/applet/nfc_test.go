package applet_test

import (
	"strings"

	"tapcard.example/cktap/wire"
)

// url reads and verifies the card's URL.
func (k *kit) url() (string, wire.URL, wire.Signed) {
	k.Helper()
	a := parsed(k, wire.ParseNFCAnswer, k.is(k.send(wire.NFCRequest{})))
	u, err := wire.ParseURL(a.URL)
	if err != nil {
		k.Fatal(err)
	}
	s, err := u.Verify()
	if err != nil {
		k.Fatal(err)
	}
	return a.URL, u, s
}

var nfcRows = map[string]func(*kit){
	"nfc.ok.sealed": func(k *kit) {
		text, u, s := k.url()
		k.check(u.State == wire.URLSealed && u.Slot == 0 && s.Address == k.app.Label().Address, "%+v", u)
		k.check(strings.Contains(text, "getsatscard.com/start#u="), "%s", text)
		k.opened(0)
		k.ok(k.newSlot(1))
		_, u, s = k.url()
		k.check(u.State == wire.URLSealed && u.Slot == 1 && s.Address != k.app.Label().Address, "%+v", u)
	},
	"nfc.ok.unsealed": func(k *kit) {
		k.opened(0)
		_, u, s := k.url()
		k.check(u.State == wire.URLUnsealed && u.Slot == 0 && s.Address == k.app.Label().Address, "%+v", u)
		k.ok(k.newSlot(1))
		for slot := 1; slot < 10; slot++ {
			k.ok(k.unsealSlot(slot))
			if slot < 9 {
				k.ok(k.newSlot(slot + 1))
			}
		}
		_, u, _ = k.url()
		k.check(u.State == wire.URLUnsealed && u.Slot == 9, "%+v", u)
	},
	"nfc.ok.signer": func(k *kit) {
		text, u, s := k.ready().url()
		k.check(u.State == wire.URLSealed && s.Key == k.status.PublicKey && s.Ident == k.app.Label().Ident, "%+v", u)
		site := map[wire.Product]string{wire.Tapsigner: "tapsigner.com/start#t=1", wire.Satschip: "satschip.com/start#t=1"}
		k.check(strings.Contains(text, site[k.product]), "%s", text)
	},
	"nfc.ok.signer-unused": func(k *kit) {
		_, u, _ := k.url()
		k.check(u.State == wire.URLUnsealed, "%+v", u)
	},
	"nfc.ok.tampered": func(k *kit) {
		if err := k.ready().app.Tamper(); err != nil {
			k.Fatal(err)
		}
		_, u, _ := k.url()
		k.check(u.State == wire.URLTampered, "%+v", u)
	},
	"nfc.effect.fresh": func(k *kit) {
		_, first, _ := k.url()
		_, second, _ := k.url()
		k.check(first.Nonce != second.Nonce, "twice the same")
	},
	"nfc.406.nothing": func(k *kit) { k.is(k.remake(blank).send(wire.NFCRequest{})) },
}
