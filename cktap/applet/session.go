package applet

import (
	"io"

	"tapcard.example/cktap/wire"
)

// session is what the card forgets when it loses power or is selected again: the nonce. The zero nonce means that none
// was drawn yet.
type session struct{ nonce wire.Nonce }

// nonce is the card's nonce now in force (Tap protocol, "Card Nonce").
func (c *call) nonce() (wire.Nonce, error) {
	if c.v.nonce == (wire.Nonce{}) {
		return c.renew()
	}
	return c.v.nonce, nil
}

// renew replaces the nonce, for the next command.
func (c *call) renew() (wire.Nonce, error) {
	var n wire.Nonce
	if _, err := io.ReadFull(c.a.env.Rand, n[:]); err != nil {
		return n, errInternal
	}
	c.v.nonce = n
	return n, nil
}
