package interop

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

// What every card of the emulator has, by its README and its fixed random numbers.
const (
	ecardCVC   = "123456"
	ecardRoot  = "022b6750a0c09f632df32afc5bef66568667e04b2e0f57cb8640ac5a040179442b"
	ecardIdent = "XDXKQ-W6VW6-GEQI3-ATSC2"
)

var ecardBackupKey = bytes.Repeat([]byte("A"), 16)

// hostTo is our host, connected to the emulator.
func hostTo(t *testing.T, l *ecardLink) *cktap.Card {
	t.Helper()
	store, err := cktap.OpenStore(filepath.Join(t.TempDir(), "cards.json"))
	if err != nil {
		t.Fatal(err)
	}
	trusted := func(key []byte) (string, bool) { return ecardColumn, hex.EncodeToString(key) == ecardRoot }
	o := cktap.Options{Store: store, Authorities: trusted, Ident: ecardIdent, Emulator: true}
	c, err := o.Select(t.Context(), card.NewChannel(l))
	if err != nil {
		t.Fatal(err)
	}
	if verdict, err := c.Prove(t.Context()); err != nil || verdict.Root != ecardRoot {
		t.Fatalf("%v, %v", verdict, err)
	}
	return c
}

func entropyOf(name string) []byte {
	h := sha256.Sum256([]byte(name))
	return h[:]
}

func code(s string) secret.Bytes { return secret.Copy([]byte(s)) }

func TestOurHostUsesTheEmulatedSatscardToItsLastSlot(t *testing.T) {
	for name, flags := range map[string][]string{"1.0.3": nil, "0.9.0": {"--version-9"}} {
		t.Run(name, func(t *testing.T) {
			l := startECard(t, flags...)
			s, err := hostTo(t, l).Satscard()
			if err != nil {
				t.Fatal(err)
			}
			if err := s.CheckCVC(t.Context(), code(ecardCVC)); !errors.Is(err, card.ErrUnsupported) {
				t.Errorf("the emulator has a command wait: %v", err)
			}
			for number := range 10 {
				spendSlot(t, s, number)
			}
			slots, err := s.Slots(t.Context())
			if err != nil || slices.ContainsFunc(slots, func(s cktap.Slot) bool { return s.State != wire.SlotUnsealed }) {
				t.Errorf("in the end: %v, %v", slots, err)
			}
			if _, err := s.Verify(t.Context(), nil); !errors.Is(err, card.ErrConditions) {
				t.Errorf("an address after the last slot: %v", err)
			}
			l.require(t, wire.Satscard)
		})
	}
}

// spendSlot takes one slot through its life.
func spendSlot(t *testing.T, s *cktap.Satscard, number int) {
	t.Helper()
	ctx, cvc := t.Context(), code(ecardCVC)
	if number > 0 {
		if p, err := s.New(ctx, cvc, entropyOf("slot")); err != nil || p.Slot != number || p.Entropy != cktap.EntropyYours {
			t.Fatalf("new %d: %+v, %v", number, p, err)
		}
	}
	proof, err := s.Verify(ctx, nil)
	if err != nil || proof.Slot != number || proof.Verdict.Authenticity != cktap.Genuine {
		t.Fatalf("verify %d: %+v, %v", number, proof, err)
	}
	if u, err := s.URL(ctx); err != nil || u.URL.State != wire.URLSealed {
		t.Errorf("URL %d: %+v, %v", number, u, err)
	}
	if _, err := s.Unseal(ctx, code("654321"), number); !errors.Is(err, card.ErrWrongPIN) {
		t.Errorf("unseal by a wrong code: %v", err)
	}
	opened, err := s.Unseal(ctx, cvc, number)
	if err != nil || opened.Address != proof.Address {
		t.Fatalf("unseal %d: %s, %v", number, opened.Address, err)
	}
	defer opened.Destroy()
	again, err := s.Dump(ctx, cvc, number)
	if err != nil || again.Address != proof.Address {
		t.Errorf("dump %d: %s, %v", number, again.Address, err)
	}
	again.Destroy()
	if sig, err := s.Sign(ctx, cvc, number, [32]byte(entropyOf("a digest")), nil); err != nil {
		t.Errorf("sign %d: %+v, %v", number, sig, err)
	}
}

func TestOurHostSetsUpTheEmulatedTapsignerAndSatschip(t *testing.T) {
	for product, flag := range map[wire.Product]string{wire.Tapsigner: "--tapsigner", wire.Satschip: "--satschip"} {
		for name, flags := range map[string][]string{"1.0.3": nil, "0.9.0": {"--version-9"}} {
			if product == wire.Satschip && name == "0.9.0" {
				continue // there was none
			}
			t.Run(product.String()+"-"+name, func(t *testing.T) {
				l := startECard(t, append(flags, flag, "--no-init")...)
				s, err := hostTo(t, l).Tapsigner()
				if err != nil {
					t.Fatal(err)
				}
				cvc := setUpECard(t, s)
				signWithECard(t, s, cvc)
				var lacks []string
				if s.Satschip() {
					lacks = []string{wire.CmdChange} // the emulator wants a backup before, which a SATSCHIP has not
				}
				l.require(t, product, lacks...)
			})
		}
	}
}

// setUpECard does the whole setup; it gives the code that the card has then.
func setUpECard(t *testing.T, s *cktap.Tapsigner) secret.Bytes {
	t.Helper()
	cvc := code(ecardCVC)
	setup := cktap.Setup{
		CVC:       func(context.Context) (secret.Bytes, error) { return code(ecardCVC), nil },
		Entropy:   func(context.Context) ([]byte, error) { return entropyOf("owner"), nil },
		Save:      func(context.Context, cktap.SavedBackup) error { return nil },
		BackupKey: func(context.Context) (secret.Bytes, error) { return secret.Copy(ecardBackupKey), nil },
	}
	if !s.Satschip() {
		cvc = code(tapNewCVC)
		setup.NewCVC = func(context.Context) (secret.Bytes, error) { return code(tapNewCVC), nil }
	}
	done, err := s.Setup(t.Context(), setup)
	if err != nil {
		t.Fatal(err)
	}
	chip, path := s.Satschip(), done.Account.Path.String()
	if done.CVCChanged == chip || done.BackupChecked == chip || path != "m/84'/0'/0'" {
		t.Errorf("set up as %+v", done)
	}
	return cvc
}

func signWithECard(t *testing.T, s *cktap.Tapsigner, cvc secret.Bytes) {
	t.Helper()
	account, err := s.Account(t.Context(), cvc)
	if err != nil {
		t.Fatal(err)
	}
	for _, subpath := range []hd.Path{nil, {0}, {1, 7}} {
		want, err := account.Key(subpath)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Sign(t.Context(), cvc, subpath, [32]byte(entropyOf("a digest")), &want); err != nil {
			t.Errorf("sign at %v: %v", subpath, err)
		}
	}
	if moved, err := s.Derive(t.Context(), cvc, hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened}); err != nil {
		t.Errorf("derive: %+v, %v", moved, err)
	}
	if _, err := s.DerivedKey(t.Context(), cvc); err != nil {
		t.Errorf("read: %v", err)
	}
	if u, err := s.URL(t.Context()); err != nil || u.Signed.Ident != ecardIdent {
		t.Errorf("URL: %+v, %v", u, err)
	}
}
