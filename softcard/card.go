package softcard

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"tapcard.example/iso7816"
)

// ErrNoPower is returned by a card that is not powered, or lost power while it worked.
var ErrNoPower = errors.New("softcard: no power")

// Card is a whole card: an answer to reset, a directory of applets, memory, power. It is safe for concurrent use; it
// works on one command at a time, as a chip does.
type Card struct {
	atr    []byte
	mux    *Mux
	store  *Store
	mu     sync.Mutex
	s      Session
	field  context.Context // ends with power
	off    context.CancelFunc
	record func(c iso7816.Command, r iso7816.Response)
}

// NewCard makes an unpowered card.
func NewCard(atr []byte, m *Mux, s *Store) *Card {
	return &Card{atr: bytes.Clone(atr), mux: m, store: s}
}

// ATR is the card's answer to reset.
func (c *Card) ATR() []byte { return bytes.Clone(c.atr) }

// Store is the card's persistent memory.
func (c *Card) Store() *Store { return c.store }

// Record has f called with every command and its answer, as they cross the field.
func (c *Card) Record(f func(c iso7816.Command, r iso7816.Response)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.record = f
}

// PowerOn powers the card; it is without effect on a powered one.
func (c *Card) PowerOn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.field == nil {
		c.field, c.off = context.WithCancel(context.Background())
	}
}

// PowerOff takes the power away. All volatile state is gone.
func (c *Card) PowerOff() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop()
}

// Reset is a warm reset: power off and on again.
func (c *Card) Reset() {
	c.PowerOff()
	c.PowerOn()
}

// drop forgets everything volatile; c.mu is held.
func (c *Card) drop() {
	if c.off != nil {
		c.off()
	}
	c.field, c.off = nil, nil
	c.s.clear()
	c.mux.reset()
}

// Transmit serves one encoded command APDU. A malformed one is answered 6700. The error is ErrNoPower when the card is
// off or power was cut at a commit; then the card is off until PowerOn.
func (c *Card) Transmit(apdu []byte) (answer []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.field == nil {
		return nil, ErrNoPower
	}
	defer func() {
		if p := recover(); p != nil {
			if p != ErrTorn {
				panic(p)
			}
			c.drop()
			answer, err = nil, ErrNoPower
		}
	}()
	command, parseErr := iso7816.ParseCommand(apdu)
	if parseErr != nil {
		return iso7816.Response{SW: iso7816.WrongLength}.Bytes(), nil
	}
	response := c.mux.serve(c.field, &c.s, command)
	if c.record != nil {
		c.record(command, response)
	}
	return response.Bytes(), nil
}
