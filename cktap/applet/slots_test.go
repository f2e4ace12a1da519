package applet_test

import (
	"bytes"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

// dumpWith dumps with the CVC.
func (k *kit) dumpWith(slot int) []byte {
	k.Helper()
	return k.send(wire.DumpRequest{Slot: &slot, Auth: k.auth("dump")})
}

// belongs checks that a private key has a public key.
func (k *kit) belongs(private secret.Bytes, public wire.PublicKey) {
	k.Helper()
	p, err := wire.PublicKeyOf(private)
	k.check(err == nil && p == public, "the private key is another: %v", err)
}

var slotRows = map[string]func(*kit){
	"unseal.ok.keys": func(k *kit) {
		key := parsed(k, wire.ParseReadAnswer, k.send(wire.ReadRequest{Nonce: theNonce})).PublicKey
		d := parsed(k, wire.ParseSatscardDerivation, k.send(wire.DeriveRequest{Nonce: theNonce}))
		a := parsed(k, wire.ParseUnsealAnswer, k.is(k.unsealSlot(0)))
		k.check(a.Slot == 0 && a.PublicKey == key && a.ChainCode == d.ChainCode, "%+v", a)
		k.belongs(k.session.Private(a.Private), key)
		k.belongs(a.MasterPrivate.Bytes, d.MasterPublic)
	},
	"unseal.ok.next": func(k *kit) {
		k.is(k.unsealSlot(0))
		a := parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{}))
		k.check(a.Slot() == 1 && !a.HasKey(), "%+v", a)
	},
	"unseal.400.slot": func(k *kit) {
		for _, slot := range []int{1, 9, 10, 255} {
			k.is(k.unsealSlot(slot))
		}
		k.opened(0)
		k.is(k.unsealSlot(0))
	},
	"unseal.400.no-slot": func(k *kit) { k.is(k.raw(proved(k.auth("unseal"), "cmd", text("unseal")))) },
	"unseal.406.unused": func(k *kit) {
		k.is(k.opened(0).unsealSlot(1))
	},
	"unseal.405.used-up": func(k *kit) {
		k.opened(9)
		k.is(k.unsealSlot(9))
		k.is(k.unsealSlot(10))
	},
	"dump.ok.sealed": func(k *kit) {
		for _, body := range [][]byte{k.dumpSlot(0), k.dumpWith(0)} {
			a := parsed(k, wire.ParseDumpAnswer, k.is(body))
			k.check(a.State() == wire.SlotSealed && a.Master == wire.Bytes32{} && a.PublicKey == wire.PublicKey{}, "%+v", a)
		}
	},
	"dump.ok.unused": func(k *kit) {
		for _, body := range [][]byte{k.dumpSlot(3), k.dumpWith(3)} {
			a := parsed(k, wire.ParseDumpAnswer, k.is(body))
			k.check(a.State() == wire.SlotUnused && a.Slot == 3, "%+v", a)
			k.fields(body, "slot", "used", "card_nonce")
		}
	},
	"dump.ok.open": func(k *kit) {
		a := parsed(k, wire.ParseDumpAnswer, k.is(k.opened(0).dumpSlot(0)))
		k.check(a.State() == wire.SlotUnsealed && a.Address == k.app.Label().Address && a.Private == wire.Bytes32{}, "%+v", a)
	},
	"dump.ok.open-key": func(k *kit) {
		body := k.is(k.opened(0).dumpSlot(0))
		k.fields(body, "slot", "sealed", "addr", "pubkey", "card_nonce")
		a := parsed(k, wire.ParseDumpAnswer, body)
		k.check(wire.Address(a.PublicKey, false) == a.Address, "%+v", a)
	},
	"dump.ok.open-no-key": func(k *kit) {
		k.fields(k.is(k.opened(0).dumpSlot(0)), "slot", "sealed", "addr", "card_nonce")
	},
	"dump.ok.keys": func(k *kit) {
		k.opened(0)
		body := k.is(k.dumpWith(0))
		k.fields(body, "slot", "privkey", "pubkey", "chain_code", "master_pk", "card_nonce")
		a := parsed(k, wire.ParseDumpAnswer, body)
		k.belongs(k.session.Private(a.Private), a.PublicKey)
		k.check(bytes.Equal(k.session.Pad(a.Master[:]), k.memory().Slots[0].Master), "another master key")
		k.check(wire.Address(a.PublicKey, false) == k.app.Label().Address, "another key")
	},
	"dump.ok.tampered": func(k *kit) {
		if err := k.app.Tamper(); err != nil {
			k.Fatal(err)
		}
		a := parsed(k, wire.ParseDumpAnswer, k.is(k.dumpWith(0)))
		k.check(a.Tampered, "%+v", a)
		k.belongs(k.session.Private(a.Private), a.PublicKey)
		k.ok(k.newSlot(1))
	},
	"dump.400.slot":    func(k *kit) { k.is(k.dumpSlot(10)) },
	"dump.400.no-slot": func(k *kit) { k.is(k.raw(body("cmd", text("dump")))) },
	"dump.401.wrong": func(k *kit) {
		k.opened(0).cvc = wrongCVC
		k.is(k.dumpWith(0))
	},
	"dump.400.half": func(k *kit) {
		k.opened(0)
		k.is(k.send(wire.DumpRequest{Slot: new(int), Auth: wire.Auth{EphemeralKey: k.auth("dump").EphemeralKey}}))
	},
	"dump.ok.half": func(k *kit) {
		k.opened(0)
		whole := k.auth("dump")
		for _, half := range []wire.Auth{{EphemeralKey: whole.EphemeralKey}, {MaskedCVC: whole.MaskedCVC}} {
			a := parsed(k, wire.ParseDumpAnswer, k.is(k.send(wire.DumpRequest{Slot: new(int), Auth: half})))
			k.check(a.Private == wire.Bytes32{} && a.Address != "", "%+v", a)
		}
		k.check(k.attempts() == 0, "%d attempts", k.attempts())
	},
}

// changeTo changes the CVC.
func (k *kit) changeTo(cvc string) []byte {
	k.Helper()
	a := k.auth("change")
	return k.send(wire.ChangeRequest{NewCVC: k.session.Pad([]byte(cvc)), Auth: a})
}

// backedUp makes a backup where the product has it.
func (k *kit) backedUp() *kit {
	k.Helper()
	k.ready()
	if k.product == wire.Tapsigner {
		k.ok(k.send(wire.BackupRequest{Auth: k.auth("backup")}))
	}
	return k
}

var signerRows = map[string]func(*kit){
	"change.ok.digits": func(k *kit) { k.backedUp().changes("271828182845") },
	"change.425.first": func(k *kit) {
		k.is(k.ready().changeTo("271828"))
		k.ok(k.cvcCommand(theCVC))
	},
	"change.400.letters": func(k *kit) {
		k.backedUp()
		for _, bad := range []string{"27182x", "12345 ", "\x00\x00\x00\x00\x00\x00", "12345/", "12345:"} {
			k.is(k.changeTo(bad))
		}
		k.ok(k.cvcCommand(theCVC))
	},
	"change.ok.letters": func(k *kit) { k.backedUp().changes("correct horse battery staple, 32") },
	"change.400.length": func(k *kit) {
		k.backedUp()
		for _, n := range []int{0, 5, 33} {
			k.is(k.raw(proved(k.auth("change"), "cmd", text("change"), "data", octets(bytes.Repeat([]byte("1"), n)))))
		}
		k.ok(k.cvcCommand(theCVC))
	},
	"xpub.ok.master": func(k *kit) {
		a := parsed(k, wire.ParseXPubAnswer, k.is(k.ready().send(wire.XPubRequest{Master: true, Auth: k.auth("xpub")})))
		want := wire.BuildXPub(false, nil, wire.Bytes32(theChain), k.at().Compressed())
		k.check(a.XPub == want, "%x", a.XPub)
	},
	"xpub.ok.derived": func(k *kit) {
		k.ok(k.ready().derive(49|hard, 1|hard))
		a := parsed(k, wire.ParseXPubAnswer, k.is(k.send(wire.XPubRequest{Auth: k.auth("xpub")})))
		key, _, err := a.XPub.Parse()
		want := k.at(49|hard, 1|hard)
		k.check(err == nil && key.Compressed() == want.Compressed() && key.ChainCode() == want.ChainCode() &&
			key.Origin().Depth == 2 && key.Origin().Index == 1|hard && key.Origin().Parent == [4]byte{}, "%+v, %v", key, err)
	},
	"xpub.406.no-key": func(k *kit) { k.is(k.send(wire.XPubRequest{Auth: k.auth("xpub")})) },
	"backup.ok.file": func(k *kit) {
		k.ok(k.ready().derive(7 | hard))
		for n := 1; n <= 3; n++ {
			a := parsed(k, wire.ParseBackupAnswer, k.is(k.send(wire.BackupRequest{Auth: k.auth("backup")})))
			b, err := wire.OpenBackup(k.app.Label().BackupKey, a.Data)
			if err != nil {
				k.Fatal(err)
			}
			k.check(b.Key.Compressed() == k.at().Compressed() && b.Key.ChainCode() == [32]byte(theChain) &&
				len(b.Path) == 1 && b.Path[0] == 7|hard, "%+v", b)
			s := parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{}))
			k.check(*s.Backups == n, "%d backups", *s.Backups)
			k.nonce = s.CardNonce
		}
	},
	"backup.ok.saturates": func(k *kit) {
		k.ready()
		for range 129 {
			k.is(k.send(wire.BackupRequest{Auth: k.auth("backup")}))
		}
		k.check(k.memory().Backups == 127, "%d backups", k.memory().Backups)
	},
	"backup.406.no-key": func(k *kit) { k.is(k.send(wire.BackupRequest{Auth: k.auth("backup")})) },
}

// changes changes the CVC, and finds that the new one works and the old one does not.
func (k *kit) changes(to string) {
	k.Helper()
	k.is(k.changeTo(to))
	k.answers(k.cvcCommand(theCVC), 401)
	k.cvc = to
	k.ok(k.cvcCommand(to))
	k.card.Reset()
	k.sel()
	k.ok(k.cvcCommand(to))
	k.check(bytes.Equal([]byte(theCVC), revealed(k.app.Label().CVC)), "the label changed")
}

// revealed copies a secret out.
func revealed(s secret.Bytes) (b []byte) {
	s.Reveal(func(p []byte) { b = bytes.Clone(p) })
	return b
}

// satschipFactory makes a card with the CVC that the factory gives it.
func satschipFactory(o *applet.Options) { o.Personal = nil }
