package card

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tapcard.example/iso7816"
)

// Exchange is one command and its answer, as an observer sees it.
type Exchange struct {
	Op       string // "VERIFY PIN"
	Command  iso7816.Command
	Response iso7816.Response
	Took     time.Duration
	Inner    bool // the plaintext inside a secure channel; the exchange that carried it was reported just before
}

// Channel sends commands to a card. It splits what is too long into chains, collects what comes back in pieces, and
// repeats a command whose length field the card corrects. It is used by one goroutine at a time.
type Channel struct {
	link     Link
	observe  func(Exchange)
	poisoned bool
	apdus    int
}

// NewChannel makes a channel over a link.
func NewChannel(l Link) *Channel { return &Channel{link: l} }

// Observe has f called after each exchange.
func (ch *Channel) Observe(f func(Exchange)) { ch.observe = f }

// Report shows the observer the plaintext of the exchange just made; secure channels call it.
func (ch *Channel) Report(e Exchange) {
	if ch.observe != nil {
		e.Inner = true
		ch.observe(e)
	}
}

// Observed says whether anybody looks, so that secure channels need not prepare a Report for nobody.
func (ch *Channel) Observed() bool { return ch.observe != nil }

// APDUs is the number of commands that went over the link so far: what a tap costs.
func (ch *Channel) APDUs() int { return ch.apdus }

// Info describes the reader and the card.
func (ch *Channel) Info() Info { return ch.link.Info() }

// Close closes the link.
func (ch *Channel) Close() error { return ch.link.Close() }

// Reset resets the card and makes a poisoned channel usable again. Whatever was open on the card is closed.
func (ch *Channel) Reset(ctx context.Context) error {
	if err := ch.link.Reset(ctx); err != nil {
		return err
	}
	ch.poisoned = false
	return nil
}

// Select selects an applet by AID (ISO/IEC 7816-4:2020 §11.2.2). A card without it gives ErrNotFound.
func (ch *Channel) Select(ctx context.Context, aid []byte) (iso7816.Response, error) {
	r, err := ch.Send(ctx, "SELECT", iso7816.Command{INS: iso7816.InsSelect, P1: 0x04, Data: aid, Ne: iso7816.MaxShortNe})
	if err != nil {
		return r, err
	}
	switch r.SW {
	case iso7816.OK:
		return r, nil
	case iso7816.FileNotFound, iso7816.InsNotSupported, iso7816.ClaNotSupported, iso7816.FunctionNotSupported:
		return r, &Error{Op: "SELECT", SW: r.SW, Kind: ErrNotFound, Err: fmt.Errorf("no applet %X", aid)}
	}
	return r, &Error{Op: "SELECT", SW: r.SW, Kind: ErrUnexpectedSW}
}

// Send sends one command and returns the card's answer, whatever its status word says; op names the command in errors
// and traces. An error means that there is no answer: with ErrInterrupted, ErrRemoved or ErrReset nobody knows whether
// the card acted.
func (ch *Channel) Send(ctx context.Context, op string, c iso7816.Command) (iso7816.Response, error) {
	start := time.Now()
	r, err := ch.send(ctx, c)
	if err != nil {
		var known *Error
		if errors.As(err, &known) {
			return iso7816.Response{}, err
		}
		return iso7816.Response{}, fmt.Errorf("%s: %w", op, err)
	}
	if ch.observe != nil {
		ch.observe(Exchange{Op: op, Command: c, Response: r, Took: time.Since(start)})
	}
	return r, nil
}

func (ch *Channel) send(ctx context.Context, c iso7816.Command) (iso7816.Response, error) {
	if c.Ne > iso7816.MaxShortNe && !ch.link.Info().Extended {
		c.Ne = iso7816.MaxShortNe
	}
	if len(c.Data) <= iso7816.MaxShortData || ch.link.Info().Extended {
		return ch.complete(ctx, c)
	}
	chain := c.Chain(iso7816.MaxShortData)
	for _, part := range chain[:len(chain)-1] {
		r, err := ch.exchange(ctx, part)
		if err != nil || r.SW != iso7816.OK {
			return r, err
		}
	}
	return ch.complete(ctx, chain[len(chain)-1])
}

// complete sends a command and collects the whole answer (ISO/IEC 7816-3:2006 §12.2.1: 6Cxx asks for the same command
// with Le xx, 61xx announces bytes for GET RESPONSE).
func (ch *Channel) complete(ctx context.Context, c iso7816.Command) (iso7816.Response, error) {
	r, err := ch.exchange(ctx, c)
	if err == nil && r.SW.SW1() == iso7816.WrongLe.SW1() {
		c.Ne = announced(r.SW)
		r, err = ch.exchange(ctx, c)
	}
	var data []byte
	for pieces := 1; err == nil && r.SW.SW1() == iso7816.MoreData.SW1(); pieces++ {
		if data = append(data, r.Data...); len(data) > iso7816.MaxExtendedNe || pieces > maxPieces {
			return iso7816.Response{}, fmt.Errorf("%w: it never ends", ErrBadResponse)
		}
		more := iso7816.Command{CLA: c.CLA, INS: iso7816.InsGetResponse, Ne: announced(r.SW)}
		if r, err = ch.exchange(ctx, more); err == nil && len(r.Data) == 0 && r.SW.SW1() == iso7816.MoreData.SW1() {
			return iso7816.Response{}, fmt.Errorf("%w: it announces bytes and sends none", ErrBadResponse)
		}
	}
	if err != nil || len(data) == 0 {
		return r, err
	}
	r.Data = append(data, r.Data...)
	return r, nil
}

// maxPieces is how many GET RESPONSE an answer may take: twice what the longest one needs. A card that dribbles would
// otherwise keep the host busy for ever.
const maxPieces = 2 * iso7816.MaxExtendedNe / iso7816.MaxShortNe

// announced reads the xx of 61xx and 6Cxx: zero means 256.
func announced(sw iso7816.Status) int {
	if n := int(sw.SW2()); n != 0 {
		return n
	}
	return iso7816.MaxShortNe
}

func (ch *Channel) exchange(ctx context.Context, c iso7816.Command) (iso7816.Response, error) {
	if ch.poisoned {
		return iso7816.Response{}, ErrPoisoned
	}
	if err := ctx.Err(); err != nil {
		return iso7816.Response{}, err // nothing was sent, nothing is lost
	}
	raw, err := c.Bytes()
	if err != nil {
		return iso7816.Response{}, err
	}
	ch.apdus++
	answer, err := ch.link.Transmit(ctx, raw)
	if err != nil {
		ch.poisoned = true
		return iso7816.Response{}, err
	}
	r, err := iso7816.ParseResponse(answer)
	if err != nil {
		return iso7816.Response{}, fmt.Errorf("%w: %w", ErrBadResponse, err)
	}
	return r, nil
}
