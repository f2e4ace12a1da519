package keycard_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/card"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

func TestAPhoneReadsTheNDEFMessageThatWasSet(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.verified()
		for _, n := range []int{5, 1, 221, 0} {
			message := bytes.Repeat([]byte{0xD1}, n)
			must(t, s.SetNDEF(k.ctx, message))
			got, err := s.Card().NDEF(k.ctx)
			if err != nil || !bytes.Equal(got, message) {
				t.Errorf("%d bytes: %x, %v", n, got, err)
			}
			s = k.again() // reading as a phone has deselected the applet
			must(t, s.VerifyPIN(k.ctx, pin(thePIN)))
		}
		if err := s.SetNDEF(k.ctx, make([]byte, 222)); !errors.Is(err, card.ErrNoSpace) {
			t.Error(err)
		}
		if err := k.again().SetNDEF(k.ctx, nil); !errors.Is(err, card.ErrAuthRequired) {
			t.Errorf("without the PIN: %v", err)
		}
	})
}

func TestPublicDataIsReadWithoutPairing(t *testing.T) {
	since(t, "2.3", func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.verified()
		data := bytes.Repeat([]byte{7}, 127)
		must(t, s.StoreData(k.ctx, keycard.DataPublic, data))
		inside, err := s.Card().GetData(k.ctx, keycard.DataPublic) // through the open channel
		if err != nil || !bytes.Equal(inside, data) {
			t.Error(inside, err)
		}
		s.Close()
		outside, err := s.Card().GetData(k.ctx, keycard.DataPublic) // the card believes in the channel until SELECT
		if err != nil || !bytes.Equal(outside, data) {
			t.Error(outside, err)
		}
		c := k.tap()
		outside, err = c.GetData(k.ctx, keycard.DataPublic)
		if err != nil || !bytes.Equal(outside, data) || k.ch.APDUs() != 2 {
			t.Error(outside, err, k.ch.APDUs())
		}
		if err := k.again().StoreData(k.ctx, keycard.DataPublic, make([]byte, 128)); !errors.Is(err, card.ErrNoSpace) {
			t.Error(err)
		}
		if _, err := c.GetData(k.ctx, keycard.Area(9)); !errors.Is(err, card.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestStoringDataLeavesTheCallersBytesAlone(t *testing.T) {
	k := newKit(t, "3.1")
	s := k.verified()
	data := []byte("mine")
	must(t, s.StoreData(k.ctx, keycard.DataCash, data))
	if string(data) != "mine" {
		t.Error("cleared")
	}
	got, err := s.Card().GetData(k.ctx, keycard.DataCash)
	if err != nil || string(got) != "mine" {
		t.Error(got, err)
	}
}

func TestWhatAVersionLacksIsNotSent(t *testing.T) {
	k := newKit(t, "2.0")
	s := k.verified()
	before := k.ch.APDUs()
	_, get := s.Card().GetData(k.ctx, keycard.DataPublic)
	_, pinless := s.Card().SignPinless(k.ctx, theDigest)
	for name, err := range map[string]error{
		"GET DATA": get, "SIGN": pinless, "STORE DATA": s.StoreData(k.ctx, keycard.DataPublic, nil),
		"FACTORY RESET": s.Card().FactoryReset(k.ctx),
	} {
		if !errors.Is(err, card.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	k2 := newKit(t, "3.1")
	s2 := k2.verified()
	if err := s2.DuplicateStart(k2.ctx, 1, theSecret()); !errors.Is(err, card.ErrUnsupported) {
		t.Error(err)
	}
	if err := s2.Card().DuplicateAddEntropy(k2.ctx, theSecret()); !errors.Is(err, card.ErrUnsupported) {
		t.Error(err)
	}
	if n := k.ch.APDUs(); n != before {
		t.Errorf("%d commands were sent", n-before)
	}
}

func TestFactoryResetMakesANewCard(t *testing.T) {
	k := newKit(t, "3.1")
	s := k.loaded()
	c := s.Card()
	uid := c.UID()
	must(t, c.FactoryReset(k.ctx)) // no matter that a channel is open
	if c.Info().Initialized || !s.Closed() {
		t.Error("still initialised, or the session goes on")
	}
	if err := c.FactoryReset(k.ctx); !errors.Is(err, card.ErrConditions) {
		t.Error(err)
	}
	must(t, c.Init(k.ctx, initOptions()))
	if c.UID() == uid {
		t.Error("the same instance UID")
	}
	must(t, k.store.Forget(uid))
	if _, ok, err := k.store.Pairing(uid); ok || err != nil {
		t.Error(ok, err)
	}
}

func TestPinlessSignaturesWorkEverywhere(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		const p = "m/44'/60'/0'/0/0"
		must(t, s.SetPinlessPath(k.ctx, path(t, p)))
		if profile == "2.0" { // inside a channel only
			s := k.again()
			must(t, s.Derive(k.ctx, wire.FromMaster, path(t, p)))
			_, err := s.SignAs(k.ctx, theDigest, keycard.Current(), keyAt(t, p).PublicKey())
			must(t, err)
			return
		}
		inside, err := s.Card().SignPinless(k.ctx, theDigest) // must be wrapped, or the channel dies
		must(t, err)
		must(t, inside.Verify(theDigest, keyAt(t, p).PublicKey()))
		must(t, s.SetPinlessPath(k.ctx, nil))
		if _, err := k.tap().SignPinless(k.ctx, theDigest); !errors.Is(err, card.ErrNotFound) {
			t.Error(err)
		}
	})
}
