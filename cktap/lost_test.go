package cktap_test

import (
	"context"
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

// loseEach runs a test with the answer to the first command lost, then the second, until nothing is lost; and the same
// with the command lost on its way to the card.
func loseEach(t *testing.T, test func(k *kit, lose func(), keep func()), make func() *kit) {
	step := 1
	if testing.Short() {
		step = 3
	}
	for _, way := range []string{"answer", "command"} {
		for at := 0; ; at += step {
			k := make()
			sent, lost := 0, false
			lose := func() {
				sent, lost = 0, false
				happens := func(name string) bool {
					sent++
					lost = lost || sent == at+2 // SELECT is not lost: nothing is begun then
					return sent == at+2
				}
				if way == "answer" {
					k.gate.lose = happens
					return
				}
				k.gate.refuse = happens
			}
			test(k, lose, func() { k.gate.lose, k.gate.refuse = nil, nil })
			if t.Failed() {
				t.Fatalf("with %s %d lost", way, at)
			}
			if !lost {
				if at == 0 {
					t.Fatal("nothing was sent")
				}
				break
			}
		}
	}
}

// again calls f until it succeeds, with a new tap each time, the first one in bad conditions.
func again[T any](k *kit, lose, keep func(), f func() (T, error)) T {
	k.Helper()
	lose()
	if v, err := f(); err == nil {
		keep()
		return v
	}
	keep()
	v, err := f()
	must(k, err)
	return v
}

func (k *kit) nothingPending() {
	k.Helper()
	c := k.tap()
	if left, err := k.opts.Store.Pending(c.PublicKey()); err != nil || len(left) != 0 {
		k.Errorf("still pending: %+v, %v", left, err)
	}
}

func TestALostNewIsResumedWithItsEntropy(t *testing.T) {
	loseEach(t, func(k *kit, lose, keep func()) {
		proof := again(k, lose, keep, func() (cktap.Proof, error) { return k.satscard().New(k.ctx, cvc(theCVC), theEntropy) })
		if proof.Slot != 0 || proof.ChainCode != wire.Bytes32(theEntropy) || proof.Entropy != cktap.EntropyYours {
			t.Errorf("%+v", proof)
		}
		proof, err := k.satscard().Verify(k.ctx, nil)
		must(t, err)
		if proof.Entropy != cktap.EntropyYours {
			t.Errorf("%+v", proof)
		}
		k.nothingPending()
	}, func() *kit { return newKit(t, wire.Satscard, blank) })
}

func TestALostNewWithDrawnEntropyIsResumedToo(t *testing.T) {
	loseEach(t, func(k *kit, lose, keep func()) {
		proof := again(k, lose, keep, func() (cktap.Proof, error) { return k.satscard().New(k.ctx, cvc(theCVC), nil) })
		if proof.Entropy != cktap.EntropyYours {
			t.Errorf("%+v", proof)
		}
	}, func() *kit { return newKit(t, wire.Satscard, blank) })
}

func TestALostUnsealIsResumedWithTheKeys(t *testing.T) {
	loseEach(t, func(k *kit, lose, keep func()) {
		o := again(k, lose, keep, func() (cktap.Opened, error) { return k.satscard().Unseal(k.ctx, cvc(theCVC), 0) })
		if o.Address != k.app.Label().Address || o.Private.Len() != 32 {
			t.Errorf("%+v", o)
		}
		k.nothingPending()
		if s := k.satscard(); s.Status().Slot() != 1 || s.Status().HasKey() {
			t.Errorf("another slot was touched: %+v", s.Status())
		}
	}, func() *kit { return newKit(t, wire.Satscard) })
}

func TestALostDeriveIsResumed(t *testing.T) {
	loseEach(t, func(k *kit, lose, keep func()) {
		to := path(t, "m/44'/60'/0'")
		a := again(k, lose, keep, func() (cktap.Account, error) { return k.tapsigner().Derive(k.ctx, cvc(theCVC), to) })
		if a.Path.String() != "m/44'/60'/0'" {
			t.Errorf("%+v", a)
		}
		k.nothingPending()
	}, func() *kit { k := newKit(t, wire.Tapsigner); k.setup(); return k })
}

func TestALostVisitToTheMasterEndsWhereItBegan(t *testing.T) {
	loseEach(t, func(k *kit, lose, keep func()) {
		a := again(k, lose, keep, func() (cktap.Account, error) { return k.tapsigner().Master(k.ctx, cvc(theCVC)) })
		if len(a.Path) != 0 {
			t.Errorf("%+v", a)
		}
		k.nothingPending()
		if p := k.tapsigner().Path(); p.String() != "m/84'/0'/0'" {
			t.Error(p)
		}
	}, func() *kit { k := newKit(t, wire.Tapsigner); k.setup(); return k })
}

func TestALostBackupIsMadeAgain(t *testing.T) {
	loseEach(t, func(k *kit, lose, keep func()) {
		file := again(k, lose, keep, func() ([]byte, error) { return k.tapsigner().Backup(k.ctx, cvc(theCVC)) })
		a, err := k.tapsigner().Account(k.ctx, cvc(theCVC))
		must(t, err)
		must(t, cktap.VerifyBackup(secretOf(theKey), file, a))
		k.nothingPending()
	}, func() *kit { k := newKit(t, wire.Tapsigner); k.setup(); return k })
}

func TestALostChangeIsFoundOut(t *testing.T) {
	loseEach(t, func(k *kit, lose, keep func()) {
		again(k, lose, keep, func() (struct{}, error) {
			return struct{}{}, k.tapsigner().Change(k.ctx, cvc(theCVC), cvc(newCVC))
		})
		must(t, k.tapsigner().CheckCVC(k.ctx, cvc(newCVC)))
		k.nothingPending()
	}, func() *kit { k := newKit(t, wire.Tapsigner); k.setup(); return k })
}

func TestASetupThatIsInterruptedAnywhereGoesOnAndLosesNothing(t *testing.T) {
	for _, product := range signers {
		loseEach(t, func(k *kit, lose, keep func()) {
			var files [][]byte
			w := k.wishes()
			w.Save = func(_ context.Context, b cktap.SavedBackup) error { files = append(files, b.File); return nil }
			w.NewCVC = func(context.Context) (secret.Bytes, error) { return cvc(newCVC), nil }
			done := again(k, lose, keep, func() (cktap.SetUp, error) { return k.tapsigner().Setup(k.ctx, w) })
			if !done.CVCChanged || done.BackupChecked != (product == wire.Tapsigner) {
				t.Errorf("%+v", done)
			}
			s := k.tapsigner()
			master, err := s.Master(k.ctx, cvc(newCVC))
			must(t, err)
			if master.XPub.ChainCode() != [32]byte(theEntropy) {
				t.Error("another entropy")
			}
			if product == wire.Tapsigner {
				must(t, cktap.VerifyBackup(secretOf(theKey), files[len(files)-1], done.Account))
			}
			k.nothingPending()
			if _, going, err := k.opts.Store.SettingUp(s.PublicKey()); going || err != nil {
				t.Error("the setup is not over", err)
			}
			_, err = s.Setup(k.ctx, w)
			want(t, err, card.ErrConditions, cktap.ErrHasKey)
		}, func() *kit { return newKit(t, product) })
	}
}

func TestASetupThatTheOwnerInterruptsGoesOn(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	w := k.wishes()
	var steps []cktap.Step
	w.Report = func(s cktap.Step) { steps = append(steps, s) }
	key := w.BackupKey
	w.BackupKey = func(context.Context) (secret.Bytes, error) { return secretOf([]byte("0123456789abcdeX")), nil }
	_, err := k.tapsigner().Setup(k.ctx, w)
	want(t, err, wire.ErrBackup)
	w.BackupKey = key
	done, err := k.tapsigner().Setup(k.ctx, w)
	must(t, err)
	if !done.BackupChecked || k.gate.counted(wire.CmdBackup) != 0 {
		t.Errorf("%+v, %v", done, k.gate.sent)
	}
	wanted := []cktap.Step{"genuine", "new", "entropy", "derive", "backup", "genuine", "check", "change"}
	if len(steps) != len(wanted) {
		t.Fatalf("%v", steps)
	}
	for i := range wanted {
		if steps[i] != wanted[i] {
			t.Errorf("%v", steps)
		}
	}
}

func TestACardWithAKeyIsNotSetUp(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	k.forget()
	_, err := k.tapsigner().Setup(k.ctx, k.wishes())
	refuses(t, err, card.ErrConditions, cktap.ErrHasKey, "1 backups were made of it")
	k.opts.Store = nil
	_, err = k.tapsigner().Setup(k.ctx, k.wishes())
	want(t, err, card.ErrConditions)
}
