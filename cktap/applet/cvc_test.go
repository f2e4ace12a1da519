package applet_test

import (
	"bytes"

	"tapcard.example/cktap/wire"
)

// waits runs wait n times.
func (k *kit) waits(n int) {
	k.Helper()
	for range n {
		k.ok(k.send(wire.WaitRequest{}))
	}
}

// delay is what status says about the limit.
func (k *kit) delay() int {
	k.Helper()
	return parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{})).AuthDelay
}

// withCVC sends every command that takes the CVC on this product, with it.
func (k *kit) withCVC() map[string]func() []byte {
	slot := 0
	both := map[string]func() []byte{
		"new":  func() []byte { return k.send(wire.NewRequest{Auth: k.auth("new")}) },
		"sign": k.signDigest,
	}
	if k.product == wire.Satscard {
		both["unseal"] = func() []byte { return k.send(wire.UnsealRequest{Slot: &slot, Auth: k.auth("unseal")}) }
		both["dump"] = func() []byte { return k.send(wire.DumpRequest{Slot: &slot, Auth: k.auth("dump")}) }
		return both
	}
	both["read"] = func() []byte { return k.send(wire.ReadRequest{Nonce: theNonce, Auth: k.auth("read")}) }
	both["xpub"] = func() []byte { return k.send(wire.XPubRequest{Auth: k.auth("xpub")}) }
	both["derive"] = func() []byte {
		return k.send(wire.DeriveRequest{Nonce: theNonce, Path: []uint32{}, Auth: k.auth("derive")})
	}
	both["change"] = func() []byte {
		a := k.auth("change")
		return k.send(wire.ChangeRequest{NewCVC: k.session.Pad([]byte("271828")), Auth: a})
	}
	if k.product == wire.Tapsigner {
		both["backup"] = func() []byte { return k.send(wire.BackupRequest{Auth: k.auth("backup")}) }
	}
	return both
}

var cvcRows = map[string]func(*kit){
	"auth.403.none": func(k *kit) {
		k.ready()
		slot := 0
		k.is(k.send(wire.NewRequest{}))
		k.is(k.send(wire.SignRequest{Digest: theDigest}))
		if k.product == wire.Satscard {
			k.is(k.send(wire.UnsealRequest{Slot: &slot}))
			return
		}
		k.is(k.send(wire.ReadRequest{Nonce: theNonce}))
		k.is(k.send(wire.XPubRequest{}))
		k.is(k.send(wire.ChangeRequest{NewCVC: make([]byte, 6)}))
		k.is(k.send(wire.DeriveRequest{Nonce: theNonce, Path: []uint32{}}))
	},
	"auth.403.half": halfProof,
	"auth.400.half": halfProof,
	"auth.500.none": func(k *kit) {
		k.ready()
		k.is(k.send(wire.ReadRequest{Nonce: theNonce}))
		k.is(k.send(wire.XPubRequest{}))
	},
	"auth.401.wrong": func(k *kit) {
		k.ready()
		k.is(k.cvcCommand(wrongCVC))
		k.cvc = wrongCVC
		k.is(k.signDigest())
	},
	"auth.401.old-nonce": func(k *kit) {
		k.ready()
		old := k.nonce
		k.ok(k.send(wire.CheckRequest{Nonce: theNonce}))
		k.check(old != k.nonce, "check left the nonce")
		a := k.authWith("sign", theCVC, old)
		k.is(k.send(wire.SignRequest{Digest: theDigest, Auth: a}))
	},
	"auth.401.other-command": func(k *kit) {
		k.ready()
		k.is(k.send(wire.SignRequest{Digest: theDigest, Auth: k.auth("read")}))
	},
	"auth.400.point": func(k *kit) {
		k.ready()
		for _, key := range [][]byte{make([]byte, 33), bytes.Repeat([]byte{0xFF}, 33), append([]byte{2},
			bytes.Repeat([]byte{0xFF}, 32)...)} {
			k.is(k.send(wire.SignRequest{Digest: theDigest, Auth: wire.Auth{EphemeralKey: key, MaskedCVC: make([]byte, 6)}}))
		}
		k.check(k.attempts() == 0, "%d attempts counted", k.attempts())
	},
	"auth.400.length": func(k *kit) {
		k.ready()
		good := k.auth("sign")
		for _, bad := range []wire.Auth{
			{EphemeralKey: good.EphemeralKey[:32], MaskedCVC: good.MaskedCVC},
			{EphemeralKey: good.EphemeralKey, MaskedCVC: good.MaskedCVC[:5]},
			{EphemeralKey: good.EphemeralKey, MaskedCVC: make([]byte, 33)},
		} {
			k.is(k.raw(proved(bad, "cmd", text("sign"), "digest", octets(theDigest[:]))))
		}
		k.check(k.attempts() == 0, "%d attempts counted", k.attempts())
	},
	"auth.401.length-free": func(k *kit) {
		k.ready()
		for range 5 {
			k.is(k.cvcCommand(theCVC + "0"))
		}
		k.check(k.attempts() == 0 && k.delay() == 0, "%d attempts counted", k.attempts())
	},
	"auth.401.length-counts": func(k *kit) {
		k.ready()
		for n := range 3 {
			k.is(k.cvcCommand(theCVC + "0"))
			k.check(k.attempts() == n+1, "%d attempts counted", k.attempts())
		}
		k.check(k.delay() == 15, "no delay")
	},
	"auth.401.third": func(k *kit) {
		k.ready()
		for n := range 3 {
			k.check(k.delay() == 0, "a delay after %d", n)
			k.is(k.cvcCommand(wrongCVC))
		}
		k.check(k.delay() == 15, "delay %d", k.delay())
	},
	"auth.429.limited": func(k *kit) {
		k.limited()
		k.is(k.cvcCommand(theCVC))
		k.check(k.delay() == 15, "delay %d", k.delay())
	},
	"auth.429.all": func(k *kit) {
		k.limited()
		for name, send := range k.withCVC() {
			k.is(send())
			k.check(k.delay() == 15, "%s: delay %d", name, k.delay())
		}
	},
	"auth.ok.no-cvc-limited": func(k *kit) {
		k.limited()
		k.is(k.send(wire.CheckRequest{Nonce: theNonce}))
		k.is(k.send(wire.CertsRequest{}))
		k.is(k.send(wire.NFCRequest{}))
		if k.product == wire.Satscard {
			k.is(k.send(wire.ReadRequest{Nonce: theNonce}))
			k.is(k.dumpSlot(0))
		}
	},
	"auth.429.power": func(k *kit) {
		k.limited().waits(4)
		for range 2 {
			k.card.PowerOff()
			k.card.PowerOn()
			k.sel()
			k.check(k.status.AuthDelay == 11, "delay %d", k.status.AuthDelay)
			k.is(k.cvcCommand(theCVC))
		}
	},
	"auth.ok.after-wait": func(k *kit) {
		k.limited().waits(14)
		k.answers(k.cvcCommand(theCVC), 429)
		k.waits(1)
		k.check(k.delay() == 0, "delay %d", k.delay())
		k.is(k.cvcCommand(theCVC))
		k.check(k.attempts() == 0, "%d attempts", k.attempts())
		k.answers(k.cvcCommand(wrongCVC), 401)
		k.check(k.delay() == 0, "limited again after one")
	},
	"auth.401.again-after-wait": func(k *kit) {
		k.limited()
		for range 2 {
			k.waits(15)
			k.is(k.cvcCommand(wrongCVC))
			k.check(k.delay() == 15, "delay %d", k.delay())
		}
	},
	"auth.ok.clears": func(k *kit) {
		k.ready()
		for range 3 {
			k.answers(k.cvcCommand(wrongCVC), 401)
			k.answers(k.cvcCommand(wrongCVC), 401)
			k.is(k.cvcCommand(theCVC))
		}
	},
	"auth.effect.no-limit": func(k *kit) {
		k.ready()
		for range 6 {
			k.is(k.cvcCommand(wrongCVC))
		}
		k.ok(k.cvcCommand(theCVC))
	},
	"wait.ok.idle": func(k *kit) {
		before := k.memory()
		a := parsed(k, wire.ParseWaitAnswer, k.is(k.send(wire.WaitRequest{})))
		k.check(a.AuthDelay == 0 && before.same(k.memory()), "%+v", a)
	},
	"wait.ok.counts": func(k *kit) {
		k.limited()
		for n := 14; n >= 0; n-- {
			a := parsed(k, wire.ParseWaitAnswer, k.is(k.send(wire.WaitRequest{})))
			k.check(a.AuthDelay == n && k.delay() == n, "%d, not %d", a.AuthDelay, n)
		}
	},
	"wait.ok.tests": func(k *kit) {
		before := k.memory()
		k.is(k.send(wire.WaitRequest{Auth: k.auth("wait")}))
		k.check(before.same(k.memory()), "something changed")
	},
	"wait.401.tests": func(k *kit) {
		k.is(k.send(wire.WaitRequest{Auth: k.authWith("wait", wrongCVC, k.nonce)}))
		k.check(k.attempts() == 1, "%d attempts", k.attempts())
	},
	"wait.ok.auth-while-limited": func(k *kit) {
		k.limited()
		a := parsed(k, wire.ParseWaitAnswer, k.is(k.send(wire.WaitRequest{Auth: k.authWith("wait", wrongCVC, k.nonce)})))
		k.check(a.AuthDelay == 14, "%+v", a)
	},
	"wait.effect.nonce": func(k *kit) {
		k.ready()
		body := k.is(k.send(wire.WaitRequest{}))
		_, ok := wire.NextNonce(body)
		k.check(!ok, "it brings a nonce")
		k.ok(k.cvcCommand(theCVC))
	},
	"wait.404.emulator": func(k *kit) { k.is(k.send(wire.WaitRequest{})) },
}

func halfProof(k *kit) {
	k.ready()
	a := k.auth("sign")
	k.is(k.send(wire.SignRequest{Digest: theDigest, Auth: wire.Auth{EphemeralKey: a.EphemeralKey}}))
	k.is(k.send(wire.SignRequest{Digest: theDigest, Auth: wire.Auth{MaskedCVC: a.MaskedCVC}}))
	k.check(k.attempts() == 0, "%d attempts", k.attempts())
}
