// Package loopback connects a host to a software card in the same process: no reader, no daemon, no socket. It is the
// transport of tests, of `tapcard --card FILE` and of examples.
package loopback

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/softcard"
)

// Connect powers the card and returns the link to it. name is what Info reports as the reader.
func Connect(c *softcard.Card, name string) card.Link {
	c.PowerOn()
	return &link{card: c, name: name}
}

type link struct {
	card *softcard.Card
	name string
}

// Transmit answers at once, so ctx cannot end during an exchange. A card that lost power is a card removed.
func (l *link) Transmit(_ context.Context, command []byte) ([]byte, error) {
	answer, err := l.card.Transmit(command)
	if errors.Is(err, softcard.ErrNoPower) {
		return nil, fmt.Errorf("%w: %w", card.ErrRemoved, err)
	}
	return answer, err
}

// Reset powers the card off and on again, also after Close; it does not fail.
func (l *link) Reset(context.Context) error {
	l.card.Reset()
	return nil
}

// Info has the name given to Connect and the card's ATR; any length of APDU fits.
func (l *link) Info() card.Info {
	return card.Info{Reader: l.name, ATR: l.card.ATR(), Extended: true, Software: true}
}

// Close takes the power away; it does not fail, and may be called twice.
func (l *link) Close() error {
	l.card.PowerOff()
	return nil
}
