package cktap_test

import (
	"slices"
	"testing"

	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

var signers = []wire.Product{wire.Tapsigner, wire.Satschip}

// eachSigner runs a test on every signer with every firmware that it exists with.
func eachSigner(t *testing.T, test func(t *testing.T, product wire.Product, p applet.Profile)) {
	for _, product := range signers {
		for _, p := range applet.Profiles() {
			if p.Has(product) {
				t.Run(product.String()+" "+p.Name, func(t *testing.T) { test(t, product, p) })
			}
		}
	}
}

func TestASetupCardSignsWithTheAccountItHasProven(t *testing.T) {
	eachSigner(t, func(t *testing.T, product wire.Product, p applet.Profile) {
		k := newKit(t, product, firmware(p), unlucky)
		done := k.setup()
		if done.BackupChecked == (product == wire.Satschip) || !slices.Equal(done.Account.Path, wire.DefaultPath()) {
			t.Errorf("%+v", done)
		}
		s := k.tapsigner()
		a, err := s.Account(k.ctx, cvc(theCVC))
		must(t, err)
		if a.String() != done.Account.String() || a.Fingerprint != done.Account.Fingerprint {
			t.Error("setup and Account have shown different accounts")
		}
		for _, sub := range []hd.Path{{}, {0}, {1, 2147483647}} {
			key, err := a.Key(sub)
			must(t, err)
			sig, err := s.Sign(k.ctx, cvc(theCVC), sub, theDigest, &key)
			must(t, err)
			must(t, sig.Verify(theDigest, key))
		}
		key, err := s.DerivedKey(k.ctx, cvc(theCVC))
		must(t, err)
		if [33]byte(key) != a.XPub.Compressed() {
			t.Error("read has another key than xpub")
		}
	})
}

func TestTheDerivationMovesAndTheMasterIsShown(t *testing.T) {
	eachSigner(t, func(t *testing.T, product wire.Product, p applet.Profile) {
		k := newKit(t, product, firmware(p))
		s := k.ready()
		eth, err := s.Derive(k.ctx, cvc(theCVC), path(t, "m/44'/60'/0'"))
		must(t, err)
		master, err := s.Master(k.ctx, cvc(theCVC))
		must(t, err)
		if [32]byte(theEntropy) != master.XPub.ChainCode() || master.Fingerprint != eth.Fingerprint || len(master.Path) != 0 {
			t.Errorf("%+v", master)
		}
		again, err := k.tapsigner().Account(k.ctx, cvc(theCVC))
		must(t, err)
		if again.String() != eth.String() {
			t.Error("Master did not go back")
		}
		if left, err := k.opts.Store.Pending(s.PublicKey()); err != nil || len(left) != 0 {
			t.Error(left, err)
		}
	})
}

func TestABackupIsVerifiedAndRecovered(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	var saved cktap.SavedBackup
	w := k.wishes()
	w.Save = func(_ ctxt, b cktap.SavedBackup) error { saved = b; return nil }
	done, err := k.tapsigner().Setup(k.ctx, w)
	must(t, err)
	must(t, cktap.VerifyBackup(secretOf(theKey), saved.File, done.Account))
	r, err := cktap.Recover(secretOf(theKey), saved.File)
	must(t, err)
	defer r.Destroy()
	a, err := r.Account()
	must(t, err)
	if a.String() != done.Account.String() || a.Fingerprint != done.Account.Fingerprint {
		t.Error("the backup has another account")
	}
	at := append(slices.Clone(a.Path), 0, 5)
	key, err := r.PublicKey(k.ctx, at)
	must(t, err)
	sig, err := r.Sign(k.ctx, at, theDigest)
	must(t, err)
	must(t, sig.Verify(theDigest, key))
	other := newKit(t, wire.Tapsigner, func(o *applet.Options) { o.Personal.CardKey = secretOf(theEntropy) }).setup()
	want(t, cktap.VerifyBackup(secretOf(theKey), saved.File, other.Account), cktap.ErrBackupMismatch)
	want(t, cktap.VerifyBackup(secretOf([]byte("another key 0123")), saved.File, done.Account), wire.ErrBackup)
}
