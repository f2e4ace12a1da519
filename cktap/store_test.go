package cktap_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/transport/loopback"
	"tapcard.example/trust"
)

func TestADamagedStoreIsRefusedAndKept(t *testing.T) {
	k := newKit(t, wire.Satscard, blank)
	k.gate.lose = func(name string) bool { return name == wire.CmdNew }
	_, err := k.satscard().New(k.ctx, cvc(theCVC), theEntropy)
	want(t, err, card.ErrRemoved)
	good, err := os.ReadFile(k.path)
	must(t, err)
	for old, bad := range map[string]string{
		"{": "[", "\"version\": 1": "\"version\": 2", "\"cards\"": "\"kards\"",
		"\"certificates\": [": "\"certificates\": [\"00\",",
		"\"command\"":         "\"kommand\"", "\"chain_code\": \"": "\"chain_code\": \"AB", "}\n": "} {}",
		hex.EncodeToString(theEntropy): "00",
	} {
		spoiled := strings.Replace(string(good), old, bad, 1)
		if spoiled == string(good) {
			t.Fatalf("%q is not in\n%s", old, good)
		}
		must(t, os.WriteFile(k.path, []byte(spoiled), 0o600))
		if _, err := cktap.OpenStore(k.path); err == nil {
			t.Errorf("%s accepted", bad)
		}
		if now, _ := os.ReadFile(k.path); string(now) != spoiled {
			t.Error("a damaged file was changed")
		}
	}
	must(t, os.WriteFile(k.path, good, 0o600))
	s, err := cktap.OpenStore(k.path)
	must(t, err)
	left, err := s.Pending(k.satscard().PublicKey())
	if err != nil || len(left) != 1 || left[0].Op != wire.CmdNew || left[0].Entropy != wire.Bytes32(theEntropy) {
		t.Errorf("%+v %v", left, err)
	}
}

func TestAForgottenCardIsNewAgain(t *testing.T) {
	k := newKit(t, wire.Satscard, blank)
	_, err := k.satscard().New(k.ctx, cvc(theCVC), theEntropy)
	must(t, err)
	must(t, k.opts.Store.Forget(k.satscard().PublicKey()))
	proof, err := k.satscard().Verify(k.ctx, nil)
	must(t, err)
	if proof.Entropy != cktap.EntropyUnchecked || k.gate.counted(wire.CmdCerts) != 1 {
		t.Errorf("%+v, %v", proof.Entropy, k.gate.sent)
	}
}

func TestNoCVCNorPrivateKeyIsWrittenOrSent(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	var air bytes.Buffer
	k.gate.ask = func(_ string, command []byte) []byte { air.Write(command); return command }
	k.gate.change = func(_ string, answer []byte) []byte { air.Write(answer); return answer }
	k.setup()
	s := k.tapsigner()
	k.gate.lose = func(name string) bool { return name == wire.CmdChange }
	want(t, s.Change(k.ctx, cvc(theCVC), cvc(newCVC)), card.ErrRemoved)
	file, err := os.ReadFile(k.path)
	must(t, err)
	for _, secret := range []string{theCVC, newCVC, string(theKey)} {
		for what, b := range map[string][]byte{"the store": file, "the air": air.Bytes()} {
			if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, []byte(hex.EncodeToString([]byte(secret)))) {
				t.Errorf("%q is in %s", secret, what)
			}
		}
	}
}

func TestAMistypedCodeDoesNotMakeTheJournalForgetAChange(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	k.gate.lose = func(name string) bool { return name == wire.CmdChange }
	want(t, k.tapsigner().Change(k.ctx, cvc(theCVC), cvc(newCVC)), card.ErrRemoved)
	k.gate.lose = nil
	want(t, k.tapsigner().Change(k.ctx, cvc(theCVC), cvc("11111111")), card.ErrWrongPIN)
	must(t, k.tapsigner().Change(k.ctx, cvc(theCVC), cvc(newCVC)))
	k.nothingPending()
}

func TestTheTrustStoreHasTheMakersRoot(t *testing.T) {
	s, err := trust.Open(t.TempDir() + "/trust.json")
	must(t, err)
	root, err := hex.DecodeString(cktap.ProductionRoot())
	must(t, err)
	if _, ok := s.Authority(cktap.TrustKind, root); !ok {
		t.Error("it is not there")
	}
}

func TestCardsOfAllKindsAreSpokenTo(t *testing.T) {
	loose := func(o *applet.Options) { o.Loose = true }
	three := func(o *applet.Options) { o.Certificates = 3 }
	for name, with := range map[string][]option{"loose": {loose}, "three certificates": {three}, "testnet": {testnet}} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, wire.Satscard, with...)
			proof, err := k.satscard().Verify(k.ctx, nil)
			must(t, err)
			if strings.HasPrefix(proof.Address, "tb1") != (name == "testnet") || proof.Testnet != (name == "testnet") {
				t.Errorf("%+v", proof)
			}
			k = newKit(t, wire.Tapsigner, with...)
			done := k.setup()
			if strings.HasPrefix(done.Account.String(), "tpub") != (name == "testnet") || !done.BackupChecked {
				t.Errorf("%+v", done)
			}
		})
	}
	k := newKit(t, wire.Satscard, blank)
	_, err := k.tap().Genuine(k.ctx)
	must(t, err)
	_, err = k.satscard().Verify(k.ctx, nil)
	want(t, err, card.ErrConditions, cktap.ErrNoKey)
}

func TestTheEmulatorsHabitsAreRefusedUnlessAskedFor(t *testing.T) {
	k := newKit(t, wire.Tapsigner, firmware(applet.Emulator))
	k.setup()
	k.opts.Emulator = false
	_, err := k.tapsigner().Derive(k.ctx, cvc(theCVC), path(t, "m/44'"))
	want(t, err, card.ErrBadSignature, cktap.ErrDeriveSignature)
	k = newKit(t, wire.Satscard, firmware(applet.Emulator), blank)
	_, err = k.tap().Genuine(k.ctx)
	must(t, err)
	k.opts.Emulator = false
	_, err = k.tap().Genuine(k.ctx)
	want(t, err, card.ErrBadSignature, cktap.ErrCheck)
}

func TestAKeyWithOtherEntropyThanWasKeptIsRefused(t *testing.T) {
	same := func(o *applet.Options) { o.Personal.CardKey = secretOf(theEntropy) }
	k := newKit(t, wire.Satscard, same, blank)
	_, err := k.satscard().New(k.ctx, cvc(theCVC), theEntropy)
	must(t, err)
	_, copied := k.make(wire.Satscard, 7, same) // the same card's key, another slot 0
	k.gate.Link = loopback.Connect(copied, "test")
	_, err = k.satscard().Verify(k.ctx, nil)
	refuses(t, err, card.ErrCardMismatch, cktap.ErrEntropy, "slot 1: the chain code is not the entropy")
}
