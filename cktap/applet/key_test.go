package applet_test

import (
	"slices"

	"github.com/fxamacker/cbor/v2"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
)

// blank makes a SATSCARD whose first slot has no key.
func blank(o *applet.Options) { o.Personal = &applet.Personal{CVC: theCVC, Blank: true} }

// keys are the fields of an answer, sorted.
func (k *kit) keys(body []byte) []string {
	k.Helper()
	var m map[string]cbor.RawMessage
	if err := cbor.Unmarshal(body, &m); err != nil {
		k.Fatal(err)
	}
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// fields compares the fields of an answer.
func (k *kit) fields(body []byte, want ...string) {
	k.Helper()
	slices.Sort(want)
	if got := k.keys(body); !slices.Equal(got, want) {
		k.Errorf("fields %v, not %v", got, want)
	}
}

var keyRows = map[string]func(*kit){
	"status.ok.fields": func(k *kit) {
		want := []string{"proto", "ver", "birth", "pubkey", "card_nonce"}
		body := k.is(k.ready().send(wire.StatusRequest{}))
		a := parsed(k, wire.ParseStatusAnswer, body)
		k.check(a.Birth == 840000 && a.Version() == k.profile.Version && a.Product() == k.product && a.HasKey(), "%+v", a)
		switch k.product {
		case wire.Satscard:
			k.fields(body, append(want, "slots", "addr")...)
			k.check(slices.Equal(a.Slots, []int{0, 10}) && wire.MatchesBlanked(k.app.Label().Address, a.Address), "%+v", a)
		case wire.Tapsigner:
			k.fields(body, append(want, "tapsigner", "num_backups", "path")...)
			k.check(*a.Backups == 0 && slices.Equal(a.Path, wire.DefaultPath()), "%+v", a)
		case wire.Satschip:
			k.fields(body, append(want, "tapsigner", "satschip", "path")...)
		}
	},
	"status.ok.path-absent": func(k *kit) {
		body := k.is(k.send(wire.StatusRequest{}))
		k.check(!slices.Contains(k.keys(body), "path"), "there is a path")
		k.check(!parsed(k, wire.ParseStatusAnswer, body).HasKey(), "there is a key")
	},
	"status.ok.addr-absent": func(k *kit) {
		body := k.is(k.opened(0).send(wire.StatusRequest{}))
		k.check(!slices.Contains(k.keys(body), "addr"), "there is an address")
		body = k.is(k.remake(blank).send(wire.StatusRequest{}))
		k.check(!slices.Contains(k.keys(body), "addr"), "there is an address")
	},
	"status.ok.delay-absent": func(k *kit) {
		k.check(!slices.Contains(k.keys(k.is(k.send(wire.StatusRequest{}))), "auth_delay"), "there is a delay")
	},
	"status.ok.tampered": func(k *kit) {
		k.check(!slices.Contains(k.keys(k.send(wire.StatusRequest{})), "tampered"), "tampered with when new")
		if err := k.app.Tamper(); err != nil {
			k.Fatal(err)
		}
		a := parsed(k, wire.ParseStatusAnswer, k.is(k.send(wire.StatusRequest{})))
		k.check(a.Tampered, "%+v", a)
		if k.product == wire.Satscard {
			k.check(a.Slot() == 1, "%+v", a)
		}
	},
	"read.ok.satscard": func(k *kit) {
		address := k.app.Label().Address
		for slot := range 3 {
			if slot > 0 {
				k.ok(k.newSlot(slot))
				address = parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{})).Address
				k.sel()
			}
			a := parsed(k, wire.ParseReadAnswer, k.is(k.send(wire.ReadRequest{Nonce: theNonce})))
			k.verifies(a.Signature, wire.ReadDigest(k.before, theNonce, slot), a.PublicKey)
			k.check(wire.BlankAddress(wire.Address(a.PublicKey, false)) == wire.BlankAddress(address), "slot %d: %s",
				slot, address)
			k.ok(k.unsealSlot(slot))
		}
	},
	"read.ok.signer": func(k *kit) {
		a := parsed(k, wire.ParseReadAnswer, k.is(k.ready().cvcCommand(theCVC)))
		key := k.session.PadPublicKey(a.PublicKey)
		k.verifies(a.Signature, wire.ReadDigest(k.before, theNonce, 0), key)
		x := parsed(k, wire.ParseXPubAnswer, k.send(wire.XPubRequest{Auth: k.auth("xpub")}))
		public, _, err := x.XPub.Parse()
		k.check(err == nil && public.Compressed() == [33]byte(key), "another key than xpub: %v", err)
	},
	"read.406.unused": func(k *kit) {
		k.is(k.opened(0).send(wire.ReadRequest{Nonce: theNonce}))
		k.is(k.remake(blank).send(wire.ReadRequest{Nonce: theNonce}))
	},
	"read.406.no-key": func(k *kit) { k.is(k.cvcCommand(theCVC)) },
	"certs.ok.chain": func(k *kit) {
		a := parsed(k, wire.ParseCertsAnswer, k.is(k.send(wire.CertsRequest{})))
		k.check(len(a.Chain) == 2, "%d certificates", len(a.Chain))
		k.rootOf(a.Chain)
	},
	"certs.ok.three": func(k *kit) {
		k.remake(func(o *applet.Options) { o.Certificates = 3 })
		a := parsed(k, wire.ParseCertsAnswer, k.is(k.send(wire.CertsRequest{})))
		k.check(len(a.Chain) == 3, "%d certificates", len(a.Chain))
		k.rootOf(a.Chain)
	},
	"check.ok.slot": func(k *kit) {
		key := parsed(k, wire.ParseReadAnswer, k.send(wire.ReadRequest{Nonce: theNonce})).PublicKey
		k.checked(&key)
	},
	"check.ok.plain":  func(k *kit) { k.checked(nil) },
	"check.ok.unused": func(k *kit) { k.opened(0).checked(nil) },
	"check.ok.zeros":  func(k *kit) { k.opened(0).checked(&wire.PublicKey{}) },
	"check.ok.signer": func(k *kit) {
		k.checked(nil)
		k.ready().checked(nil)
	},
}

// checked sends check and verifies that it covers a slot's key, or none.
func (k *kit) checked(covered *wire.PublicKey) {
	k.Helper()
	a := parsed(k, wire.ParseCheckAnswer, k.is(k.send(wire.CheckRequest{Nonce: theNonce})))
	k.verifies(a.Signature, wire.CheckDigest(k.before, theNonce, covered), k.status.PublicKey)
}
