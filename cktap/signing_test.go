package cktap_test

import (
	"context"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

var (
	_ signer.Card = (*cktap.TapsignerKeys)(nil)
	_ signer.Card = (*cktap.SlotKey)(nil)
	_ signer.Card = (*cktap.Recovered)(nil)
)

// desk is a signer with a user who says yes.
func desk(t testing.TB, c signer.Card) (*signer.Signer, *int) {
	t.Helper()
	keys, err := signer.OpenKeys(filepath.Join(t.TempDir(), "keys.json"))
	must(t, err)
	confirmed := 0
	return &signer.Signer{Card: c, Keys: keys,
		Approve: func(context.Context, signer.Summary) error { return nil },
		Confirm: func(context.Context, signer.NewKey) error { confirmed++; return nil },
	}, &confirmed
}

func TestATapsignerSignsForPackageSigner(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	account := k.setup().Account
	d, confirmed := desk(t, k.tapsigner().Signer(cvc(theCVC), "blue"))
	at := append(path(t, "m/84'/0'/0'"), 0, 7)
	sig, err := d.Sign(k.ctx, signer.Request{Path: at, Digest: theDigest, Summary: signer.Summary{Title: "a test"}})
	must(t, err)
	key, err := account.Key(hd.Path{0, 7})
	must(t, err)
	if sig.PublicKey != key || *confirmed != 1 {
		t.Error("another key")
	}
	d.Card = k.tapsigner().Signer(cvc(theCVC), "blue")
	_, err = d.Sign(k.ctx, signer.Request{Path: at, Digest: theDigest, Summary: signer.Summary{Title: "a test"}})
	must(t, err)
	k.cost(t, wire.CmdSign) // the key is known by now
	for _, bad := range []string{"m/44'/60'/0'/0/0", "m/84'/0'/0'/0/0/0", "m/84'/0'/0'/0'"} {
		_, err := d.Sign(k.ctx, signer.Request{Path: path(t, bad), Digest: theDigest})
		want(t, err, card.ErrUnsupported)
	}
	_, err = k.tapsigner().Signer(cvc(theCVC), "").Sign(k.ctx, path(t, "m/44'/60'/0'/0/0"), theDigest)
	want(t, err, card.ErrConditions, cktap.ErrPath)
	if len(k.gate.sent) != 0 {
		t.Errorf("sent %v", k.gate.sent)
	}
}

func TestAnUnsealedSlotSignsForPackageSigner(t *testing.T) {
	k := newKit(t, wire.Satscard)
	o, err := k.satscard().Unseal(k.ctx, cvc(theCVC), 0)
	must(t, err)
	defer o.Destroy()
	key, err := k.satscard().Signer(k.ctx, cvc(theCVC), 0, "")
	must(t, err)
	d, _ := desk(t, key)
	sig, err := d.Sign(k.ctx, signer.Request{Path: hd.Path{}, Digest: theDigest, Summary: signer.Summary{Title: "a test"}})
	must(t, err)
	if compressed := sig.PublicKey; compressed[1] != o.PublicKey[1] || compressed[32] != o.PublicKey[32] {
		t.Error("another key")
	}
	if _, err := key.PublicKey(k.ctx, hd.Path{0}); err == nil {
		t.Error("a slot has one key")
	}
	if _, err := k.satscard().Signer(k.ctx, cvc(theCVC), 1, ""); err == nil {
		t.Error("an unused slot signs")
	}
}

func TestASealedSlotDoesNotSignOrGiveItsKeyOut(t *testing.T) {
	k := newKit(t, wire.Satscard)
	_, err := k.satscard().Sign(k.ctx, cvc(theCVC), 0, theDigest, nil)
	want(t, err, card.ErrConditions)
	_, err = k.satscard().Dump(k.ctx, cvc(theCVC), 0)
	want(t, err, card.ErrConditions)
	_, err = k.satscard().Unseal(k.ctx, cvc(theCVC), 3)
	want(t, err, card.ErrWrongData)
	_, err = k.satscard().New(k.ctx, cvc(theCVC), nil)
	want(t, err, card.ErrConditions, cktap.ErrHasKey)
}

func TestAnEmptyTapsignerSaysSo(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	s := k.tapsigner()
	for name, f := range map[string]func() error{
		"Sign":    func() error { _, err := s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil); return err },
		"Account": func() error { _, err := s.Account(k.ctx, cvc(theCVC)); return err },
		"Master":  func() error { _, err := s.Master(k.ctx, cvc(theCVC)); return err },
		"Derive":  func() error { _, err := s.Derive(k.ctx, cvc(theCVC), wire.DefaultPath()); return err },
		"Backup":  func() error { _, err := s.Backup(k.ctx, cvc(theCVC)); return err },
		"keys":    func() error { _, err := s.Signer(cvc(theCVC), "").PublicKey(k.ctx, hd.Path{}); return err },
	} {
		t.Run(name, func(t *testing.T) { want(t, f(), card.ErrConditions, cktap.ErrNoKey) })
	}
	if len(k.gate.sent) != 0 {
		t.Errorf("sent %v", k.gate.sent)
	}
	_, err := s.Derive(k.ctx, cvc(theCVC), hd.Path{44})
	want(t, err, card.ErrWrongData)
	_, err = s.Sign(k.ctx, cvc(theCVC), hd.Path{0, 0, 0}, theDigest, nil)
	want(t, err, card.ErrWrongData)
}
