package keycard_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// answers is a card that answers each AID with something, and 6A82 to all others.
type answers map[string]string

func (a answers) Transmit(_ context.Context, raw []byte) ([]byte, error) {
	cmd, err := iso7816.ParseCommand(raw)
	if err != nil {
		return nil, err
	}
	for aid, answer := range a {
		if cmd.INS == iso7816.InsSelect && string(cmd.Data) == aid {
			return hex.DecodeString(answer)
		}
	}
	return []byte{0x6A, 0x82}, nil
}

func (answers) Reset(context.Context) error { return nil }
func (answers) Info() card.Info             { return card.Info{} }
func (answers) Close() error                { return nil }

func TestAppletsThatAreNotSupportedAreNamed(t *testing.T) {
	current, old := string(wire.KeycardAID(1)), string(wire.OldAID())
	uid, cert := strings.Repeat("11", 32), strings.Repeat("22", 98)
	for name, c := range map[string]struct {
		card answers
		kind error
		says string
	}{
		"no applet":      {answers{}, card.ErrUnknownApplet, "no Keycard applet A00000080400010101"},
		"1.2":            {answers{old: "9000"}, card.ErrUnsupported, "Keycard 1.2"},
		"4.0 unfinished": {answers{current: "6985"}, card.ErrUnsupported, "Keycard 4.0"},
		"4.0": {answers{current: "a48190" + "02020400" + "8c0113" + "8e20" + uid + "8d011f" + "8a62" + cert + "9000"},
			card.ErrUnsupported, "Keycard 4.0"},
		"no public key": {answers{current: "a40602020301" + "8000" + "9000"}, card.ErrBadResponse, "public key"},
		"garbage":       {answers{current: "00ff9000"}, card.ErrBadResponse, ""},
		"empty":         {answers{current: "9000"}, card.ErrBadResponse, ""},
		"strange":       {answers{current: "6f42"}, card.ErrUnexpectedSW, ""},
	} {
		_, err := keycard.Select(t.Context(), card.NewChannel(c.card))
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnotherInstanceCanBeSelected(t *testing.T) {
	key := newFake(t, wire.V2_3).info
	link := answers{string(wire.KeycardAID(7)): hex.EncodeToString(key.Encode()) + "9000"}
	if _, err := (keycard.Options{Instance: 7}).Select(t.Context(), card.NewChannel(link)); err != nil {
		t.Error(err)
	}
	if _, err := keycard.Select(t.Context(), card.NewChannel(link)); !errors.Is(err, card.ErrUnknownApplet) {
		t.Error(err)
	}
}

func TestACardBeforeInitIsRecognised(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.tap()
		if c.Info().Initialized || len(c.Info().PublicKey) != 65 || c.UID() != (keycard.UID{}) {
			t.Errorf("%+v", c.Info())
		}
		_, open := c.Open(k.ctx, keycard.Pairing{Key: theSecret()})
		_, pair := c.Pair(k.ctx, theSecret())
		_, slots := c.UsedSlots(k.ctx)
		for _, err := range []error{open, pair, slots} {
			if !errors.Is(err, card.ErrConditions) || !strings.Contains(err.Error(), "not initialised") {
				t.Error(err)
			}
		}
	})
}

func TestASoftwareCardIsKnownByItsLinkOrItsATR(t *testing.T) {
	k := newKit(t, "2.3")
	if !k.tap().Software() || !bytes.Contains(k.soft.ATR(), []byte("tapcard")) {
		t.Error("not recognised")
	}
	f := newFake(t, wire.V2_3)
	if f.session(keycard.Options{}).Card().Software() {
		t.Error("every card is software")
	}
}
