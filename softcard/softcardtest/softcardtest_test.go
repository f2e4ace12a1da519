package softcardtest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/secret"
	"tapcard.example/softcard/softcardtest"
)

func TestAReadyKeycardOfEveryProfileSignsWithTheMnemonicsKey(t *testing.T) {
	path := hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 0}
	master, err := hd.Master(hd.Seed(secret.Copy([]byte(softcardtest.Mnemonic)), secret.Bytes{}))
	if err != nil {
		t.Fatal(err)
	}
	key, err := master.Derive(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range []string{"2.0", "2.3", "3.1"} {
		t.Run(profile, func(t *testing.T) {
			k := softcardtest.ReadyKeycard(t, softcardtest.Profile(profile))
			session := k.Open(t)
			if v := session.Card().Info().Version.String(); v != profile {
				t.Errorf("the card is a %s", v)
			}
			if _, err := session.SignAs(context.Background(), [32]byte{1}, keycard.At(path), key.PublicKey()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAReadyKeycardHasJustBeenReset(t *testing.T) {
	k := softcardtest.ReadyKeycard(t)
	answer, err := k.Link.Transmit(context.Background(), []byte{0x80, 0xF2, 0, 0}) // GET STATUS, nothing selected
	if err != nil || string(answer) != "\x6D\x00" {
		t.Errorf("it answers % X, %v", answer, err)
	}
}

func TestATapEndsTheSessionBefore(t *testing.T) {
	k := softcardtest.ReadyKeycard(t)
	before := k.Open(t)
	k.Open(t)
	if _, err := before.Status(context.Background()); err == nil {
		t.Error("the session of the tap before still works")
	}
}

func TestTheSameRandomnessMakesTheSameCard(t *testing.T) {
	var keys [2]string
	for i := range keys {
		link := softcardtest.Keycard(t, softcardtest.Rand(rand.NewChaCha8([32]byte{7})))
		c, err := keycard.Select(context.Background(), card.NewChannel(link))
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = string(c.Info().PublicKey)
	}
	if keys[0] != keys[1] {
		t.Errorf("channel keys %x and %x", keys[0], keys[1])
	}
}

// The hole is that of 2.0: with a pinless path set, DERIVE KEY goes anywhere without a PIN.
func TestQuirksBringAHoleBack(t *testing.T) {
	for _, quirks := range []bool{false, true} {
		opts := []softcardtest.Option{softcardtest.Profile("2.0")}
		if quirks {
			opts = append(opts, softcardtest.Quirks())
		}
		k := softcardtest.ReadyKeycard(t, opts...)
		if err := k.Open(t).SetPinlessPath(context.Background(), hd.Path{1}); err != nil {
			t.Fatal(err)
		}
		session, err := k.Select(t).Open(context.Background(), k.Pairing)
		if err != nil {
			t.Fatal(err)
		}
		err = session.Derive(context.Background(), 0, hd.Path{2})
		if quirks && err != nil || !quirks && !errors.Is(err, card.ErrAuthRequired) {
			t.Errorf("quirks %v: %v", quirks, err)
		}
	}
}

// fatal is a test that notes its failure.
type fatal struct {
	testing.TB
	said string
}

func (f *fatal) Fatal(args ...any) {
	f.said = fmt.Sprint(args...)
	panic(f)
}

func TestAnUnknownProfileFailsTheTest(t *testing.T) {
	f := &fatal{TB: t}
	defer func() {
		if recover() != f || f.said == "" {
			t.Errorf("the test went on: %q", f.said)
		}
	}()
	softcardtest.Keycard(f, softcardtest.Profile("9.9"))
}
