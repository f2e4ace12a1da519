package vpcd

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A frame is a big-endian uint16, the length, and so many bytes. From vpcd, one byte is one of the controls below and
// everything else is a command APDU. To vpcd go the answer to reset and the response APDUs; the other controls have no
// answer. (An APDU of one byte cannot be told from a control. pcscd passes one on, but no command is that short.)
const (
	controlOff   = 0
	controlOn    = 1
	controlReset = 2
	controlATR   = 4
)

// maxFrame is what the length field can say. Nothing longer is ever allocated.
const maxFrame = 0xFFFF

// wrongLength is status word 6700, what a card says to something too short to be a command.
var wrongLength = []byte{0x67, 0x00}

// answer does what one frame asks for.
func answer(s *stream, card Card, frame []byte) error {
	if len(frame) == 1 {
		switch frame[0] {
		case controlOff:
			card.PowerOff()
			return nil
		case controlOn:
			card.PowerOn()
			return nil
		case controlReset:
			card.Reset()
			return nil
		case controlATR:
			return s.write(card.ATR())
		}
	}
	if len(frame) < 2 {
		return s.write(wrongLength)
	}
	response, err := card.Transmit(frame)
	if err != nil {
		return fmt.Errorf("the card fell silent: %w", err)
	}
	return s.write(response)
}

// stream reads and writes frames. The buffers are its own and live as long as the connection.
type stream struct {
	rw       io.ReadWriter
	quickAck func()
	in, out  []byte
}

func newStream(rw io.ReadWriter) *stream {
	return &stream{rw: rw, quickAck: quickAcker(rw), in: make([]byte, maxFrame), out: make([]byte, 0, 2+maxFrame)}
}

// read returns the next frame, valid until the next read.
func (s *stream) read() ([]byte, error) {
	length, err := s.readFull(2)
	if err != nil {
		return nil, err
	}
	return s.readFull(int(binary.BigEndian.Uint16(length)))
}

// readFull reads exactly n bytes into the buffer. vpcd writes length and payload separately, and its kernel holds the
// second back until the first is acknowledged, which ours delays by some 40 ms unless asked not to. The kernel forgets
// that it was asked, so that it is asked before every read; without this each APDU takes 44 ms instead of 0.1.
func (s *stream) readFull(n int) ([]byte, error) {
	buffer := s.in[:n]
	for got := 0; got < n; {
		s.quickAck()
		more, err := s.rw.Read(buffer[got:])
		if got += more; got == n {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return buffer, nil
}

// write sends one frame in one piece.
func (s *stream) write(payload []byte) error {
	if len(payload) > maxFrame {
		return fmt.Errorf("an answer of %d bytes does not fit into a frame", len(payload))
	}
	s.out = binary.BigEndian.AppendUint16(s.out[:0], uint16(len(payload)))
	s.out = append(s.out, payload...)
	_, err := s.rw.Write(s.out)
	return err
}
