package keycard_test

import (
	"testing"

	"tapcard.example/keycard"
)

// coldSign is everything from a fresh tap to a signature, with the pairing in the store. It returns the APDUs.
func coldSign(k *kit) int {
	k.Helper()
	s := k.again()
	must(k, s.VerifyPIN(k.ctx, pin(thePIN)))
	const p = "m/44'/60'/0'/0/7"
	_, err := s.SignAs(k.ctx, theDigest, keycard.At(path(k, p)), keyAt(k, p).PublicKey())
	must(k, err)
	return k.ch.APDUs()
}

func TestAColdSignatureTakesSixCommandsAndFiveWithoutTheGuard(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		k.loaded()
		want := 6
		if profile == "2.0" {
			want = 7
		}
		if n := coldSign(k); n != want {
			t.Errorf("%d commands with the guard, not %d", n, want)
		}
		k.opts.SpendLastTry = true
		if n := coldSign(k); n != want-1 {
			t.Errorf("%d commands without the guard, not %d", n, want-1)
		}
	})
}

func TestASecondSignatureTakesOneCommand(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		where := keycard.At(path(t, "m/44'/60'/0'/0/0"))
		_, err := s.Sign(k.ctx, theDigest, where)
		must(t, err)
		before := k.ch.APDUs()
		_, err = s.Sign(k.ctx, theDigest, where)
		must(t, err)
		if n := k.ch.APDUs() - before; n != 1 {
			t.Errorf("%d commands", n)
		}
	})
}

func TestAPinlessSignatureTakesTwoCommands(t *testing.T) {
	since(t, "2.3", func(t *testing.T, profile string) {
		k := newKit(t, profile)
		must(t, k.loaded().SetPinlessPath(k.ctx, path(t, "m/44'/60'/0'/0/0")))
		sig, err := k.tap().SignPinless(k.ctx, theDigest)
		must(t, err)
		must(t, sig.Verify(theDigest, keyAt(t, "m/44'/60'/0'/0/0").PublicKey()))
		if n := k.ch.APDUs(); n != 2 {
			t.Errorf("%d commands", n)
		}
	})
}

func TestPairingTakesTwoCommandsAndInitAtMostFour(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		c := k.inited()
		if n := k.ch.APDUs(); n != 4 { // SELECT, IDENT to find out the version, INIT, SELECT for the new channel key
			t.Errorf("INIT: %d commands", n)
		}
		_, err := k.store.Pair(k.ctx, c, theSecret())
		must(t, err)
		if n := k.ch.APDUs(); n != 6 {
			t.Errorf("PAIR: %d commands", n-4)
		}
	})
}
