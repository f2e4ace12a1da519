package paycard_test

import (
	"errors"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

func TestATapIsThreeCommandsAndASignature(t *testing.T) {
	k := payable(t)
	c := k.tap()
	n, ok := c.ProfileFor(purse)
	if !ok || c.Info().URL != theURL {
		t.Fatal(n, ok, c.Info().URL)
	}
	tap, err := c.Challenge(t.Context(), n, purse, order(5, 1))
	must(t, err)
	if !tap.Needs(wire.NeedsApproval) || tap.Repeat() {
		t.Errorf("flags %02X", tap.Challenge.Flags)
	}
	signed, by, err := tap.Pay(t.Context(), k.approve(tap, approver))
	must(t, err)
	want := wire.Payment{Purse: purse, Order: order(5, 1), Counter: 1}
	if got, err := signed.Signature.Recover(want.Digest()); err != nil || got != by || by != c.Info().Address {
		t.Errorf("signed by %v, %v", got, err)
	}
	if k.ch.APDUs() != 3 {
		t.Errorf("%d commands", k.ch.APDUs())
	}
}

func TestALostAnswerIsAskedForAgain(t *testing.T) {
	k := payable(t)
	k.link.answer = func(cmd iso7816.Command, raw []byte) ([]byte, error) {
		if cmd.INS == wire.InsPay {
			return nil, card.ErrRemoved
		}
		return raw, nil
	}
	if _, err := k.buy(5, 1); !errors.Is(err, card.ErrRemoved) {
		t.Fatal(err)
	}
	k.link.answer = nil
	tap, err := k.tap().Challenge(t.Context(), 0, purse, order(5, 1))
	must(t, err)
	if !tap.Repeat() || tap.Payment.Counter != 1 {
		t.Errorf("flags %02X, counter %d", tap.Challenge.Flags, tap.Payment.Counter)
	}
	signed, _, err := tap.Pay(t.Context(), k.approve(tap, approver)) // the approval is not needed and not sent
	if err != nil || signed.Counter != 1 {
		t.Error(signed.Counter, err)
	}
}

func TestGuardsAreErrorsForPeopleAtATill(t *testing.T) {
	k := payable(t)
	if _, err := k.buy(1001, 1); !errors.Is(err, &paycard.GuardError{Refusal: wire.RefusedSingle}) ||
		!errors.Is(err, card.ErrConditions) || errors.Is(err, &paycard.GuardError{Refusal: wire.RefusedOff}) {
		t.Error(err)
	}
	_, err := k.buy(5, 1)
	must(t, err)
	k.now -= 41
	_, err = k.buy(5, 2)
	var wait *card.RateLimitError
	if !errors.Is(err, card.ErrRateLimited) || !errors.As(err, &wait) || wait.Wait != 41*time.Second {
		t.Error(err)
	}
	for r := wire.RefusedOff; r <= wire.RefusedSpent; r++ {
		if text := (&paycard.GuardError{Refusal: r}).Error(); text == "" || text[:5] == "refus" {
			t.Errorf("%04X is %q", uint16(r), text)
		}
	}
}

func TestWhatCannotWorkIsNotSent(t *testing.T) {
	k := payable(t)
	c := k.tap()
	elsewhere := purse
	elsewhere.Chain++
	for name, err := range map[string]error{
		"another purse":   second(c.Challenge(t.Context(), 0, elsewhere, order(5, 1))),
		"another profile": second(c.Challenge(t.Context(), 1, purse, order(5, 1))),
		"no such profile": second(c.Challenge(t.Context(), 4, purse, order(5, 1))),
		"no amount":       second(c.Challenge(t.Context(), 0, purse, order(0, 1))),
	} {
		if !errors.Is(err, card.ErrNotFound) && !errors.Is(err, card.ErrWrongData) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if k.ch.APDUs() != 1 {
		t.Errorf("%d commands", k.ch.APDUs())
	}
}

func second[T any](_ T, err error) error { return err }

func TestASignatureByAnotherKeyOrForAnotherCounterIsRefused(t *testing.T) {
	k := payable(t)
	for i, change := range []func(raw []byte){
		func(raw []byte) { raw[3]++ }, func(raw []byte) { raw[10] ^= 1 }, func(raw []byte) { raw[50] ^= 1 },
		func(raw []byte) { raw[68] ^= 1 }, func(raw []byte) { raw[68] = 9 }} {
		k.link.answer = func(cmd iso7816.Command, raw []byte) ([]byte, error) {
			if cmd.INS == wire.InsPay {
				change(raw)
			}
			return raw, nil
		}
		if _, err := k.buy(5, byte(i+1)); !errors.Is(err, card.ErrBadSignature) {
			t.Errorf("change %d: %v", i, err)
		}
	}
}

func TestABlindSignatureNamesItsSigner(t *testing.T) {
	k := payable(t)
	g := wire.DefaultGuards()
	g.Flags |= wire.BlindSigning
	s := k.owner()
	must(t, s.SetGuards(t.Context(), g))
	status, err := s.Status(t.Context())
	must(t, err)
	tap, err := k.tap().ChallengeHash(t.Context(), [32]byte{1})
	must(t, err)
	_, by, err := tap.Pay(t.Context(), k.approve(tap, approver))
	if err != nil || by != status.Blind {
		t.Error(by, err)
	}
}
