package applet_test

import (
	"bytes"
	"slices"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

// pick sends new with what is given.
func (k *kit) pick(slot *int, chain []byte) []byte {
	k.Helper()
	return k.send(wire.NewRequest{Slot: slot, ChainCode: chain, Auth: k.auth("new")})
}

// overflowing makes the n-th derivation an invalid one: its left half is not below the group order.
func overflowing(n int) option {
	return func(o *applet.Options) {
		o.HMAC512 = func(key, data []byte) [64]byte {
			sum := hd.StandardHMAC512(key, data)
			if n--; n == 0 {
				copy(sum[:], bytes.Repeat([]byte{0xFF}, 32))
			}
			return sum
		}
	}
}

var newRows = map[string]func(*kit){
	"new.ok.satscard": func(k *kit) {
		k.opened(0)
		before := k.memory().Slots
		a := parsed(k, wire.ParseNewAnswer, k.is(k.pick(new(1), theChain)))
		k.check(a.Slot == 1, "%+v", a)
		d := parsed(k, wire.ParseSatscardDerivation, k.send(wire.DeriveRequest{Nonce: theNonce}))
		k.check(d.ChainCode == wire.Bytes32(theChain), "the owner's entropy was not used")
		after := k.memory().Slots
		k.check(!bytes.Equal(after[1].Master, after[0].Master) && bytes.Equal(before[0].Master, after[0].Master),
			"the key is not fresh")
	},
	"new.ok.recycled": func(k *kit) {
		first := parsed(k, wire.ParseSatscardDerivation, k.send(wire.DeriveRequest{Nonce: theNonce}))
		k.opened(0)
		k.is(k.pick(new(1), nil))
		second := parsed(k, wire.ParseSatscardDerivation, k.send(wire.DeriveRequest{Nonce: theNonce}))
		k.check(first.ChainCode == second.ChainCode && first.MasterPublic != second.MasterPublic, "%x %x",
			first.ChainCode, second.ChainCode)
	},
	"new.400.first-chain": func(k *kit) {
		k.remake(blank)
		k.is(k.pick(nil, nil))
		k.ok(k.pick(nil, theChain))
	},
	"new.400.slot": func(k *kit) {
		k.opened(0)
		for _, slot := range []int{0, 2, 9, 10, 200} {
			k.is(k.pick(&slot, theChain))
		}
		k.is(k.pick(nil, theChain))
	},
	"new.406.sealed": func(k *kit) { k.is(k.pick(nil, theChain)) },
	"new.400.sealed": func(k *kit) { k.is(k.pick(nil, theChain)) },
	"new.405.used-up": func(k *kit) {
		k.opened(9)
		for _, slot := range []int{9, 10, 0} {
			k.is(k.pick(&slot, theChain))
		}
	},
	"new.400.used-up": func(k *kit) { k.is(k.opened(9).pick(new(9), theChain)) },
	"new.ok.signer": func(k *kit) {
		a := parsed(k, wire.ParseNewAnswer, k.is(k.pick(nil, theChain)))
		k.check(a.Slot == 0 && slices.Equal(k.path(), wire.DefaultPath()), "%+v", a)
		x := parsed(k, wire.ParseXPubAnswer, k.send(wire.XPubRequest{Master: true, Auth: k.auth("xpub")}))
		key, _, err := x.XPub.Parse()
		k.check(err == nil && bytes.Equal(theChain, func() []byte { c := key.ChainCode(); return c[:] }()),
			"the owner's entropy was not used")
	},
	"new.405.again": func(k *kit) {
		before := k.ready().memory()
		k.is(k.pick(nil, theChain))
		k.check(before.same(k.memory()), "something changed")
	},
	"new.400.again":    func(k *kit) { k.is(k.ready().pick(nil, theChain)) },
	"new.400.no-chain": func(k *kit) { k.is(k.pick(nil, nil)) },
	"new.400.chain-length": func(k *kit) {
		k.is(k.raw(proved(k.auth("new"), "cmd", text("new"), "chain_code", octets(theChain[:31]))))
		k.is(k.raw(proved(k.auth("new"), "cmd", text("new"), "chain_code", octets(append(theChain[:32:32], 1)))))
	},
	"new.400.signer-slot": func(k *kit) { k.is(k.pick(new(1), theChain)) },
	"new.417.weak":        weakChain,
	"new.400.weak":        weakChain,
	"new.205.invalid": func(k *kit) {
		k.remake(blank, overflowing(1))
		k.is(k.pick(nil, theChain))
		a := parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{}))
		k.check(a.Tampered && a.Slot() == 1, "%+v", a)
		k.nonce = a.CardNonce
		slot := 0
		d := parsed(k, wire.ParseDumpAnswer, k.send(wire.DumpRequest{Slot: &slot, Auth: k.auth("dump")}))
		k.check(d.Tampered && d.State() == wire.SlotUnsealed && d.Private == wire.Bytes32{} &&
			bytes.Equal(k.session.Pad(d.Master[:]), k.memory().Slots[0].Master), "%+v", d)
		open := parsed(k, wire.ParseDumpAnswer, k.dumpSlot(0))
		k.check(open.State() == wire.SlotUnsealed && open.Address == "", "%+v", open)
		k.answers(k.signDigest(), 406)
		k.answers(k.send(wire.NFCRequest{}), 406)
	},
	"new.205.invalid-signer": func(k *kit) {
		k.remake(overflowing(2))
		k.is(k.pick(nil, theChain))
		k.check(k.memory().Slots[0].State == wire.SlotUnused && !k.memory().Tampered, "something was kept")
		k.nonce = parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{})).CardNonce
		k.ok(k.pick(nil, theChain))
	},
	"new.ok.open-first": func(k *kit) {
		k.remake(blank)
		k.is(k.send(wire.NewRequest{ChainCode: theChain}))
		k.check(parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{})).HasKey(), "no key")
	},
}

func weakChain(k *kit) {
	if k.product == wire.Satscard {
		k.remake(blank)
	}
	for _, b := range []byte{0, 0xFF} {
		k.is(k.pick(nil, bytes.Repeat([]byte{b}, 32)))
	}
	k.check(k.memory().Slots[0].State == wire.SlotUnused, "there is a key")
}
