package keycard_test

import (
	"errors"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func TestInitMakesACardThatKnowsItsCodes(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.tap()
		if c.Info().Initialized {
			t.Fatal("initialised from the factory")
		}
		must(t, c.Init(k.ctx, initOptions()))
		if info := c.Info(); !info.Initialized || info.Version.String() != profile || len(info.KeyUID) != 0 {
			t.Errorf("%+v", info)
		}
		if err := c.Init(k.ctx, initOptions()); !errors.Is(err, card.ErrConditions) {
			t.Errorf("initialised twice: %v", err)
		}
		_, err := c.Pair(k.ctx, theSecret())
		must(t, err)
	})
}

func TestACardWithADuressPINIsNotInitialisedUnasked(t *testing.T) {
	k := newKit(t, "3.1")
	c := k.tap()
	o := initOptions()
	o.Duress = keycard.Duress{}
	before := k.ch.APDUs()
	if err := c.Init(k.ctx, o); !errors.Is(err, keycard.ErrDuressChoice) {
		t.Fatal(err)
	}
	if n := k.ch.APDUs() - before; n != 1 {
		t.Errorf("%d commands to find out the version", n)
	}
	if k.tap().Info().Initialized {
		t.Error("initialised all the same")
	}
	for _, profile := range []string{"2.0", "2.3"} {
		k := newKit(t, profile)
		must(t, k.tap().Init(k.ctx, o)) // these have none
	}
}

func TestDuressPINs(t *testing.T) {
	for name, c := range map[string]struct {
		duress keycard.Duress
		opens  string // another PIN that opens the card
	}{
		"chosen":       {keycard.DuressPIN(pin("999999")), "999999"},
		"from the PUK": {keycard.DuressFromPUK(), thePUK[:6]},
		"none":         {keycard.NoDuress(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, "3.1")
			o := initOptions()
			o.Duress = c.duress
			must(t, k.tap().Init(k.ctx, o))
			_, err := k.store.Pair(k.ctx, k.tap(), theSecret())
			must(t, err)
			s := k.again()
			must(t, s.VerifyPIN(k.ctx, pin(thePIN)))
			_, err = s.LoadSeed(k.ctx, theSeed())
			must(t, err)
			for _, other := range []string{"999999", thePUK[:6]} {
				s := k.again()
				err := s.VerifyPIN(k.ctx, pin(other))
				if (err == nil) != (other == c.opens) {
					t.Errorf("%s: %v", other, err)
				}
				if err != nil {
					must(t, s.VerifyPIN(k.ctx, pin(thePIN)))
					continue
				}
				sig, err := s.Sign(k.ctx, theDigest, keycard.At(path(t, "m/0")))
				must(t, err)
				if sig.PublicKey == keyAt(t, "m/0").PublicKey() {
					t.Error("the duress PIN opens the real wallet")
				}
			}
		})
	}
}

func TestADuressPINThatIsThePINIsRefused(t *testing.T) {
	for _, d := range []keycard.Duress{keycard.DuressPIN(pin(thePUK[:6])), keycard.DuressFromPUK()} {
		k := newKit(t, "3.1")
		o := initOptions()
		o.PIN, o.Duress = pin(thePUK[:6]), d
		if err := k.tap().Init(k.ctx, o); !errors.Is(err, card.ErrWrongData) {
			t.Error(err)
		}
	}
}

func TestRetryLimitsArriveAndOldCardsRefuseThem(t *testing.T) {
	k := newKit(t, "3.1")
	o := initOptions()
	o.PINTries, o.PUKTries = 7, 9
	must(t, k.tap().Init(k.ctx, o))
	_, err := k.store.Pair(k.ctx, k.tap(), theSecret())
	must(t, err)
	if st, err := k.again().Status(k.ctx); err != nil || st.PINTries != 7 || st.PUKTries != 9 {
		t.Error(st, err)
	}
	for _, profile := range []string{"2.0", "2.3"} {
		k := newKit(t, profile)
		if err := k.tap().Init(k.ctx, o); !errors.Is(err, card.ErrUnsupported) {
			t.Error(err)
		}
	}
	for _, bad := range [][2]int{{1, 5}, {11, 5}, {3, 2}, {3, 13}} {
		o.PINTries, o.PUKTries = bad[0], bad[1]
		if err := newKit(t, "3.1").tap().Init(k.ctx, o); !errors.Is(err, card.ErrWrongData) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestMalformedCodesAreRefusedBeforeInit(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.tap()
		for what, change := range map[string]func(*keycard.InitOptions){
			"short PIN":    func(o *keycard.InitOptions) { o.PIN = pin("12345") },
			"letters":      func(o *keycard.InitOptions) { o.PIN = pin("12345a") },
			"short PUK":    func(o *keycard.InitOptions) { o.PUK = pin("12345678901") },
			"no PUK":       func(o *keycard.InitOptions) { o.PUK = secret.PIN{} },
			"short secret": func(o *keycard.InitOptions) { o.PairingSecret = secret.Copy([]byte("x")) },
		} {
			o := initOptions()
			change(&o)
			if err := c.Init(k.ctx, o); !errors.Is(err, card.ErrWrongData) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if k.tap().Info().Initialized {
			t.Error("initialised with malformed codes")
		}
	})
}

func TestALostAnswerToInitDoesNotLoseThePairingSecret(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		m := k.meddle()
		m.lose(1, ins(wire.InsInit, 0))
		o := initOptions()
		o.PairingSecret = secret.Bytes{} // made at random
		if err := k.store.Init(k.ctx, k.tap(), o); !errors.Is(err, card.ErrRemoved) {
			t.Fatal(err)
		}
		c := k.tap()
		if !c.Info().Initialized {
			t.Fatal("INIT has not arrived")
		}
		_, err := k.store.Pair(k.ctx, c) // with what the store knows
		must(t, err)
		if s, ok, err := k.store.PairingSecret(c.UID()); !ok || err != nil || s.Len() != 32 {
			t.Error("the secret is not kept with the card", ok, err)
		}
	})
}

func TestStoreInitMakesARandomPairingSecretAndKeepsIt(t *testing.T) {
	k := newKit(t, "2.3")
	c := k.tap()
	o := initOptions()
	o.PairingSecret = secret.Bytes{}
	must(t, k.store.Init(k.ctx, c, o))
	s, ok, err := k.store.PairingSecret(c.UID())
	if err != nil || !ok || s.Len() != 32 || s.Equal(theSecret()) {
		t.Fatal(ok, err)
	}
	_, err = c.Pair(k.ctx, s)
	must(t, err)
}

func TestACardThatDoesNotKnowIdentIsOld(t *testing.T) {
	k := newKit(t, "3.1")
	m := k.meddle()
	for sw, want := range map[iso7816.Status]bool{0x6D00: false, 0x6985: true, 0x6A80: true, 0x6F00: true} {
		m.answer = func(_ int, cmd iso7816.Command, raw []byte) ([]byte, error) {
			if cmd.INS == wire.InsIdent {
				return iso7816.Response{SW: sw}.Bytes(), nil
			}
			return raw, nil
		}
		if got, err := k.tap().HasDuressPIN(k.ctx); err != nil || got != want {
			t.Errorf("%v: %v, %v", sw, got, err)
		}
	}
}
