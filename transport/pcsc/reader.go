package pcsc

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"time"
	"unsafe"
)

// Reader is one reader, or one slot of a reader that has several, as it was when it was asked about.
type Reader struct {
	Name      string // as the service calls it: "Virtual PCD 00 00"
	ATR       []byte // the card's answer to reset, 2 to 33 bytes; empty without a card
	Present   bool   // a card is in it
	InUse     bool   // a program is connected to the card
	Exclusive bool   // that program shares it with nobody; Connect would fail with card.ErrSharing
	Mute      bool   // the card does not answer
	state     uint32
}

// Readers lists the readers and what is in them. No reader is no error.
func (s *Context) Readers(ctx context.Context) ([]Reader, error) {
	return ask(ctx, s, "list readers", func(c *client) ([]Reader, error) {
		defer c.close()
		return c.readers()
	}, nil)
}

// WaitChange waits until anything differs from known, which is the answer of Readers or of the last WaitChange, and
// returns what there is now: a reader more or less, a card more or less, a program that connected or left. A card that
// came and went between two calls counts. When ctx ends first, so does the wait, with the context's error.
func (s *Context) WaitChange(ctx context.Context, known []Reader) ([]Reader, error) {
	return ask(ctx, s, "wait for a card", func(c *client) ([]Reader, error) {
		defer c.close()
		defer c.cancelWith(ctx)()
		return c.wait(ctx, known)
	}, nil)
}

// breath is the pause between two looks where something that is not awaited keeps waking us.
const breath = 10 * time.Millisecond

// cancelWith has the wait in this client cancelled when ctx ends, until the function it returns is called. A single
// cancel is lost when it comes before the wait, so that it is repeated.
func (c *client) cancelWith(ctx context.Context) (stop func()) {
	stopped, finished := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(finished)
		select {
		case <-stopped:
			return
		case <-ctx.Done():
		}
		for {
			_ = c.cancel.call(uintptr(c.context))
			select {
			case <-stopped:
				return
			case <-time.After(breath):
			}
		}
	}()
	return func() {
		close(stopped)
		<-finished
	}
}

func (c *client) wait(ctx context.Context, known []Reader) ([]Reader, error) {
	for ctx.Err() == nil {
		now, err := c.readers()
		if err != nil || !slices.EqualFunc(now, known, Reader.same) {
			return now, err
		}
		if len(now) == 0 && notification == "" { // nothing to be told about, nobody who tells
			time.Sleep(listPeriod * time.Millisecond)
			continue
		}
		switch code := c.statusChange(now, notification, listPeriod); code {
		case success, codeUnknownReader, codeTimeout:
			time.Sleep(breath / 10)
		case codeCancelled:
		default:
			return nil, code
		}
	}
	return nil, ctx.Err()
}

// SameCard tells whether the card in the reader is the one that was there at an earlier look, not taken out in between.
// It relies on the service's count of cards that came and went, which starts again with the service: then the answer is
// no.
func (r Reader) SameCard(earlier Reader) bool {
	const count = 16 // the upper half of a reader's state counts insertions and removals
	return r.Name == earlier.Name && r.Present && earlier.Present && r.state>>count == earlier.state>>count
}

// same tells whether nothing happened between two looks at a reader.
func (r Reader) same(o Reader) bool {
	return r.Name == o.Name && r.state == o.state && bytes.Equal(r.ATR, o.ATR)
}

// readers looks at all readers.
func (c *client) readers() ([]Reader, error) {
	for {
		names, err := c.names()
		if err != nil || len(names) == 0 {
			return nil, err
		}
		readers := make([]Reader, len(names))
		for i, name := range names {
			readers[i].Name = name
		}
		switch code := c.statusChange(readers, "", 0); code {
		case success, codeTimeout:
			return readers, nil
		case codeUnknownReader: // it was unplugged in between
		default:
			return nil, code
		}
	}
}

// statusChange waits for at most timeout milliseconds until a reader differs from what is known of it, nothing if its
// state is 0, and brings the readers up to date. A pseudo reader, unless empty, is waited for too.
func (c *client) statusChange(readers []Reader, pseudo string, timeout uint32) Code {
	var pin runtime.Pinner
	defer pin.Unpin()
	states := make([]readerState, len(readers), len(readers)+1)
	for i, r := range readers {
		name := cString(r.Name)
		pin.Pin(name)
		states[i].ask(name, r.state)
	}
	if pseudo != "" {
		name := cString(pseudo)
		pin.Pin(name)
		states = append(states, readerState{})
		states[len(readers)].ask(name, 0)
	}
	code := c.change.call(uintptr(c.context), uintptr(timeout), uintptr(unsafe.Pointer(&states[0])), uintptr(len(states)))
	if code != success && code != codeTimeout {
		return code
	}
	for i := range readers {
		readers[i].update(&states[i])
	}
	return code
}

func (r *Reader) update(s *readerState) {
	r.state = s.state() &^ (stateChanged | stateUnknown)
	r.Present = r.state&statePresent != 0
	r.InUse = r.state&stateInUse != 0
	r.Exclusive = r.state&stateExclusive != 0
	r.Mute = r.state&stateMute != 0
	r.ATR = nil
	if r.Present {
		r.ATR = bytes.Clone(s.answerToReset())
	}
}
