package applet_test

import (
	"bytes"
	"slices"
	"strings"

	"tapcard.example/cktap/wire"
)

// contraRows has one test for each side of what the documents, real cards and the emulator disagree about.
var contraRows = map[string]func(*kit){
	"contra.derive-signer.real": func(k *kit) {
		a := parsed(k, wire.ParseSignerDerivation, k.is(k.ready().derive(48|hard)))
		k.verifies(a.Signature, wire.DeriveDigest(k.before, theNonce, wire.Bytes32(theChain)), a.MasterPublic)
		k.check(a.Signature.Verify(wire.DeriveDigest(k.before, theNonce, a.ChainCode), a.PublicKey) != nil, "both")
	},
	"contra.derive-signer.emulator": func(k *kit) {
		a := parsed(k, wire.ParseSignerDerivation, k.is(k.ready().derive(48|hard)))
		k.verifies(a.Signature, wire.DeriveDigest(k.before, theNonce, a.ChainCode), a.PublicKey)
	},
	"contra.last-slot.document": func(k *kit) {
		a := parsed(k, wire.ParseStatusAnswer, k.is(k.opened(9).send(wire.StatusRequest{})))
		k.check(slices.Equal(a.Slots, []int{10, 10}) && !a.HasKey(), "%+v", a)
		k.answers(k.send(wire.ReadRequest{Nonce: theNonce}), 406)
	},
	"contra.last-slot.old": func(k *kit) {
		a := parsed(k, wire.ParseStatusAnswer, k.is(k.opened(9).send(wire.StatusRequest{})))
		k.check(slices.Equal(a.Slots, []int{9, 10}) && !a.HasKey(), "%+v", a)
		k.answers(k.send(wire.ReadRequest{Nonce: theNonce}), 406)
		d := parsed(k, wire.ParseDumpAnswer, k.dumpSlot(9))
		k.check(d.State() == wire.SlotUnsealed, "only dump tells: %+v", d)
	},
	"contra.last-slot.emulator": func(k *kit) {
		a := parsed(k, wire.ParseStatusAnswer, k.is(k.opened(9).send(wire.StatusRequest{})))
		k.check(slices.Equal(a.Slots, []int{9, 10}) && a.HasKey(), "%+v", a)
		k.ok(k.send(wire.ReadRequest{Nonce: theNonce}))
	},
	"contra.url.document": func(k *kit) {
		text, _, _ := k.ready().url()
		k.check(!strings.Contains(text, "://"), "%s", text)
	},
	"contra.url.emulator": func(k *kit) {
		text, _, _ := k.ready().url()
		k.check(strings.HasPrefix(text, "https://"), "%s", text)
	},
	"contra.xpub-nonce.document": func(k *kit) {
		body := k.is(k.ready().send(wire.XPubRequest{Auth: k.auth("xpub")}))
		k.fields(body, "xpub")
		k.ok(k.cvcCommand(theCVC)) // the old one is still in force
	},
	"contra.xpub-nonce.emulator": func(k *kit) {
		k.renews("xpub", k.ready().send(wire.XPubRequest{Auth: k.auth("xpub")}), true)
	},
	"contra.status-nonce.document": func(k *kit) {
		k.renews("status", k.ready().send(wire.StatusRequest{}), true)
		if k.product == wire.Satscard {
			k.renews("derive", k.send(wire.DeriveRequest{Nonce: theNonce}), true)
		}
	},
	"contra.status-nonce.emulator": func(k *kit) {
		k.renews("status", k.ready().send(wire.StatusRequest{}), false)
		if k.product == wire.Satscard {
			k.renews("derive", k.send(wire.DeriveRequest{Nonce: theNonce}), false)
		}
		k.ok(k.cvcCommand(theCVC))
	},
	"contra.dump-sealed.document": func(k *kit) { k.fields(k.is(k.dumpSlot(0)), "slot", "sealed", "card_nonce") },
	"contra.dump-sealed.emulator": func(k *kit) {
		body := k.is(k.dumpSlot(0))
		k.fields(body, "slot", "sealed", "addr", "card_nonce")
		a := parsed(k, wire.ParseDumpAnswer, body)
		k.check(wire.MatchesBlanked(k.app.Label().Address, a.Address), "%s", a.Address)
	},
	"contra.unseal-master.both": func(k *kit) {
		a := parsed(k, wire.ParseUnsealAnswer, k.is(k.unsealSlot(0)))
		k.check(bytes.Equal(revealed(a.MasterPrivate.Bytes), k.memory().Slots[0].Master), "not in the clear")
	},
	"contra.405.document": neverAgain,
	"contra.405.emulator": neverAgain,
	"contra.signer-dump.both": func(k *kit) {
		k.ready()
		k.is(k.dumpSlot(0))
		k.is(k.unsealSlot(0))
	},
	"contra.new-used.document":   func(k *kit) { k.is(k.pick(nil, theChain)) },
	"contra.new-used.emulator":   func(k *kit) { k.is(k.pick(nil, theChain)) },
	"contra.weak-chain.document": weakChain,
	"contra.weak-chain.emulator": weakChain,
	"contra.satschip-change.document": func(k *kit) {
		k.ready().changes("271828")
		k.remake(satschipFactory).cvc = wire.SatschipCVC
		k.ok(k.pick(nil, theChain))
		k.is(k.changeTo("271828"))
	},
	"contra.satschip-change.emulator": func(k *kit) { k.is(k.ready().changeTo("271828")) },
}

// neverAgain is what cannot be helped: a signer's second key, a key for a card that is used up.
func neverAgain(k *kit) {
	if k.product.Signer() {
		k.is(k.ready().pick(nil, theChain))
		return
	}
	k.is(k.opened(9).pick(new(9), theChain))
}
