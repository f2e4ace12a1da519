package keycard_test

import (
	"errors"
	"testing"

	"tapcard.example/card"
	"tapcard.example/keycard"
)

// spent spends n tries of the PIN.
func spent(k *kit, s *keycard.Session, n int) {
	k.Helper()
	for range n {
		if err := s.VerifyPIN(k.ctx, pin(wrongPIN)); !errors.Is(err, card.ErrWrongPIN) {
			k.Fatal(err)
		}
	}
}

func remaining(t *testing.T, err error) int {
	t.Helper()
	var e *card.PINError
	if !errors.As(err, &e) {
		t.Fatalf("no tries in %v", err)
	}
	return e.Remaining
}

func TestAWrongPINTellsTheTriesLeft(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.paired()
		err := k.again().VerifyPIN(k.ctx, pin(wrongPIN))
		if !errors.Is(err, card.ErrWrongPIN) || remaining(t, err) != 2 {
			t.Error(err)
		}
		if got := err.Error(); got != "VERIFY PIN: wrong code: 2 tries left (63C2)" {
			t.Error(got)
		}
	})
}

func TestTheLastTryIsNotSpentUnasked(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.paired()
		spent(k, k.again(), 2)
		for range 3 {
			err := k.again().VerifyPIN(k.ctx, pin(thePIN))
			if !errors.Is(err, card.ErrLastTry) || remaining(t, err) != 1 {
				t.Fatal(err)
			}
		}
		if st, err := k.again().Status(k.ctx); err != nil || st.PINTries != 1 {
			t.Fatal(st, err)
		}
		k.opts.SpendLastTry = true
		must(t, k.again().VerifyPIN(k.ctx, pin(thePIN)))
		if st, err := k.again().Status(k.ctx); err != nil || st.PINTries != 3 {
			t.Fatal(st, err)
		}
	})
}

func TestTheGuardHoldsWithinOneSession(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.paired()
		s := k.again()
		spent(k, s, 2)
		if err := s.VerifyPIN(k.ctx, pin(wrongPIN)); !errors.Is(err, card.ErrLastTry) {
			t.Error(err)
		}
	})
}

func TestAWrongPINAfterAGoodOneTakesTheAuthenticationAway(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		spent(k, s, 1)
		if s.Verified() {
			t.Error("the session believes that the PIN is verified")
		}
		if err := s.RemoveKey(k.ctx); !errors.Is(err, card.ErrAuthRequired) {
			t.Error(err)
		}
	})
}

func TestAMalformedPINIsNeverSent(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.paired()
		s := k.again()
		before := k.ch.APDUs()
		for _, bad := range []string{"", "12345", "1234567", "12345a", "12345\x00"} {
			if err := s.VerifyPIN(k.ctx, pin(bad)); !errors.Is(err, card.ErrWrongData) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if k.ch.APDUs() != before {
			t.Error("something was sent")
		}
	})
}

func TestABlockedPINIsUnblockedByThePUK(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.loaded()
		k.opts.SpendLastTry = true
		s := k.again()
		spent(k, s, 2)
		if err := s.VerifyPIN(k.ctx, pin(wrongPIN)); !errors.Is(err, card.ErrBlocked) || remaining(t, err) != 0 {
			t.Error(err)
		}
		k.opts.SpendLastTry = false
		s = k.again()
		if err := s.VerifyPIN(k.ctx, pin(thePIN)); !errors.Is(err, card.ErrBlocked) {
			t.Error(err)
		}
		err := s.Unblock(k.ctx, pin(wrongPUK), pin("111111"))
		if !errors.Is(err, card.ErrWrongPIN) || remaining(t, err) != 4 {
			t.Error(err)
		}
		must(t, s.Unblock(k.ctx, pin(thePUK), pin("111111")))
		if _, err := s.Sign(k.ctx, theDigest, keycard.Current()); err != nil {
			t.Error(err)
		}
		must(t, k.again().VerifyPIN(k.ctx, pin("111111")))
	})
}

func TestTheLastTryOfThePUKIsNotSpentUnasked(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.paired()
		k.opts.SpendLastTry = true
		s := k.again()
		for range 3 {
			if err := s.VerifyPIN(k.ctx, pin(wrongPIN)); err == nil {
				t.Fatal("a wrong PIN was accepted")
			}
		}
		k.opts.SpendLastTry = false
		s = k.again()
		for want := 4; want > 0; want-- {
			if err := s.Unblock(k.ctx, pin(wrongPUK), pin("111111")); remaining(t, err) != want {
				t.Fatal(err)
			}
		}
		if err := k.again().Unblock(k.ctx, pin(thePUK), pin("111111")); !errors.Is(err, card.ErrLastTry) {
			t.Error(err)
		}
	})
}

func TestUnblockingAPINThatIsNotBlockedIsRefused(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.paired()
		if err := k.again().Unblock(k.ctx, pin(thePUK), pin("111111")); !errors.Is(err, card.ErrConditions) {
			t.Error(err)
		}
	})
}

func TestChangedCodesCount(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.verified()
		must(t, s.ChangePIN(k.ctx, pin("111111")))
		must(t, s.ChangePUK(k.ctx, pin("222222222222")))
		if err := s.ChangePIN(k.ctx, pin("11111")); !errors.Is(err, card.ErrWrongData) {
			t.Error(err)
		}
		s = k.again()
		if err := s.ChangePIN(k.ctx, pin("333333")); !errors.Is(err, card.ErrAuthRequired) {
			t.Errorf("changed without the PIN: %v", err)
		}
		must(t, s.VerifyPIN(k.ctx, pin("111111")))
	})
}
