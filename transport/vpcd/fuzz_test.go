package vpcd

import (
	"bytes"
	"testing"
)

// tape plays what a hostile vpcd sends and takes what the card answers.
type tape struct {
	*bytes.Reader
	answers int
}

func (t *tape) Write(b []byte) (int, error) {
	t.answers++
	return len(b), nil
}

type fixedCard struct{}

func (fixedCard) PowerOn()                             {}
func (fixedCard) PowerOff()                            {}
func (fixedCard) Reset()                               {}
func (fixedCard) ATR() []byte                          { return []byte{0x3B, 0x00} }
func (fixedCard) Transmit(apdu []byte) ([]byte, error) { return []byte{0x90, 0x00}, nil }

// FuzzFrames plays any bytes to a card: every frame is served or the connection ends, and no frame has two answers.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{0, 1, 1, 0, 1, 4, 0, 4, 0, 0xA4, 4, 0})
	f.Add([]byte{0, 0, 0xFF, 0xFF, 1})
	f.Fuzz(func(t *testing.T, input []byte) {
		wire := &tape{Reader: bytes.NewReader(input)}
		s := newStream(wire)
		for frames := 1; ; frames++ {
			frame, err := s.read()
			if err != nil {
				return
			}
			if err := answer(s, fixedCard{}, frame); err != nil {
				t.Fatal(err)
			}
			if wire.answers > frames {
				t.Fatalf("%d answers to %d frames", wire.answers, frames)
			}
		}
	})
}
