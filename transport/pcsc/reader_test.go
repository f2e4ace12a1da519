package pcsc_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/internal/matrix"
	"tapcard.example/transport/pcsc"
	"tapcard.example/transport/vpcd"
)

// patience is how long anything may take before it counts as hanging.
const patience = 10 * time.Second

// readerTable is the title in the support matrix.
const readerTable = "Readers"

// echo is a card that answers with the command it got, or with as many bytes as INS 02 asks for.
type echo struct {
	atr    []byte
	slow   chan struct{} // a command with INS FF waits for this
	inside chan struct{} // and says so here
	opened int           // commands since power-on, in the answer to INS 01
}

func newEcho() *echo {
	return &echo{
		atr:    []byte{0x3B, 0x80, 0x80, 0x01, 0x01}, // T=1
		slow:   make(chan struct{}),
		inside: make(chan struct{}, 1),
	}
}

func (e *echo) PowerOn()    { e.opened = 0 }
func (e *echo) PowerOff()   { e.opened = 0 }
func (e *echo) Reset()      { e.opened = 0 }
func (e *echo) ATR() []byte { return e.atr }

func (e *echo) Transmit(apdu []byte) ([]byte, error) {
	e.opened++
	ins := byte(0)
	if len(apdu) > 1 {
		ins = apdu[1]
	}
	switch ins {
	case 0x01:
		return []byte{byte(e.opened), 0x90, 0x00}, nil
	case 0x02:
		return append(bytes.Repeat([]byte{0xA5}, int(apdu[2])<<8|int(apdu[3])), 0x90, 0x00), nil
	case 0xFF:
		e.inside <- struct{}{}
		<-e.slow
	}
	return append(bytes.Clone(apdu), 0x90, 0x00), nil
}

// service opens PC/SC, or skips the test where there is no reader that may be played with.
func service(t testing.TB) *pcsc.Context {
	t.Helper()
	if os.Getenv("TAPCARD_PCSCD") == "" {
		t.Skip("needs a private reader: run scripts/in-reader go test ./transport/...")
	}
	s, err := pcsc.Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// insert puts a card into a slot until the function returned is called, or the test ends.
func insert(t testing.TB, s *pcsc.Context, addr, reader string, c vpcd.Card) (remove func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := vpcd.Serve(ctx, addr, c); err != nil {
			t.Error(err)
		}
	}()
	waitFor(t, s, reader, true)
	remove = func() {
		cancel()
		<-done
		waitFor(t, s, reader, false)
	}
	t.Cleanup(remove)
	return remove
}

// waitFor waits until there is, or is no, card in a reader, by means of WaitChange.
func waitFor(t testing.TB, s *pcsc.Context, reader string, present bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	readers, err := s.Readers(ctx)
	for err == nil {
		for _, r := range readers {
			if r.Name == reader && r.Present == present && !r.Mute {
				return
			}
		}
		readers, err = s.WaitChange(ctx, readers)
	}
	t.Fatalf("waiting for a card in %s (%v): %v", reader, present, err)
}

const (
	firstReader  = "Virtual PCD 00 00"
	secondReader = "Virtual PCD 00 01"
)

func connect(t testing.TB, s *pcsc.Context, reader string) card.Link {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	link, err := s.Connect(ctx, reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { link.Close() })
	return link
}

func send(t testing.TB, l card.Link, command ...byte) []byte {
	t.Helper()
	answer, err := l.Transmit(t.Context(), command)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestCommandsAndAnswersOfEveryLengthCrossTheReader(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "commands and answers of every length", "Linux, pcscd")
	insert(t, s, vpcd.FirstSlot, firstReader, newEcho())
	link := connect(t, s, firstReader)
	for _, n := range []int{4, 5, 6, 100, 255, 260, 261, 262, 1000, 4096, 32000, 65533} {
		command := bytes.Repeat([]byte{0x80}, n)
		if answer := send(t, link, command...); !bytes.Equal(answer, append(command, 0x90, 0x00)) {
			t.Errorf("command of %d bytes: answer of %d", n, len(answer))
		}
	}
	for _, n := range []int{0, 1, 255, 256, 257, 5000, 65533} {
		if answer := send(t, link, 0x80, 0x02, byte(n>>8), byte(n)); len(answer) != n+2 {
			t.Errorf("answer of %d bytes, want %d", len(answer), n+2)
		}
	}
}

func TestReadersTellWhatIsInThem(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "two readers, told apart by what is in them", "Linux, pcscd")
	c := newEcho()
	insert(t, s, vpcd.SecondSlot, secondReader, c)
	readers, err := s.Readers(t.Context())
	if err != nil || len(readers) != 2 {
		t.Fatalf("%+v, %v", readers, err)
	}
	if r := readers[0]; r.Name != firstReader || r.Present || r.ATR != nil {
		t.Errorf("first slot: %+v", r)
	}
	if r := readers[1]; r.Name != secondReader || !r.Present || !bytes.Equal(r.ATR, c.atr) || r.InUse {
		t.Errorf("second slot: %+v", r)
	}
	link := connect(t, s, secondReader)
	info := link.Info()
	if info.Reader != secondReader || !bytes.Equal(info.ATR, c.atr) || info.Extended || info.Software {
		t.Errorf("info %+v", info)
	}
	if readers, err = s.WaitChange(t.Context(), readers); err != nil || !readers[1].InUse {
		t.Errorf("after connecting: %+v, %v", readers, err)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "waiting can be cancelled", "Linux, pcscd")
	readers, err := s.Readers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{0, time.Microsecond, 100 * time.Microsecond, 50 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		start := time.Now()
		_, err := s.WaitChange(ctx, readers)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", after, err)
		}
		if took := time.Since(start); took > after+time.Second {
			t.Errorf("a wait of %v took %v", after, took)
		}
	}
}

func TestConnectSaysWhatIsMissing(t *testing.T) {
	s := service(t)
	if _, err := s.Connect(t.Context(), firstReader); !errors.Is(err, card.ErrNoCard) {
		t.Errorf("empty reader: %v", err)
	}
	if _, err := s.Connect(t.Context(), "no such reader"); !errors.Is(err, card.ErrNoReader) {
		t.Errorf("no reader: %v", err)
	}
}

func TestARemovedCardIsNoticed(t *testing.T) {
	s := service(t)
	matrix.Shows(t, readerTable, "a removed card is noticed", "Linux, pcscd")
	remove := insert(t, s, vpcd.FirstSlot, firstReader, newEcho())
	link := connect(t, s, firstReader)
	send(t, link, 0x80, 0, 0, 0)
	remove()
	if _, err := link.Transmit(t.Context(), []byte{0x80, 0, 0, 0}); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("command to a card that is gone: %v", err)
	}
	insert(t, s, vpcd.FirstSlot, firstReader, newEcho())
	if _, err := link.Transmit(t.Context(), []byte{0x80, 0, 0, 0}); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("command to another card over the old link: %v", err)
	}
}
