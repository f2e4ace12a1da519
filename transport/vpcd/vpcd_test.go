package vpcd_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"tapcard.example/transport/vpcd"
)

// echo is a card that answers every APDU with itself and 9000, and writes down what was done to it.
type echo struct {
	mu     sync.Mutex
	events []string
	silent bool // answer with an error, once
}

func (e *echo) PowerOn()    { e.note("on") }
func (e *echo) PowerOff()   { e.note("off") }
func (e *echo) Reset()      { e.note("reset") }
func (e *echo) ATR() []byte { return []byte{0x3B, 0x80, 0x80, 0x01, 0x01} }

func (e *echo) Transmit(apdu []byte) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.silent {
		e.silent = false
		return nil, errors.New("no power")
	}
	return append(bytes.Clone(apdu), 0x90, 0x00), nil
}

func (e *echo) note(event string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, event)
}

func (e *echo) log() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.events)
}

// slot is the other side: a listener as vpcd has one, on a free loopback port.
type slot struct {
	t *testing.T
	net.Listener
}

func newSlot(t *testing.T, addr string) *slot {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &slot{t, l}
}

// accept waits for the card.
func (s *slot) accept() *reader {
	s.t.Helper()
	conn, err := s.Accept()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	return &reader{s.t, conn}
}

// reader is a connection as vpcd sees it.
type reader struct {
	t *testing.T
	net.Conn
}

// send writes a frame the way vpcd does, length and payload apart.
func (r *reader) send(payload ...byte) {
	r.t.Helper()
	if _, err := r.Write(binary.BigEndian.AppendUint16(nil, uint16(len(payload)))); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Write(payload); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) receive() []byte {
	r.t.Helper()
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		r.t.Fatal(err)
	}
	payload := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(r, payload); err != nil {
		r.t.Fatal(err)
	}
	return payload
}

// serve runs a slot until the test ends, and checks that it then ends too and leaves the card without power.
func serve(t *testing.T, s *vpcd.Slot, card *echo) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, card) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(5 * time.Second):
			t.Error("Serve does not end with its context")
		}
		if log := card.log(); len(log) > 0 && log[len(log)-1] != "off" {
			t.Errorf("the card is left powered: %v", log)
		}
	})
}

func TestControlsReachTheCardAndOnlyTheATRIsAnswered(t *testing.T) {
	card, l := &echo{}, newSlot(t, "127.0.0.1:0")
	serve(t, &vpcd.Slot{Addr: l.Addr().String()}, card)
	r := l.accept()
	r.send(1)
	r.send(2)
	r.send(0)
	r.send(4)
	if got := r.receive(); !bytes.Equal(got, card.ATR()) {
		t.Errorf("the first answer is %X, want the ATR", got)
	}
	if got := card.log(); !slices.Equal(got, []string{"on", "reset", "off"}) {
		t.Errorf("the card saw %v", got)
	}
}

func TestCommandsOfEveryLengthAreAnswered(t *testing.T) {
	l := newSlot(t, "127.0.0.1:0")
	serve(t, &vpcd.Slot{Addr: l.Addr().String()}, &echo{})
	r := l.accept()
	for _, n := range []int{2, 3, 4, 5, 127, 255, 256, 261, 1024, 4096, 65533} {
		command := bytes.Repeat([]byte{0xA5}, n)
		r.send(command...)
		if got := r.receive(); !bytes.Equal(got, append(command, 0x90, 0x00)) {
			t.Fatalf("length %d: answer of %d bytes", n, len(got))
		}
	}
}

func TestFramesTooShortForACommandAreAnswered6700(t *testing.T) {
	l := newSlot(t, "127.0.0.1:0")
	serve(t, &vpcd.Slot{Addr: l.Addr().String()}, &echo{})
	r := l.accept()
	for _, frame := range [][]byte{{}, {3}, {5}, {0xFF}} {
		r.send(frame...)
		if got := r.receive(); !bytes.Equal(got, []byte{0x67, 0x00}) {
			t.Errorf("frame %X: answer %X, want 6700", frame, got)
		}
	}
}

func TestAnAnswerThatDoesNotFitIntoAFrameTakesTheCardOut(t *testing.T) {
	l := newSlot(t, "127.0.0.1:0")
	serve(t, &vpcd.Slot{Addr: l.Addr().String()}, &echo{})
	r := l.accept()
	r.send(make([]byte, 65535)...)
	if n, err := r.Read(make([]byte, 1)); err == nil {
		t.Fatalf("read %d bytes, want the end of the connection", n)
	}
	l.accept()
}

func TestACardThatFallsSilentIsPulledAndInsertedAgain(t *testing.T) {
	l := newSlot(t, "127.0.0.1:0")
	serve(t, &vpcd.Slot{Addr: l.Addr().String()}, &echo{silent: true})
	r := l.accept()
	r.send(0, 1, 2, 3)
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("the connection is still open: %v", err)
	}
	r = l.accept()
	r.send(0, 1, 2, 3)
	if got := r.receive(); len(got) != 6 {
		t.Errorf("answer %X", got)
	}
}

func TestServeWaitsForVpcdAndSurvivesItsRestart(t *testing.T) {
	first := newSlot(t, "127.0.0.1:0")
	addr := first.Addr().String()
	first.Close()
	changes := make(chan bool, 100)
	card := &echo{}
	serve(t, &vpcd.Slot{Addr: addr, Changed: func(in bool, _ error) { changes <- in }}, card)
	if in := <-changes; in {
		t.Fatal("inserted although nobody listens")
	}
	for range 2 {
		l := newSlot(t, addr)
		r := l.accept()
		r.send(4)
		r.receive()
		for in := range changes {
			if in {
				break
			}
		}
		l.Close()
		r.Close()
		if in := <-changes; in {
			t.Fatal("still inserted after the connection broke")
		}
	}
}

func TestServeEndsInTheMiddleOfAFrame(t *testing.T) {
	l := newSlot(t, "127.0.0.1:0")
	serve(t, &vpcd.Slot{Addr: l.Addr().String()}, &echo{})
	r := l.accept()
	if _, err := r.Write([]byte{0xFF, 0xFF, 1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // serve's cleanup cancels while the card waits for the rest
}

func TestOnlyLoopbackAddressesAreServed(t *testing.T) {
	for _, addr := range []string{"", "127.0.0.1", "0.0.0.0:35963", "192.0.2.1:35963", "[2001:db8::1]:1", "example.com:1",
		":35963", "localhost.example.com:1"} {
		if err := vpcd.Serve(t.Context(), addr, &echo{}); err == nil {
			t.Errorf("%q is accepted", addr)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, addr := range []string{vpcd.FirstSlot, vpcd.SecondSlot, "localhost:1", "[::1]:1", "[::ffff:127.0.0.1]:1"} {
		if err := vpcd.Serve(ended, addr, &echo{}); err != nil {
			t.Errorf("%q is refused: %v", addr, err)
		}
	}
}
