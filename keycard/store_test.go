package keycard_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func TestPairingsAreKeptInAPrivateFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	path := filepath.Join(dir, "pairings.json")
	s, err := keycard.OpenStore(path)
	must(t, err)
	uid := keycard.UID{1, 2, 3}
	must(t, s.SetPairing(uid, keycard.Pairing{Slot: 4, Key: token(5)}))
	must(t, s.SetPairingSecret(uid, token(6)))
	for name, mode := range map[string]os.FileMode{path: 0o600, dir: 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	again, err := keycard.OpenStore(path)
	must(t, err)
	p, ok, err := again.Pairing(uid)
	if err != nil || !ok || p.Slot != 4 || !p.Key.Equal(token(5)) {
		t.Error(p.Slot, ok, err)
	}
	sec, ok, err := again.PairingSecret(uid)
	if err != nil || !ok || !sec.Equal(token(6)) {
		t.Error(ok, err)
	}
	if _, ok, err := again.Pairing(keycard.UID{9}); ok || err != nil {
		t.Error("a pairing with a card nobody knows", err)
	}
	if known, err := again.Known(); err != nil || len(known) != 1 || known[0] != uid {
		t.Error(known, err)
	}
}

func TestADamagedStoreIsRefusedAndNothingOfItIsShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pairings.json")
	s, err := keycard.OpenStore(path)
	must(t, err)
	must(t, s.SetPairing(keycard.UID{1}, keycard.Pairing{Key: token(0xAB)}))
	good, err := os.ReadFile(path)
	must(t, err)
	canary := strings.Repeat("ab", 32)
	if !bytes.Contains(good, []byte(canary)) {
		t.Fatal("the key is not in the file")
	}
	for _, bad := range []string{"", "{}", "[]", string(good) + "x", string(good[:len(good)-10]),
		strings.Replace(string(good), canary, canary[2:], 1),
		strings.Replace(string(good), canary, strings.ToUpper(canary), 1),
		strings.Replace(string(good), `"key"`, `"`+canary+`"`, 1),
		strings.Replace(string(good), `"slot": 0`, `"slot": 256`, 1),
		strings.Replace(string(good), `"uid": "01`, `"uid": "`, 1)} {
		must(t, os.WriteFile(path, []byte(bad), 0o600))
		_, err := keycard.OpenStore(path)
		if err == nil || strings.Contains(err.Error(), canary[:8]) {
			t.Errorf("%q: %v", bad, err)
		}
		if err := s.SetPairing(keycard.UID{2}, keycard.Pairing{Key: token(1)}); err == nil {
			t.Errorf("changed although damaged: %q", bad)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != bad {
			t.Error("repaired")
		}
	}
}

func TestSecretsOfOtherLengthsAreNotKept(t *testing.T) {
	k := newKit(t, "2.3")
	if err := k.store.SetPairingSecret(keycard.UID{1}, pin("1").Bytes); !errors.Is(err, card.ErrWrongData) {
		t.Error(err)
	}
}

func TestALostAnswerToChangePairingSecretLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		for _, lost := range []bool{false, true} {
			k := newKit(t, profile)
			must(t, k.store.SetPairingSecret(k.paired().UID(), theSecret()))
			m := k.meddle()
			s := k.again()
			must(t, s.VerifyPIN(k.ctx, pin(thePIN)))
			if lost {
				m.lose(1, ins(wire.InsChangePIN, wire.ChangeToken))
			}
			if err := k.store.ChangePairingSecret(k.ctx, s, token(0x77)); (err != nil) != lost {
				t.Fatal(err)
			}
			_, err := k.store.Pair(k.ctx, k.tap()) // without being told any secret
			must(t, err)
			sec, ok, err := k.store.PairingSecret(k.tap().UID())
			if err != nil || !ok || !sec.Equal(token(0x77)) {
				t.Error("the new secret is not kept", ok, err)
			}
		}
	})
}

func TestEveryLostAnswerOnTheWayToASignatureCanBeRepeated(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		const steps = 8 // commands of a cold signature, and one more
		for n := 1; n <= steps; n++ {
			k := newKit(t, profile)
			k.loaded()
			m := k.meddle()
			m.lose(n, func(iso7816.Command) bool { return true })
			_, err := tapAndSign(k)
			if lost := m.n >= n; lost != errors.Is(err, card.ErrRemoved) {
				t.Fatalf("command %d of %d: %v", n, m.n, err)
			}
			m.answer = nil
			sig, err := tapAndSign(k)
			must(t, err)
			must(t, sig.Verify(theDigest, keyAt(t, "m/1").PublicKey()))
		}
	})
}

func tapAndSign(k *kit) (keycard.Signature, error) {
	must(k, k.link.Reset(k.ctx))
	k.ch = card.NewChannel(k.link)
	c, err := k.opts.Select(k.ctx, k.ch)
	if err != nil {
		return keycard.Signature{}, err
	}
	s, err := k.store.Open(k.ctx, c)
	if err != nil {
		return keycard.Signature{}, err
	}
	if err := s.VerifyPIN(k.ctx, pin(thePIN)); err != nil {
		return keycard.Signature{}, err
	}
	return s.Sign(k.ctx, theDigest, keycard.At([]uint32{1}))
}

func TestEveryLostAnswerOfInitAndPairIsRecovered(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		for n := 1; n <= 8; n++ {
			k := newKit(t, profile)
			m := k.meddle()
			m.lose(n, func(iso7816.Command) bool { return true })
			_ = initAndPair(k) // fails where the answer is lost
			m.answer = nil
			if err := initAndPair(k); err != nil {
				t.Fatalf("after a loss at command %d: %v", n, err)
			}
			must(t, k.again().VerifyPIN(k.ctx, pin(thePIN)))
			slots, err := k.store.Slots(k.ctx, k.tap())
			must(t, err)
			for _, s := range slots {
				if s.State == keycard.SlotOther {
					t.Errorf("after a loss at command %d a slot of ours is taken for another's: %v", n, slots)
				}
			}
		}
	})
}

// initAndPair does what is left to do of both.
func initAndPair(k *kit) error {
	must(k, k.link.Reset(k.ctx))
	k.ch = card.NewChannel(k.link)
	c, err := k.opts.Select(k.ctx, k.ch)
	if err != nil {
		return err
	}
	if !c.Info().Initialized {
		o := initOptions()
		o.PairingSecret = secret.Bytes{}
		if err := k.store.Init(k.ctx, c, o); err != nil {
			return err
		}
	}
	if _, ok, err := k.store.Pairing(c.UID()); ok || err != nil {
		return err
	}
	_, err = k.store.Pair(k.ctx, c)
	return err
}

func FuzzStoreFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed.json")
	s, err := keycard.OpenStore(path)
	must(f, err)
	must(f, s.SetPairing(keycard.UID{1}, keycard.Pairing{Slot: 2, Key: token(0xAB)}))
	good, err := os.ReadFile(path)
	must(f, err)
	f.Add(good)
	f.Add([]byte(`{"version":1,"cards":[],"begun_inits":[{"channel_key":"","pairing_secret":""}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "pairings.json")
		must(t, os.WriteFile(path, raw, 0o600))
		s, err := keycard.OpenStore(path)
		if err != nil {
			return
		}
		if err := s.SetPairing(keycard.UID{9}, keycard.Pairing{Key: token(1)}); err != nil {
			t.Errorf("a file that was accepted cannot be changed: %v", err)
		}
		if _, err := keycard.OpenStore(path); err != nil {
			t.Errorf("our own file is refused: %v", err)
		}
	})
}
