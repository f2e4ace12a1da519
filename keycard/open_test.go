package keycard_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
)

func withQuirks(o *applet.Options) { o.Quirks = true }

func TestASecondSessionDoesNotInheritThePIN(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile, withQuirks) // with them the card would let it
		s := k.loaded()
		second, err := k.store.Open(k.ctx, s.Card())
		must(t, err)
		if !s.Closed() || second.Verified() {
			t.Error("the first session goes on, or the second is verified")
		}
		if _, err := second.Sign(k.ctx, theDigest, keycard.Current()); !errors.Is(err, card.ErrAuthRequired) {
			t.Error(err)
		}
	})
}

func TestAClosedSessionSendsNothing(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		s.Close()
		s.Close()
		before := k.ch.APDUs()
		_, err := s.Sign(k.ctx, theDigest, keycard.Current())
		if !errors.Is(err, keycard.ErrChannelClosed) || !errors.Is(err, card.ErrAuthRequired) {
			t.Error(err)
		}
		if k.ch.APDUs() != before {
			t.Error("something was sent")
		}
	})
}

func TestABrokenMACClosesTheSession(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		m := k.meddle()
		s := k.loaded()
		m.answer = func(_ int, _ iso7816.Command, raw []byte) ([]byte, error) {
			raw[5] ^= 1
			return raw, nil
		}
		if _, err := s.Status(k.ctx); !errors.Is(err, card.ErrBadMAC) || !s.Closed() {
			t.Error(err, s.Closed())
		}
		m.answer = nil
		must(t, k.again().VerifyPIN(k.ctx, pin(thePIN)))
	})
}

func TestABare6982MeansThatTheChannelIsDead(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		m := k.meddle()
		s := k.loaded()
		m.asked = func(_ int, raw []byte) []byte { // the card must find its own MAC wrong
			raw[6] ^= 1
			return raw
		}
		_, err := s.Status(k.ctx)
		if !errors.Is(err, card.ErrAuthRequired) || !errors.Is(err, keycard.ErrChannelClosed) || !s.Closed() {
			t.Error(err)
		}
		m.asked = nil
		must(t, k.again().VerifyPIN(k.ctx, pin(thePIN)))
	})
}

// The card encrypts the answer to a command it turns down unread under its own last MAC. See wire.Channel.WrapEarly.
func TestASessionSurvivesARejectionBeforeUnwrapping(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		for range 300 {
			if _, err := s.Raw(k.ctx, iso7816.Command{CLA: 0x80, INS: 0x77}); !errors.Is(err, card.ErrUnsupported) {
				t.Fatal(err)
			}
		}
		if st, err := s.Status(k.ctx); err != nil || !st.HasKey {
			t.Error(st, err)
		}
	})
}

func TestALostAnswerClosesTheSession(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		m := k.meddle()
		s := k.loaded()
		m.lose(1, ins(wire.InsSign, 0))
		if _, err := s.Sign(k.ctx, theDigest, keycard.Current()); !errors.Is(err, card.ErrRemoved) || !s.Closed() {
			t.Error(err)
		}
		s = k.again()
		must(t, s.VerifyPIN(k.ctx, pin(thePIN)))
		if _, err := s.Sign(k.ctx, theDigest, keycard.Current()); err != nil {
			t.Error(err)
		}
	})
}

func TestAContextThatHasEndedSendsNothingAndTheSessionGoesOn(t *testing.T) {
	k := newKit(t, "2.3")
	s := k.loaded()
	before := k.ch.APDUs()
	ended, cancel := context.WithCancel(k.ctx)
	cancel()
	if _, err := s.Sign(ended, theDigest, keycard.Current()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if k.ch.APDUs() != before || s.Closed() {
		t.Error("something was sent, or the session has ended")
	}
	_, err := s.Sign(k.ctx, theDigest, keycard.Current())
	must(t, err)
}

func TestADataFieldThatDoesNotFitSendsNothing(t *testing.T) {
	k := newKit(t, "2.3")
	s := k.loaded()
	if _, err := s.Raw(k.ctx, iso7816.Command{INS: 0xF2, Data: make([]byte, 224)}); !errors.Is(err, card.ErrWrongData) {
		t.Error(err)
	}
	_, err := s.Status(k.ctx)
	must(t, err)
}

func TestAnotherCardInTheFieldIsNoticed(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		one := newKit(t, profile)
		two := newKit(t, profile, func(o *applet.Options) { o.Env.Rand = rand.NewChaCha8([32]byte{77}) })
		two.inited()
		m := one.meddle()
		s, err := one.store.Open(one.ctx, one.paired())
		must(t, err)
		m.Link = two.link // behind the host's back
		if _, err := one.store.Open(one.ctx, s.Card()); !errors.Is(err, card.ErrCardMismatch) {
			t.Error(err)
		}
	})
}
