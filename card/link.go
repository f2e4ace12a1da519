package card

import "context"

// Link is one card in one field: whoever can move an APDU to a card and its answer back. Transports implement it:
// transport/pcsc for readers, transport/loopback for a software card in the same process, transport/trace for a replay.
//
// A Link is used by one goroutine at a time.
type Link interface {
	// Transmit sends one encoded command APDU and returns the encoded response APDU, status word included.
	// An exchange in flight cannot be called back: when ctx ends first, Transmit returns an error for which
	// errors.Is(err, ErrInterrupted) holds, and nobody knows whether the card acted.
	Transmit(ctx context.Context, command []byte) ([]byte, error)
	// Reset powers the card off and on. All volatile state of the card, secure channels included, is gone.
	Reset(ctx context.Context) error
	// Info describes the reader and the card in it.
	Info() Info
	// Close ends the connection and leaves the card reset.
	Close() error
}

// Info is what a transport knows about a card before it has spoken.
type Info struct {
	Reader   string // name of the reader, or "software card FILE"
	ATR      []byte // answer to reset
	Extended bool   // reader and card are known to carry extended-length APDUs
	Software bool   // the card is known to be software, because we run it ourselves
}
