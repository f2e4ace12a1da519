package paycard_test

import (
	"context"
	"errors"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

// kinds are all the kinds of errors that the host may give about a card's answer.
var kinds = []error{
	card.ErrAuthRequired, card.ErrWrongPIN, card.ErrBlocked, card.ErrConditions, card.ErrWrongData, card.ErrNotFound,
	card.ErrNoSpace, card.ErrUnsupported, card.ErrInvalidKey, card.ErrInternal, card.ErrUnexpectedSW,
	card.ErrRateLimited,
	card.ErrBadResponse, card.ErrBadMAC, card.ErrBadSignature, card.ErrCardMismatch, card.ErrLastTry, card.ErrPairing,
	card.ErrUnknownApplet, card.ErrRemoved,
}

func typed(err error) bool {
	for _, k := range kinds {
		if errors.Is(err, k) {
			return true
		}
	}
	return err == nil
}

// everything is all that a host does with a card.
func everything(k *kit, c *paycard.Card) error {
	ctx := context.Background()
	if tap, err := c.Challenge(ctx, 0, purse, order(5, 1)); err != nil {
		return err
	} else if _, _, err := tap.Pay(ctx, wire.Approval{}); err != nil && !typed(err) {
		return err
	}
	if _, err := c.Pair(ctx, pairingSecret); err != nil && !typed(err) {
		return err
	}
	s, err := c.Open(ctx, k.pairing)
	if err != nil {
		return err
	}
	for _, err := range []error{s.VerifyPIN(ctx, digits("123456")), second(s.Status(ctx)), second(s.Profile(ctx, 0)),
		second(s.Log(ctx)), second(s.Bind(ctx, 0, addr(9))), mandateError(s.Mandate(ctx, 0, rent())),
		second(s.Move(ctx, service(theURL, next))), second(s.TimeAuthorities(ctx)), s.FactoryReset(ctx)} {
		if !typed(err) {
			return err
		}
	}
	return nil
}

func mandateError(_ wire.Mandate, _ wire.Signature, err error) error { return err }

func TestWhateverACardAnswersIsATypedError(t *testing.T) {
	k := payable(t)
	for _, length := range []int{0, 1, 2, 16, 32, 65, 69, 70, 110, 240, 255} {
		for _, sw := range []iso7816.Status{0x9000, 0x6985, 0x63C1, 0x9929, 0x98FF, 0x6F00, 0x1234} {
			for _, ins := range []byte{0xA4, 0x50, 0x52, 0x12, 0x10, 0x11, 0x20, 0xF2} {
				k.link.answer = nil
				c := k.tap()
				k.link.answer = func(cmd iso7816.Command, raw []byte) ([]byte, error) {
					if cmd.INS == ins {
						return iso7816.Response{Data: make([]byte, length), SW: sw}.Bytes(), nil
					}
					return raw, nil
				}
				if err := everything(k, c); !typed(err) {
					t.Fatalf("%d bytes and %v for %02X: %v", length, sw, ins, err)
				}
				if ins == 0xF2 {
					k = payable(t)
				}
			}
		}
	}
}

// FuzzCardAnswers gives a host the fuzzer's bytes for the n-th answer.
func FuzzCardAnswers(f *testing.F) {
	f.Add([]byte{0x90, 0}, 3)
	f.Add(append(wire.Challenge{}.Encode(), 0x90, 0), 1)
	f.Add(append(wire.Signed{}.Encode(), 0x90, 0), 2)
	f.Fuzz(func(t *testing.T, answer []byte, n int) {
		k := payable(t)
		c, seen := k.tap(), 0
		k.link.answer = func(_ iso7816.Command, raw []byte) ([]byte, error) {
			if seen++; seen == n {
				return answer, nil
			}
			return raw, nil
		}
		if err := everything(k, c); !typed(err) {
			t.Error(err)
		}
	})
}
