package pcsc_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/internal/matrix"
	"tapcard.example/transport/pcsc"
	"tapcard.example/transport/vpcd"
)

func TestResetAndCloseLeaveNothingOpenOnTheCard(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "reset", "Linux, pcscd")
	insert(t, s, vpcd.FirstSlot, firstReader, newEcho())
	link := connect(t, s, firstReader)
	send(t, link, 0x80, 0x00, 0, 0)
	if n := send(t, link, 0x80, 0x01, 0, 0)[0]; n != 2 {
		t.Fatalf("the card counts %d commands since power-on, want 2", n)
	}
	if err := link.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := send(t, link, 0x80, 0x01, 0, 0)[0]; n != 1 {
		t.Errorf("after Reset the card counts %d commands, want 1", n)
	}
	if err := link.Close(); err != nil {
		t.Fatal(err)
	}
	if n := send(t, connect(t, s, firstReader), 0x80, 0x01, 0, 0)[0]; n != 1 {
		t.Errorf("after Close the next program's first command is number %d", n)
	}
	if _, err := link.Transmit(t.Context(), []byte{0x80, 0, 0, 0}); err == nil {
		t.Error("a closed link transmits")
	}
	if err := link.Reset(t.Context()); err == nil {
		t.Error("a closed link resets")
	}
}

func TestAnotherProgramWaitsUntilTheLinkIsClosed(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "exclusive use, other programs wait", "Linux, pcscd")
	insert(t, s, vpcd.FirstSlot, firstReader, newEcho())
	mine := connect(t, s, firstReader)
	send(t, mine, 0x80, 0x00, 0, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := s.Connect(ctx, firstReader)
	if !errors.Is(err, card.ErrSharing) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("second program: %v", err)
	}
	theirs := make(chan card.Link)
	go func() {
		link, err := s.Connect(context.WithoutCancel(t.Context()), firstReader)
		if err != nil {
			t.Error(err)
		}
		theirs <- link
	}()
	for i := byte(2); i < 50; i++ {
		if n := send(t, mine, 0x80, 0x01, 0, 0)[0]; n != i {
			t.Fatalf("command %d is number %d on the card", i, n)
		}
	}
	mine.Close()
	link := <-theirs
	defer link.Close()
	if n := send(t, link, 0x80, 0x01, 0, 0)[0]; n != 1 {
		t.Errorf("the second program's first command is number %d: the card was not reset", n)
	}
}

func TestAProgramThatSharesWithNobodyIsNamedAsTheCause(t *testing.T) {
	s := service(t)
	insert(t, s, vpcd.FirstSlot, firstReader, newEcho())
	release, err := pcsc.ConnectExclusively(firstReader)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Connect(t.Context(), firstReader)
	if !errors.Is(err, card.ErrSharing) || !strings.Contains(err.Error(), "another program holds the reader") {
		t.Errorf("while it holds the card: %v", err)
	}
	if readers, err := s.Readers(t.Context()); err != nil || !readers[0].Exclusive {
		t.Errorf("%+v, %v", readers, err)
	}
	release()
	send(t, connect(t, s, firstReader), 0x80, 0, 0, 0)
}

func TestASilentSessionThatSpeaksUpDisturbsNoCommand(t *testing.T) {
	s := service(t)
	insert(t, s, vpcd.FirstSlot, firstReader, newEcho())
	*pcsc.KeepAlive = 100 * time.Microsecond
	defer func() { *pcsc.KeepAlive = 0 }()
	link := connect(t, s, firstReader)
	for i := byte(1); i < 200; i++ {
		if n := send(t, link, 0x80, 0x01, 0, 0)[0]; n != i {
			t.Fatalf("command %d is number %d on the card", i, n)
		}
	}
	if err := link.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	link.Close()
	time.Sleep(10 * time.Millisecond)
}

func TestAnInterruptedExchangeIsReportedAtOnceAndTheCardReset(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "an exchange can be interrupted", "Linux, pcscd")
	c := newEcho()
	insert(t, s, vpcd.FirstSlot, firstReader, c)
	link := connect(t, s, firstReader)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-c.inside
		cancel()
	}()
	start := time.Now()
	_, err := link.Transmit(ctx, []byte{0x80, 0xFF, 0, 0})
	if !errors.Is(err, card.ErrInterrupted) || !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v to say so", took)
	}
	if _, err := link.Transmit(t.Context(), []byte{0x80, 0, 0, 0}); !errors.Is(err, card.ErrPoisoned) {
		t.Errorf("the next command: %v", err)
	}
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if err := link.Reset(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("reset while the card still works: %v", err)
	}
	c.slow <- struct{}{}
	if err := link.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := send(t, link, 0x80, 0x01, 0, 0)[0]; n != 1 {
		t.Errorf("after the interruption the first command is number %d", n)
	}
}

func TestALinkClosedWhileTheCardStillWorksLeavesItReset(t *testing.T) {
	s := service(t)
	c := newEcho()
	insert(t, s, vpcd.FirstSlot, firstReader, c)
	link := connect(t, s, firstReader)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-c.inside
		cancel()
	}()
	if _, err := link.Transmit(ctx, []byte{0x80, 0xFF, 0, 0}); !errors.Is(err, card.ErrInterrupted) {
		t.Fatal(err)
	}
	if err := link.Close(); err != nil {
		t.Fatal(err)
	}
	c.slow <- struct{}{}
	if n := send(t, connect(t, s, firstReader), 0x80, 0x01, 0, 0)[0]; n != 1 {
		t.Errorf("the next program's first command is number %d", n)
	}
}

func TestACardThatSpeaksT0GetsCommandsItUnderstands(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "cards that speak T=0", "Linux, pcscd")
	c := newEcho()
	c.atr = []byte{0x3B, 0x00}
	insert(t, s, vpcd.FirstSlot, firstReader, c)
	link := connect(t, s, firstReader)
	for _, x := range []struct{ command, sent string }{
		{"\x80\x00\x00\x00", "\x80\x00\x00\x00\x00"},
		{"\x80\x00\x00\x00\x10", "\x80\x00\x00\x00\x10"},
		{"\x80\x00\x00\x00\x02ab", "\x80\x00\x00\x00\x02ab"},
		{"\x80\x00\x00\x00\x02ab\x00", "\x80\x00\x00\x00\x02ab"},
	} {
		if got := string(send(t, link, []byte(x.command)...)); got != x.sent+"\x90\x00" {
			t.Errorf("%X reached the card as %X", x.command, got)
		}
	}
	for _, command := range []string{"\x80\x00\x00\x00\x00\x00\x01a", "\x80\x00\x00\x00\x05a", "\x80\x00\x00"} {
		if _, err := link.Transmit(t.Context(), []byte(command)); !errors.Is(err, card.ErrWrongData) {
			t.Errorf("%X: %v", command, err)
		}
	}
}

func TestTheServiceMayRestart(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "pcscd may restart", "Linux, pcscd")
	insert(t, s, vpcd.FirstSlot, firstReader, newEcho())
	link := connect(t, s, firstReader)
	readers, err := s.Readers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waited := make(chan error)
	go func() {
		_, err := s.WaitChange(context.WithoutCancel(t.Context()), readers)
		waited <- err
	}()
	time.Sleep(50 * time.Millisecond)
	killPcscd(t)
	if err := <-waited; !errors.Is(err, card.ErrNoService) {
		t.Errorf("waiting while the service ends: %v", err)
	}
	if _, err := s.Readers(t.Context()); !errors.Is(err, card.ErrNoService) {
		t.Errorf("without a service: %v", err)
	} else {
		t.Log(err)
	}
	if _, err := link.Transmit(t.Context(), []byte{0x80, 0, 0, 0}); !errors.Is(err, card.ErrNoService) {
		t.Errorf("command over a link of the old service: %v", err)
	}
	link.Close()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) { // in-reader starts pcscd again
		if _, err := s.Readers(t.Context()); err == nil {
			break
		}
		if time.Since(start) > patience {
			t.Fatal("pcscd does not come back")
		}
	}
	waitFor(t, s, firstReader, true)
	send(t, connect(t, s, firstReader), 0x80, 0, 0, 0)
}

// killPcscd ends the private pcscd and waits until it is gone.
func killPcscd(t *testing.T) {
	t.Helper()
	file, err := os.ReadFile("/run/pcscd/pcscd.pid")
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.Trim(string(file), "\n\x00"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for syscall.Kill(pid, 0) == nil {
		time.Sleep(time.Millisecond)
	}
}
