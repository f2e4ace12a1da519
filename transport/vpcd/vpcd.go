// Package vpcd puts a software card into a real reader: the virtual one of the vsmartcard project, which any PC/SC
// program takes for hardware.
//
// vpcd is a driver of pcscd. It listens on one TCP port per slot, and whoever connects is the card in that slot; the
// card is in the reader as long as the connection lasts. What passes is in frame.go. This package is the card's side:
//
//	err := vpcd.Serve(ctx, vpcd.FirstSlot, card)
//
// A pcscd whose vpcd listens is needed. Debian's configuration makes vpcd listen on every network interface, which
// hands the reader to the network; scripts/in-reader runs one that nobody else can reach. This package connects to
// loopback addresses only, because the connection is neither encrypted nor authenticated.
package vpcd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// The two slots of a vpcd whose configuration says CHANNELID 0x8C7B. pcscd calls their readers
// "Virtual PCD 00 00" and "Virtual PCD 00 01".
const (
	FirstSlot  = "127.0.0.1:35963"
	SecondSlot = "127.0.0.1:35964"
)

// Between two attempts to reach a pcscd that is not there.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = time.Second
)

// Card is what vpcd asks of a card. softcard.Card is one.
type Card interface {
	// PowerOn powers the card; on a powered one it does nothing.
	PowerOn()
	// PowerOff takes the power away, and with it all volatile state.
	PowerOff()
	// Reset is a warm reset.
	Reset()
	// ATR is the answer to reset, 2 to 33 bytes (ISO/IEC 7816-3:2006 §8.2). It is asked for without power too.
	ATR() []byte
	// Transmit answers one command APDU of 0 to 65535 bytes with a response APDU of 2 to 65535. An error means that
	// the card fell silent, and a reader treats such a card as removed.
	Transmit(apdu []byte) ([]byte, error)
}

// Serve keeps card in the slot of the vpcd at addr until ctx ends. See Slot.Serve.
func Serve(ctx context.Context, addr string, card Card) error {
	return (&Slot{Addr: addr}).Serve(ctx, card)
}

// Slot is one slot of a virtual reader.
type Slot struct {
	// Addr is host and port of the slot. The host is a loopback address or "localhost".
	Addr string
	// Changed, unless nil, is told when the card gets into the reader (true, nil) and out of it (false and why). It is
	// called by the goroutine that serves, so that the card waits for it to return.
	Changed func(inserted bool, why error)
}

// Serve keeps card in the slot until ctx ends, and then returns nil, with the card out of the reader and powered off.
// It waits for a pcscd that is not running yet and survives one that restarts. A card that falls silent is pulled out
// and inserted again. The only errors are about Addr, before anything else happened.
func (s *Slot) Serve(ctx context.Context, card Card) error {
	if err := checkLoopback(s.Addr); err != nil {
		return err
	}
	pause := firstPause
	for {
		inserted, err := s.insert(ctx, card)
		if ctx.Err() != nil {
			return nil
		}
		if inserted {
			pause = firstPause
		}
		s.report(false, err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// insert connects and serves until the connection ends. It tells whether vpcd ever spoke to the card: a connection
// alone proves nothing, because while another card is in the slot vpcd leaves it waiting.
func (s *Slot) insert(ctx context.Context, card Card) (inserted bool, err error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	defer card.PowerOff()
	stream := newStream(conn)
	for {
		frame, err := stream.read()
		if err != nil {
			return inserted, err
		}
		if !inserted {
			inserted = true
			s.report(true, nil)
		}
		if err := answer(stream, card, frame); err != nil {
			return inserted, err
		}
	}
}

func (s *Slot) report(inserted bool, why error) {
	if s.Changed != nil {
		s.Changed(inserted, why)
	}
}

// errNotLoopback refuses to hand a card to the network.
var errNotLoopback = errors.New("not a loopback address, and the connection to vpcd is not protected")

// checkLoopback admits "localhost" and loopback addresses with a port.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("vpcd: %w", err)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.Unmap().IsLoopback() {
		return fmt.Errorf("vpcd: %s: %w", addr, errNotLoopback)
	}
	return nil
}
