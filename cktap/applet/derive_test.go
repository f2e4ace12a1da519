package applet_test

import (
	"slices"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

const hard = 1 << 31

// derive has a signer go to a path.
func (k *kit) derive(path ...uint32) []byte {
	k.Helper()
	return k.send(wire.DeriveRequest{Nonce: theNonce, Path: append([]uint32{}, path...), Auth: k.auth("derive")})
}

// rawDerive is derive with a path that no host of ours would send.
func (k *kit) rawDerive(path string) []byte {
	k.Helper()
	return k.raw(proved(k.auth("derive"), "cmd", text("derive"), "nonce", octets(theNonce), "path", path))
}

// path is where status says that a signer is.
func (k *kit) path() []uint32 {
	k.Helper()
	return parsed(k, wire.ParseStatusAnswer, k.send(wire.StatusRequest{})).Path
}

// master is the key in the memory of a card, as an independent derivation starts from it.
func (k *kit) master(chain []byte) *hd.Key {
	k.Helper()
	key, err := hd.NewKey(secret.Copy(k.memory().Slots[0].Master), [32]byte(chain))
	if err != nil {
		k.Fatal(err)
	}
	return key
}

// at derives from master.
func (k *kit) at(path ...uint32) *hd.Key {
	k.Helper()
	key, err := k.master(theChain).Derive(path)
	if err != nil {
		k.Fatal(err)
	}
	return key
}

var deriveRows = map[string]func(*kit){
	"derive.ok.satscard": func(k *kit) {
		k.opened(0)
		k.ok(k.newSlot(1))
		a := parsed(k, wire.ParseSatscardDerivation, k.is(k.send(wire.DeriveRequest{Nonce: theNonce})))
		k.verifies(a.Signature, wire.DeriveDigest(k.before, theNonce, a.ChainCode), a.MasterPublic)
		k.check(string(a.ChainCode[:]) == string(theChain), "another chain code")
		x, err := hd.NewXPub(a.MasterPublic[:], a.ChainCode, hd.Origin{})
		if err != nil {
			k.Fatal(err)
		}
		child, err := x.Child(0)
		r := parsed(k, wire.ParseReadAnswer, k.send(wire.ReadRequest{Nonce: theNonce}))
		k.check(err == nil && wire.PublicKey(child.Compressed()) == r.PublicKey, "m/0 is not the slot's key")
	},
	"derive.406.unused": func(k *kit) { k.is(k.opened(0).send(wire.DeriveRequest{Nonce: theNonce})) },
	"derive.ok.signer": func(k *kit) {
		want := []uint32{48 | hard, hard, hard, 2 | hard}
		a := parsed(k, wire.ParseSignerDerivation, k.is(k.ready().derive(want...)))
		key := k.at(want...)
		k.check(a.PublicKey == wire.PublicKey(key.Compressed()) && a.ChainCode == key.ChainCode(), "another key")
		k.check(a.MasterPublic == wire.PublicKey(k.at().Compressed()), "another master key")
		k.card.Reset()
		k.check(slices.Equal(k.sel().Path, want), "%v", k.status.Path)
	},
	"derive.ok.master": func(k *kit) {
		a := parsed(k, wire.ParseSignerDerivation, k.is(k.ready().derive()))
		k.check(a.PublicKey == a.MasterPublic && a.ChainCode == wire.Bytes32(theChain), "not m")
		k.verifies(a.Signature, wire.DeriveDigest(k.before, theNonce, a.ChainCode), a.MasterPublic)
		path := k.path()
		k.check(path != nil && len(path) == 0, "%v", path)
	},
	"derive.ok.keep": func(k *kit) {
		k.ok(k.ready().derive(7 | hard))
		a := parsed(k, wire.ParseSignerDerivation, k.is(k.send(wire.DeriveRequest{Nonce: theNonce, Auth: k.auth("derive")})))
		k.check(a.PublicKey == wire.PublicKey(k.at(7|hard).Compressed()), "it moved")
		k.check(slices.Equal(k.path(), []uint32{7 | hard}), "it moved")
	},
	"derive.500.keep": func(k *kit) {
		k.is(k.ready().send(wire.DeriveRequest{Nonce: theNonce, Auth: k.auth("derive")}))
	},
	"derive.400.soft": func(k *kit) {
		k.ready()
		k.is(k.rawDerive("8100"))
		k.is(k.rawDerive("82" + "1a80000000" + "1a7fffffff"))
	},
	"derive.400.deep": func(k *kit) {
		k.ready()
		eight := slices.Repeat([]uint32{hard}, 8)
		k.ok(k.derive(eight...))
		deep := "89"
		for range 9 {
			deep += "1a80000000"
		}
		k.is(k.rawDerive(deep))
		k.check(len(k.path()) == 8, "%v", k.path())
	},
	"derive.406.no-key": func(k *kit) { k.is(k.derive(hard)) },
	"derive.205.invalid": func(k *kit) {
		k.remake(overflowing(4)).ready() // new takes three derivations
		before := k.memory().Path
		k.is(k.derive(5 | hard))
		k.check(slices.Equal(k.memory().Path, before), "it moved")
		k.ok(k.derive(5 | hard))
	},
	"derive.effect.torn-path": func(k *kit) {
		k.ready()
		before := k.memory()
		k.answers(k.rawDerive("8100"), 400)
		k.check(before.same(k.memory()), "something changed")
		k.is(k.derive(hard))
	},
}
