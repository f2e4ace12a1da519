package keycard_test

import (
	"errors"
	"slices"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func TestAWrongPairingPasswordIsSaidInWordsAndTakesNoSlot(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.inited()
		free := c.Info().FreeSlots
		wrong := keycard.PairingSecrets(secret.Copy([]byte("wrong")))
		_, err := k.store.Pair(k.ctx, c, wrong...)
		if !errors.Is(err, card.ErrPairing) || !errors.Is(err, keycard.ErrWrongPassword) {
			t.Error(err)
		}
		if got := err.Error(); got != "PAIR: the pairing fails: wrong pairing password: the card has another one" {
			t.Error(got)
		}
		if c := k.tap(); c.Info().FreeSlots != free {
			t.Error("a slot is gone")
		}
	})
}

func TestAPasswordBeyondASCIIPairsHoweverTheCardWasGivenIt(t *testing.T) {
	const password = "Schlüssel№1"
	forms := keycard.PairingSecrets(secret.Copy([]byte(password)))
	if len(forms) != 2 || forms[0].Equal(forms[1]) {
		t.Fatal("raw and normalised form are the same")
	}
	for _, form := range forms {
		k := newKit(t, "2.3")
		o := initOptions()
		o.PairingSecret = form
		c := k.tap()
		must(t, c.Init(k.ctx, o))
		before := k.ch.APDUs()
		_, err := c.Pair(k.ctx, forms...)
		must(t, err)
		if n := k.ch.APDUs() - before; n != 2 {
			t.Errorf("%d commands", n)
		}
	}
	if n := len(keycard.PairingSecrets(secret.Copy([]byte("ascii")))); n != 1 {
		t.Errorf("an ASCII password has %d forms", n)
	}
}

func TestAFullCardSaysSo(t *testing.T) {
	k := newKit(t, "2.3")
	c := k.inited()
	for range 5 {
		_, err := c.Pair(k.ctx, theSecret())
		must(t, err)
	}
	if c.Info().FreeSlots != 0 {
		t.Error("free slots left")
	}
	if _, err := k.store.Pair(k.ctx, c, theSecret()); !errors.Is(err, card.ErrNoSpace) {
		t.Error(err)
	}
}

func TestAPairingTheCardHasForgottenIsSaidInWords(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.paired()
		p, ok, err := k.store.Pairing(c.UID())
		if !ok {
			t.Fatal(err)
		}
		other := keycard.Pairing{Slot: p.Slot, Key: theSecret()} // the slot was given to somebody else
		free := keycard.Pairing{Slot: p.Slot + 1, Key: p.Key}
		for _, stale := range []keycard.Pairing{other, free} {
			if _, err := k.tap().Open(k.ctx, stale); !errors.Is(err, keycard.ErrStalePairing) ||
				!errors.Is(err, card.ErrPairing) {
				t.Error(err)
			}
		}
		k.again() // the good one still opens
	})
}

func TestEveryKeyLengthOfAPairingIsChecked(t *testing.T) {
	k := newKit(t, "2.3")
	c := k.paired()
	if _, err := c.Open(k.ctx, keycard.Pairing{}); !errors.Is(err, card.ErrWrongData) {
		t.Error(err)
	}
	if _, err := k.tap().Open(k.ctx, keycard.Pairing{Slot: 200, Key: theSecret()}); err == nil {
		t.Error("slot 200 opened")
	}
}

func states(slots []keycard.Slot) (s []keycard.SlotState) {
	for _, slot := range slots {
		s = append(s, slot.State)
	}
	return s
}

func TestASlotLeakedByALostAnswerIsFoundAndFreed(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.inited()
		_, err := c.Pair(k.ctx, theSecret()) // somebody else's, in slot 0
		must(t, err)
		free := c.Info().FreeSlots
		m := k.meddle()
		m.lose(1, ins(wire.InsPair, wire.PairFinal))
		if _, err := k.store.Pair(k.ctx, k.tap(), theSecret()); !errors.Is(err, card.ErrRemoved) {
			t.Fatal(err)
		}
		c = k.tap()
		if c.Info().FreeSlots != free-1 {
			t.Fatal("the card has not acted")
		}
		p, err := k.store.Pair(k.ctx, c, theSecret())
		must(t, err)
		if p.Slot != 2 {
			t.Fatalf("slot %d", p.Slot)
		}
		slots, err := k.store.Slots(k.ctx, c)
		must(t, err)
		want := []keycard.SlotState{keycard.SlotMaybe, keycard.SlotMaybe, keycard.SlotOurs}
		if !slices.Equal(states(slots), want) {
			t.Errorf("%v", slots)
		}
		s := k.again()
		must(t, s.VerifyPIN(k.ctx, pin(thePIN)))
		must(t, k.store.Free(k.ctx, s, 1))
		if c := k.tap(); c.Info().FreeSlots != free-1 {
			t.Errorf("%d free slots, not %d", c.Info().FreeSlots, free-1)
		}
		slots, err = k.store.Slots(k.ctx, k.tap())
		must(t, err)
		if len(slots) != 2 || slots[1] != (keycard.Slot{Index: 2, State: keycard.SlotOurs}) {
			t.Errorf("%v", slots)
		}
	})
}

func TestTheOnlySlotInQuestionIsTheLeakedOne(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.inited()
		m := k.meddle()
		m.lose(1, ins(wire.InsPair, wire.PairFinal))
		if _, err := k.store.Pair(k.ctx, k.tap(), theSecret()); err == nil {
			t.Fatal("nothing was lost")
		}
		_, err := k.store.Pair(k.ctx, k.tap(), theSecret())
		must(t, err)
		slots, err := k.store.Slots(k.ctx, k.tap())
		must(t, err)
		if !slices.Equal(states(slots), []keycard.SlotState{keycard.SlotLeaked, keycard.SlotOurs}) {
			t.Errorf("%v", slots)
		}
	})
}

func TestAPairThatNeverArrivedLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.inited()
		free := c.Info().FreeSlots
		m := k.meddle()
		m.asked = func(_ int, raw []byte) []byte {
			if raw[1] == wire.InsPair && raw[2] == wire.PairFinal {
				return []byte{0x80, 0xF2, 0, 0, 0} // the card sees something else
			}
			return raw
		}
		m.answer = func(_ int, cmd iso7816.Command, raw []byte) ([]byte, error) {
			if cmd.INS == wire.InsGetStatus {
				return nil, card.ErrRemoved
			}
			return raw, nil
		}
		if _, err := k.store.Pair(k.ctx, k.tap(), theSecret()); !errors.Is(err, card.ErrRemoved) {
			t.Fatal(err)
		}
		m.asked, m.answer = nil, nil
		p, err := k.store.Pair(k.ctx, k.tap(), theSecret())
		must(t, err)
		if p.Slot != 0 || k.tap().Info().FreeSlots != free-1 {
			t.Error("a slot is gone")
		}
	})
}

func TestUsedSlotsFindsSlotsBehindFreeOnes(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.paired()
		for range 3 {
			_, err := c.Pair(k.ctx, theSecret())
			must(t, err)
		}
		s := k.again()
		must(t, s.VerifyPIN(k.ctx, pin(thePIN)))
		must(t, s.Unpair(k.ctx, 1))
		must(t, s.Unpair(k.ctx, 2))
		must(t, s.Unpair(k.ctx, 2)) // free already
		if err := s.Unpair(k.ctx, 128); !errors.Is(err, card.ErrWrongData) {
			t.Error(err)
		}
		if err := s.Unpair(k.ctx, 120); !errors.Is(err, card.ErrNotFound) {
			t.Error(err)
		}
		used, err := k.tap().UsedSlots(k.ctx)
		if err != nil || !slices.Equal(used, []byte{0, 3}) {
			t.Error(used, err)
		}
		if n := k.ch.APDUs(); n > 2+4+1 {
			t.Errorf("%d commands to find two slots", n)
		}
	})
}

func TestPairingAgainRemembersTheSlotBefore(t *testing.T) {
	k := newKit(t, "2.3")
	c := k.paired()
	_, err := k.store.Pair(k.ctx, c, theSecret())
	must(t, err)
	slots, err := k.store.Slots(k.ctx, c)
	must(t, err)
	if !slices.Equal(states(slots), []keycard.SlotState{keycard.SlotLeaked, keycard.SlotOurs}) {
		t.Errorf("%v", slots)
	}
}
