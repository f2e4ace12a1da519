package keycard_test

import (
	"errors"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

func TestPublicKeysAreExportedFromEverywhere(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		for _, p := range []string{"m/44'/60'/0'/0/0", "m", "m/1", "m"} { // the empty path after another: a bug of 2.x
			pub, err := s.ExportPublic(k.ctx, keycard.At(path(t, p)))
			if err != nil || pub != keyAt(t, p).PublicKey() {
				t.Errorf("%s: %v", p, err)
			}
		}
		pub, err := s.ExportPublic(k.ctx, keycard.At(path(t, "m/2/3")).MakeCurrent())
		if err != nil || pub != keyAt(t, "m/2/3").PublicKey() {
			t.Error(err)
		}
		pub, err = s.ExportPublic(k.ctx, keycard.Current())
		if err != nil || pub != keyAt(t, "m/2/3").PublicKey() {
			t.Error(err)
		}
		if p, err := s.KeyPath(k.ctx); err != nil || p.String() != "m/2/3" {
			t.Error(p, err)
		}
		pub, err = s.ExportPublic(k.ctx, keycard.Below(wire.FromParent, path(t, "m/4")))
		if err != nil || pub != keyAt(t, "m/2/4").PublicKey() {
			t.Error(err)
		}
		if _, err := k.again().ExportPublic(k.ctx, keycard.Current()); !errors.Is(err, card.ErrAuthRequired) {
			t.Errorf("without the PIN: %v", err)
		}
	})
}

func TestTheEmptyPathExportsTheMasterKeyEvenWithTheBugOf2x(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile, withQuirks)
		s := k.loaded()
		for _, p := range []string{"m/1", "m", "m/2", "m"} {
			pub, err := s.ExportPublic(k.ctx, keycard.At(path(t, p)))
			if err != nil || pub != keyAt(t, p).PublicKey() {
				t.Errorf("%s: %v", p, err)
			}
		}
	})
}

func TestPrivateKeysAreExportedUnderEIP1581Only(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		const allowed = "m/43'/60'/1581'/0/0"
		private, pub, err := s.ExportPrivate(k.ctx, keycard.At(path(t, allowed)))
		must(t, err)
		want := keyAt(t, allowed)
		if !private.Equal(want.Private()) || pub != want.PublicKey() {
			t.Error("another key")
		}
		before := k.ch.APDUs()
		for _, p := range []string{"m", "m/44'/60'/0'/0/0", "m/43'/60'/1581'/0", "m/43'/60'/1582'/0/0"} {
			if _, _, err := s.ExportPrivate(k.ctx, keycard.At(path(t, p))); !errors.Is(err, card.ErrConditions) {
				t.Errorf("%s: %v", p, err)
			}
		}
		if k.ch.APDUs() != before {
			t.Error("something was sent")
		}
		must(t, s.Derive(k.ctx, wire.FromMaster, path(t, "m/44'")))
		if _, _, err := s.ExportPrivate(k.ctx, keycard.Current()); !errors.Is(err, card.ErrConditions) {
			t.Errorf("the current key: %v", err)
		}
		must(t, s.Derive(k.ctx, wire.FromMaster, path(t, allowed)))
		private, _, err = s.ExportPrivate(k.ctx, keycard.Current())
		if err != nil || !private.Equal(want.Private()) {
			t.Error(err)
		}
	})
}

func TestAnXPubLeadsToTheAddresses(t *testing.T) {
	k := newKit(t, "3.1")
	s := k.loaded()
	x, err := s.ExportXPub(k.ctx, keycard.At(path(t, "m/44'/60'/0'")))
	must(t, err)
	child, err := x.Derive(hd.Path{0, 3})
	if err != nil || child.PublicKey() != keyAt(t, "m/44'/60'/0'/0/3").PublicKey() {
		t.Error(err)
	}
	if o := x.Origin(); o.Depth != 3 || o.Index != hd.Hardened {
		t.Errorf("%+v", o)
	}
	if _, err := s.ExportXPub(k.ctx, keycard.At(path(t, "m/43'/60'/1581'/0"))); !errors.Is(err, card.ErrConditions) {
		t.Error(err)
	}
	for _, profile := range []string{"2.0", "2.3"} {
		k := newKit(t, profile)
		if _, err := k.loaded().ExportXPub(k.ctx, keycard.Current()); !errors.Is(err, card.ErrUnsupported) {
			t.Error(err)
		}
	}
}

func TestAMasterKeyThatIsNotTheOneOfSELECTIsCaught(t *testing.T) {
	f := newFake(t, wire.V3_1)
	f.info.KeyUID = make([]byte, 32)
	s := f.session(keycard.Options{})
	pub := keyAt(t, "m").PublicKey()
	f.says(wire.KeyTemplate{Public: pub[:]}.Encode())
	if _, err := s.ExportPublic(t.Context(), keycard.At(nil)); !errors.Is(err, card.ErrCardMismatch) {
		t.Error(err)
	}
	if _, err := s.ExportPublic(t.Context(), keycard.At(hd.Path{1})); err != nil {
		t.Error(err)
	}
}

func TestAnExportOfKeysThatDoNotBelongTogetherIsCaught(t *testing.T) {
	f := newFake(t, wire.V2_3)
	s := f.session(keycard.Options{})
	other := keyAt(t, "m/1").PublicKey()
	f.says(wire.KeyTemplate{Public: other[:], Private: keyAt(t, "m").Private()}.Encode())
	if _, _, err := s.ExportPrivate(t.Context(), keycard.Current()); !errors.Is(err, card.ErrBadResponse) {
		t.Error(err)
	}
}

func TestACardWithoutValidKeysEndsTheSearch(t *testing.T) {
	f := newFake(t, wire.V3_1)
	s := f.session(keycard.Options{})
	f.answer = func(iso7816.Command) iso7816.Response { return iso7816.Response{SW: 0x6984} }
	if _, _, err := s.ExportNext(t.Context(), hd.Path{0}); !errors.Is(err, card.ErrBadResponse) {
		t.Error(err)
	}
	for _, last := range []uint32{hd.Hardened - 1, 1<<32 - 1} {
		if _, _, err := s.ExportNext(t.Context(), hd.Path{last}); !errors.Is(err, card.ErrInvalidKey) {
			t.Error(err)
		}
	}
}

func TestACardThatLoadsAnotherKeyIsCaught(t *testing.T) {
	f := newFake(t, wire.V2_3)
	s := f.session(keycard.Options{})
	f.says(make([]byte, 32))
	for name, load := range map[string]func() (keycard.KeyUID, error){
		"seed":     func() (keycard.KeyUID, error) { return s.LoadSeed(t.Context(), theSeed()) },
		"extended": func() (keycard.KeyUID, error) { return s.LoadExtended(t.Context(), keyAt(t, "m")) },
		"pair":     func() (keycard.KeyUID, error) { return s.LoadKeyPair(t.Context(), keyAt(t, "m").Private()) },
	} {
		if _, err := load(); !errors.Is(err, keycard.ErrOtherKey) || !errors.Is(err, card.ErrCardMismatch) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
