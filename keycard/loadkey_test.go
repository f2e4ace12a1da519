package keycard_test

import (
	"errors"
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func TestEveryWayToLoadAKey(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.verified()
		master := keyAt(t, "m")
		for name, load := range map[string]func() (keycard.KeyUID, error){
			"seed":     func() (keycard.KeyUID, error) { return s.LoadSeed(k.ctx, theSeed()) },
			"extended": func() (keycard.KeyUID, error) { return s.LoadExtended(k.ctx, master) },
			"pair":     func() (keycard.KeyUID, error) { return s.LoadKeyPair(k.ctx, master.Private()) },
		} {
			uid, err := load()
			if err != nil || uid != wire.KeyUID(master.PublicKey()) {
				t.Errorf("%s: %v", name, err)
			}
			pub, err := s.ExportPublic(k.ctx, keycard.Current())
			if err != nil || pub != master.PublicKey() {
				t.Errorf("%s: another key: %v", name, err)
			}
			_, err = s.SignAs(k.ctx, theDigest, keycard.At(path(t, "m/1/2'")), keyAt(t, "m/1/2'").PublicKey())
			if (err == nil) == (name == "pair") {
				t.Errorf("%s: derived: %v", name, err)
			}
		}
		must(t, s.RemoveKey(k.ctx))
		if _, err := s.Sign(k.ctx, theDigest, keycard.Current()); !errors.Is(err, card.ErrConditions) {
			t.Error(err)
		}
		if len(k.tap().Info().KeyUID) != 0 {
			t.Error("the key is still there")
		}
	})
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.verified()
		before := k.ch.APDUs()
		_, zero := s.LoadKeyPair(k.ctx, secret.New(make([]byte, 32)))
		_, short := s.LoadKeyPair(k.ctx, secret.Copy([]byte{1}))
		_, seed := s.LoadSeed(k.ctx, secret.New(make([]byte, 63)))
		dead := keyAt(t, "m")
		dead.Destroy()
		_, destroyed := s.LoadExtended(k.ctx, dead)
		for i, err := range []error{zero, short, seed, destroyed} {
			if !errors.Is(err, card.ErrWrongData) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if k.ch.APDUs() != before {
			t.Error("something was sent")
		}
	})
}

func TestAGeneratedKeySigns(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.verified()
		uid, err := s.GenerateKey(k.ctx)
		must(t, err)
		pub, err := s.ExportPublic(k.ctx, keycard.At(hd.Path{}))
		if err != nil || wire.KeyUID(pub) != uid {
			t.Error(err)
		}
		_, err = s.SignAs(k.ctx, theDigest, keycard.Current(), pub)
		must(t, err)
	})
}

func TestAMnemonicFromTheCardIsValid(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.paired()
		s := k.again() // no PIN needed
		for _, words := range []int{12, 15, 18, 21, 24} {
			m, err := s.GenerateMnemonic(k.ctx, words)
			must(t, err)
			must(t, hd.CheckMnemonic(m))
			m.Reveal(func(b []byte) {
				if n := len(strings.Fields(string(b))); n != words {
					t.Errorf("%d words instead of %d", n, words)
				}
			})
		}
		for _, words := range []int{0, 9, 13, 27, -12} {
			if _, err := s.GenerateMnemonic(k.ctx, words); !errors.Is(err, card.ErrWrongData) {
				t.Errorf("%d words: %v", words, err)
			}
		}
	})
}

func TestTheCurrentPathIsTold(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		told := func(want string) {
			t.Helper()
			if p, err := s.KeyPath(k.ctx); err != nil || p.String() != want {
				t.Errorf("%v instead of %s, %v", p, want, err)
			}
		}
		told("m")
		must(t, s.Derive(k.ctx, wire.FromMaster, path(t, "m/1/2'")))
		told("m/1/2'")
		must(t, s.Derive(k.ctx, wire.FromCurrent, path(t, "m/3")))
		told("m/1/2'/3")
		must(t, s.Derive(k.ctx, wire.FromParent, path(t, "m/4")))
		told("m/1/2'/4")
		below, want := keycard.Below(wire.FromCurrent, path(t, "m/5")), keyAt(t, "m/1/2'/4/5").PublicKey()
		sig, err := s.SignAs(k.ctx, theDigest, below, want)
		must(t, err)
		must(t, sig.Verify(theDigest, want))
		must(t, s.Derive(k.ctx, wire.FromMaster, nil))
		told("m")
		_, err = s.Sign(k.ctx, theDigest, keycard.At(path(t, "m/9")).MakeCurrent())
		must(t, err)
		told("m/9")
		if err := s.Derive(k.ctx, wire.FromMaster, make(hd.Path, 11)); !errors.Is(err, card.ErrWrongData) {
			t.Error(err)
		}
	})
}

// invalidAt makes derivation of non-hardened index 5 fail, which BIP-32 does once in 2^127 times.
func invalidAt(o *applet.Options) {
	o.HMAC512 = func(key, data []byte) [64]byte {
		if data[len(data)-1] == 5 {
			var bad [64]byte
			for i := range bad {
				bad[i] = 0xFF
			}
			return bad
		}
		return hd.StandardHMAC512(key, data)
	}
}

func TestAnInvalidKeyIsATypedErrorAndTheNextIndexWhenChoosing(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile, invalidAt)
		s := k.loaded()
		if _, err := s.Sign(k.ctx, theDigest, keycard.At(path(t, "m/0/5"))); !errors.Is(err, card.ErrInvalidKey) {
			t.Errorf("SIGN: %v", err)
		}
		p, pub, err := s.ExportNext(k.ctx, path(t, "m/0/5"))
		if err != nil || p.String() != "m/0/6" || pub != keyAt(t, "m/0/6").PublicKey() {
			t.Errorf("%v, %v", p, err)
		}
		_, err = s.SignAs(k.ctx, theDigest, keycard.At(p), pub)
		must(t, err)
		if p, _, err := s.ExportNext(k.ctx, path(t, "m/0/4")); err != nil || p.String() != "m/0/4" {
			t.Errorf("%v, %v", p, err)
		}
	})
}
