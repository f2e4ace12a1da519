package pcsc

import (
	"bytes"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"tapcard.example/card"
)

// Lengths of APDUs that PC/SC carries.
const (
	minCommand = 4                     // CLA INS P1 P2
	maxCommand = 4 + 3 + 1<<16 - 1 + 2 // with extended Lc, 65535 bytes of data and extended Le
	maxAnswer  = 1<<16 + 2             // 65536 bytes and a status word
)

// session is a connection to a card with a transaction on it. Its methods return a Code as error, or what wraps it.
type session struct {
	*client
	mu       sync.Mutex // one call at a time: the owner's, or the one that keeps the transaction alive
	card     handle
	protocol dword
	atr      []byte
	held     bool // the transaction
	ended    bool
	answer   []byte // room for one, allocated once
}

// connectTo connects to the card in a reader, sharing it, with whatever protocol it speaks.
func (c *client) connectTo(reader string) (*session, error) {
	s := &session{client: c, answer: make([]byte, maxAnswer)}
	code := c.connect.call(uintptr(c.context), uintptr(unsafe.Pointer(cString(reader))), shareShared,
		protocolT0|protocolT1, uintptr(unsafe.Pointer(&s.card)), uintptr(unsafe.Pointer(&s.protocol)))
	if code != success {
		return nil, code
	}
	return s, nil
}

// begin waits for the transaction. Whoever had it before may have reset the card, which must be acknowledged.
func (s *session) begin() error {
	const patience = 100 // programs that reset the card one after the other
	for range patience {
		code := s.client.begin.call(uintptr(s.card))
		if code == success {
			s.held = true
			if s.atr, code = s.readATR(); code == success {
				s.stayAlive()
				return nil
			}
		}
		if code != codeReset {
			return code
		}
		if s.held {
			s.held = false
			_ = s.end.call(uintptr(s.card), leaveCard)
		}
		if code = s.reconnectWith(leaveCard); code != success {
			return code
		}
	}
	return codeReset
}

// stayAlive asks for the card's state from time to time, where the platform resets the card of a silent session.
func (s *session) stayAlive() {
	if keepAlive > 0 {
		time.AfterFunc(keepAlive, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if !s.ended {
				_, _ = s.readATR()
				s.stayAlive()
			}
		})
	}
}

// reset powers the card off and on and returns its answer to reset. The transaction stays.
func (s *session) reset() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code := s.reconnectWith(unpowerCard); code != success {
		return nil, code.wrapped()
	}
	atr, code := s.readATR()
	if code != success {
		return nil, code.wrapped()
	}
	return atr, nil
}

// reconnectWith does something to the card and makes a connection valid again that a reset has made invalid.
func (s *session) reconnectWith(disposition uintptr) Code {
	return s.reconnect.call(uintptr(s.card), shareShared, protocolT0|protocolT1, disposition,
		uintptr(unsafe.Pointer(&s.protocol)))
}

func (s *session) readATR() ([]byte, Code) {
	var name [256]byte
	var atr [36]byte
	var state, protocol dword
	nameLength, atrLength := dword(len(name)), dword(len(atr))
	code := s.status.call(uintptr(s.card), uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(&nameLength)),
		uintptr(unsafe.Pointer(&state)), uintptr(unsafe.Pointer(&protocol)),
		uintptr(unsafe.Pointer(&atr[0])), uintptr(unsafe.Pointer(&atrLength)))
	return bytes.Clone(atr[:min(int(atrLength), len(atr))]), code
}

// exchange sends one command and returns the answer.
func (s *session) exchange(command []byte) ([]byte, error) {
	if len(command) < minCommand || len(command) > maxCommand {
		return nil, fmt.Errorf("%w: no command has %d bytes", card.ErrWrongData, len(command))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.protocol == protocolT0 {
		var err error
		if command, err = forT0(command); err != nil {
			return nil, err
		}
	}
	type header struct{ protocol, length dword } // SCARD_IO_REQUEST
	h := header{s.protocol, dword(unsafe.Sizeof(header{}))}
	length := dword(len(s.answer))
	code := s.transmit.call(uintptr(s.card), uintptr(unsafe.Pointer(&h)), uintptr(unsafe.Pointer(&command[0])),
		uintptr(len(command)), 0, uintptr(unsafe.Pointer(&s.answer[0])), uintptr(unsafe.Pointer(&length)))
	if code != success {
		return nil, code.wrapped()
	}
	if length < 2 || int(length) > len(s.answer) {
		return nil, fmt.Errorf("%w: %d bytes", card.ErrBadResponse, length)
	}
	return bytes.Clone(s.answer[:length]), nil
}

// close ends everything, the transaction with what is to happen to the card. Failures are the card's absence.
func (s *session) close(disposition uintptr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held {
		_ = s.end.call(uintptr(s.card), disposition)
	}
	_ = s.disconnect.call(uintptr(s.card), leaveCard)
	s.ended = true
	s.client.close()
}
