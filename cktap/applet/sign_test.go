package applet_test

import (
	"bytes"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
)

// signWith signs theDigest with a slot and subpath.
func (k *kit) signWith(slot *int, subpath []uint32) []byte {
	k.Helper()
	a := k.auth("sign")
	return k.send(wire.SignRequest{Slot: slot, Subpath: subpath, Digest: k.session.Pad32(theDigest), Auth: a})
}

// rawSign is sign with arguments that no host of ours would send.
func (k *kit) rawSign(pairs ...string) []byte {
	k.Helper()
	a := k.auth("sign")
	digest := k.session.Pad32(theDigest)
	return k.raw(proved(a, append([]string{"cmd", text("sign"), "digest", octets(digest[:])}, pairs...)...))
}

// signed checks an answer of sign against a key.
func (k *kit) signed(body []byte, key wire.PublicKey) wire.SignAnswer {
	k.Helper()
	a := parsed(k, wire.ParseSignAnswer, k.is(body))
	k.verifies(a.Signature, theDigest, a.PublicKey)
	k.check(a.PublicKey == key, "signed with another key")
	return a
}

// unlucky makes a card that answers 205 as often as a real one.
func unlucky(o *applet.Options) { o.Lucky = false }

// odds signs until it has seen enough, and says how often it was unlucky.
func (k *kit) odds(tries int) (bad int) {
	k.Helper()
	for range tries {
		switch body := k.signDigest(); k.code(body) {
		case 0:
		case 205:
			k.is(body)
			bad++
		default:
			k.Fatalf("%x", body)
		}
	}
	return bad
}

var signRows = map[string]func(*kit){
	"sign.ok.satscard": func(k *kit) {
		key := parsed(k, wire.ParseReadAnswer, k.send(wire.ReadRequest{Nonce: theNonce})).PublicKey
		k.opened(0)
		k.signed(k.signWith(nil, nil), key)
		k.ok(k.newSlot(1))
		second := parsed(k, wire.ParseReadAnswer, k.send(wire.ReadRequest{Nonce: theNonce})).PublicKey
		k.ok(k.unsealSlot(1))
		a := k.signed(k.signWith(new(1), nil), second)
		k.check(a.Slot == 1, "%+v", a)
		k.signed(k.signWith(new(0), nil), key)
	},
	"sign.406.sealed": func(k *kit) { k.is(k.signWith(nil, nil)) },
	"sign.406.unused": func(k *kit) { k.is(k.signWith(new(5), nil)) },
	"sign.400.slot": func(k *kit) {
		k.is(k.signWith(new(10), nil))
		k.is(k.rawSign("slot", "20"))
	},
	"sign.400.subpath-satscard": func(k *kit) {
		before := k.opened(0).memory()
		k.is(k.signWith(nil, []uint32{0, 0}))
		k.check(before.same(k.memory()), "something changed")
	},
	"sign.effect.subpath-tampers": func(k *kit) {
		k.is(k.signWith(nil, []uint32{}))
		m := k.memory()
		k.check(m.Tampered && m.Current == 1 && m.Slots[0].State == wire.SlotUnsealed, "%+v", m)
	},
	"sign.ok.signer": func(k *kit) {
		k.ready()
		k.signed(k.signWith(nil, nil), k.at(wire.DefaultPath()...).Compressed())
		k.ok(k.derive(1 | hard))
		k.signed(k.signWith(new(0), []uint32{}), k.at(1|hard).Compressed())
	},
	"sign.ok.subpath": func(k *kit) {
		k.ready()
		k.signed(k.signWith(nil, []uint32{7}), k.at(append(wire.DefaultPath(), 7)...).Compressed())
		k.signed(k.signWith(nil, []uint32{1, hard - 1}), k.at(append(wire.DefaultPath(), 1, hard-1)...).Compressed())
		k.signed(k.signWith(nil, nil), k.at(wire.DefaultPath()...).Compressed())
	},
	"sign.400.subpath-deep": func(k *kit) { k.is(k.ready().rawSign("subpath", "83000000")) },
	"sign.400.subpath-hard": func(k *kit) {
		k.is(k.ready().rawSign("subpath", "82001a80000000"))
		k.is(k.rawSign("subpath", "811affffffff"))
	},
	"sign.400.signer-slot": func(k *kit) { k.is(k.ready().signWith(new(1), nil)) },
	"sign.ok.slot-echo": func(k *kit) {
		a := k.signed(k.ready().signWith(new(1), nil), k.at(wire.DefaultPath()...).Compressed())
		k.check(a.Slot == 1, "%+v", a)
	},
	"sign.205.invalid": func(k *kit) {
		k.remake(overflowing(4)).ready() // new takes three derivations
		before := k.memory()
		k.is(k.signWith(nil, []uint32{5}))
		k.check(before.same(k.memory()), "something changed")
		k.ok(k.signWith(nil, []uint32{5}))
	},
	"sign.406.no-key": func(k *kit) { k.is(k.signWith(nil, nil)) },
	"sign.400.digest": func(k *kit) {
		k.signable()
		for _, n := range []int{0, 31, 33} {
			k.is(k.raw(proved(k.auth("sign"), "cmd", text("sign"), "digest", octets(make([]byte, n)))))
		}
		k.is(k.raw(proved(k.auth("sign"), "cmd", text("sign"))))
	},
	"sign.ok.low": func(k *kit) {
		k.signable()
		for range 20 {
			a := parsed(k, wire.ParseSignAnswer, k.is(k.signDigest()))
			k.check(a.Signature.LowR() && a.Signature.LowS(), "%x", a.Signature)
		}
	},
	"sign.205.odds": func(k *kit) {
		k.remake(unlucky).signable()
		// 400 tries at one in eight: 50 expected, standard deviation 6.6. The random source is the same in every run.
		if bad := k.odds(400); bad < 24 || bad > 76 {
			k.Errorf("%d of 400 were unlucky", bad)
		}
	},
	"sign.205.emulator": func(k *kit) {
		k.remake(unlucky).signable()
		if bad := k.odds(400); bad < 20 || bad > 70 { // one in nine: 44, standard deviation 6.3
			k.Errorf("%d of 400 were unlucky", bad)
		}
	},
	"sign.205.again": func(k *kit) {
		k.remake(unlucky).signable()
		for range 200 {
			a := k.auth("sign")
			c, err := wire.SignRequest{Digest: k.session.Pad32(theDigest), Auth: a}.Command()
			if err != nil {
				k.Fatal(err)
			}
			body := k.raw(c.Data)
			if k.code(body) == 0 {
				continue
			}
			k.is(body)
			for k.code(body) == 205 {
				body = k.raw(bytes.Clone(c.Data))
			}
			answer := parsed(k, wire.ParseSignAnswer, body)
			k.verifies(answer.Signature, theDigest, answer.PublicKey)
			return
		}
		k.Error("never unlucky")
	},
	"sign.205.old": func(k *kit) {
		k.remake(unlucky).signable()
		for range 200 {
			body := k.signDigest()
			if k.code(body) == 0 {
				continue
			}
			k.is(body)
			k.careless = true
			k.answers(k.signDigest(), 401)
			k.nonce = parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{})).CardNonce
			k.check(k.code(k.signDigest()) != 401, "the nonce of status is not in force")
			return
		}
		k.Error("never unlucky")
	},
}
