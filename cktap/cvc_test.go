package cktap_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
)

// limit spends all attempts.
func (k *kit) limit() {
	k.Helper()
	for range 3 {
		err := k.tapsigner().CheckCVC(k.ctx, cvc(wrongCVC))
		want(k, err, card.ErrWrongPIN)
	}
}

func TestTheThirdWrongCVCTellsOfTheDelay(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	for n := range 3 {
		err := k.tapsigner().CheckCVC(k.ctx, cvc(wrongCVC))
		want(t, err, card.ErrWrongPIN)
		var limit *card.RateLimitError
		if errors.As(err, &limit) != (n == 2) || n == 2 && limit.Wait != 15*time.Second {
			t.Errorf("attempt %d: %v", n+1, err)
		}
	}
	k.opts.Countdown = nil
	s := k.tapsigner()
	err := s.CheckCVC(k.ctx, cvc(theCVC))
	want(t, err, card.ErrRateLimited)
	if len(k.gate.sent) != 0 {
		t.Errorf("sent %v to a card that is known to refuse", k.gate.sent)
	}
}

func TestADelayIsWaitedOutWithACountdown(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	k.limit()
	k.counts = nil
	must(t, k.tapsigner().CheckCVC(k.ctx, cvc(theCVC)))
	if len(k.counts) != 16 || k.counts[0] != 15*time.Second || k.counts[15] != 0 ||
		!slices.IsSortedFunc(k.counts, func(a, b time.Duration) int { return int(b - a) }) {
		t.Errorf("counted %v", k.counts)
	}
	if k.gate.counted(wire.CmdWait) != 16 {
		t.Errorf("sent %v", k.gate.sent)
	}
}

func TestA429InTheMiddleIsWaitedOutToo(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	s := k.tapsigner()
	other, err := k.opts.Select(k.ctx, card.NewChannel(k.gate.Link)) // another program, at the same card
	must(t, err)
	for range 3 {
		want(t, other.CheckCVC(k.ctx, cvc(wrongCVC)), card.ErrWrongPIN)
	}
	_, err = s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
	must(t, err)
	if k.gate.counted(wire.CmdSign) != 2 || k.gate.counted(wire.CmdWait) != 15 {
		t.Errorf("sent %v", k.gate.sent)
	}
}

func TestTheCountdownCanStopTheWaiting(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	k.limit()
	enough := errors.New("enough")
	k.opts.Countdown = func(_ context.Context, left time.Duration) error {
		if left < 10*time.Second {
			return enough
		}
		return nil
	}
	want(t, k.tapsigner().Wait(k.ctx), enough)
}

func TestADelayThatDoesNotShrinkIsGivenUp(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	k.limit()
	k.gate.change = func(name string, answer []byte) []byte {
		if name == wire.CmdWait {
			answer, _ = wire.WaitAnswer{Success: true, AuthDelay: 15}.Encode()
		}
		return answer
	}
	want(t, k.tapsigner().Wait(k.ctx), card.ErrBadResponse, cktap.ErrNotReset)
}

func TestACVCOfImpossibleLengthIsNotSent(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	s := k.tapsigner()
	for _, bad := range []string{"", "12345", "123456789012345678901234567890123"} {
		want(t, s.CheckCVC(k.ctx, cvc(bad)), card.ErrWrongData, wire.ErrCVC)
	}
	if len(k.gate.sent) != 0 {
		t.Errorf("sent %v", k.gate.sent)
	}
}

func TestTheCVCIsChanged(t *testing.T) {
	eachSigner(t, func(t *testing.T, product wire.Product, p applet.Profile) {
		if p.SatschipNeedsBackup && product == wire.Satschip {
			t.Skip("the emulator wants a backup of a SATSCHIP, which has none")
		}
		k := newKit(t, product, firmware(p))
		s := k.ready()
		for _, bad := range []string{"12345", "12345a", theCVC} {
			want(t, s.Change(k.ctx, cvc(theCVC), cvc(bad)), card.ErrWrongData)
		}
		if len(k.gate.sent) != 0 {
			t.Errorf("sent %v", k.gate.sent)
		}
		must(t, s.Change(k.ctx, cvc(theCVC), cvc(newCVC)))
		_, err := s.Sign(k.ctx, cvc(newCVC), nil, theDigest, nil)
		must(t, err)
		_, err = s.Sign(k.ctx, cvc(theCVC), nil, [32]byte{3}, nil)
		want(t, err, card.ErrWrongPIN)
	})
}

func TestABackupComesBeforeTheChange(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	w := k.wishes()
	stop := errors.New("stop")
	w.Save = func(context.Context, cktap.SavedBackup) error { return stop }
	_, err := k.tapsigner().Setup(k.ctx, w)
	want(t, err, stop)
	k.gate.change = func(name string, answer []byte) []byte {
		if name != "SELECT" {
			return answer
		}
		return edit(t, answer, func(m fields) { m["num_backups"] = 0 })
	}
	want(t, k.tapsigner().Change(k.ctx, cvc(theCVC), cvc(newCVC)), card.ErrConditions)
	_, err = newKit(t, wire.Satschip).ready().Backup(k.ctx, cvc(theCVC))
	want(t, err, card.ErrUnsupported)
}
