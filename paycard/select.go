package paycard

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// Info is what a payment card says about itself. None of it is proven, but a signature proves the address.
type Info = wire.Info

// Options change how a card is spoken to. The zero value is what nearly everybody wants.
type Options struct {
	// Rand is the source of ephemeral keys and challenges; nil means crypto/rand.
	Rand io.Reader
	// SpendLastTry allows VERIFY PIN and UNBLOCK PIN although a mistake would block the card.
	SpendLastTry bool
}

func (o Options) rand() io.Reader {
	if o.Rand == nil {
		return rand.Reader
	}
	return o.Rand
}

// Card is a payment applet that has been selected. Taps go over it bare; the owner opens a Session.
type Card struct {
	ch       *card.Channel
	opts     Options
	info     Info
	selected int // the channel's APDU counter right after SELECT
	known    bool
	session  *Session
}

// Select selects the payment applet with the default Options.
func Select(ctx context.Context, ch *card.Channel) (*Card, error) { return Options{}.Select(ctx, ch) }

// Select selects the payment applet: one command. card.ErrUnknownApplet when there is none, card.ErrUnsupported for a
// later protocol, card.ErrBadResponse.
func (o Options) Select(ctx context.Context, ch *card.Channel) (*Card, error) {
	c := &Card{ch: ch, opts: o}
	if err := c.reselect(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Info is what the card said at the last SELECT.
func (c *Card) Info() Info { return c.info }

// Channel is the channel that the card is spoken to over.
func (c *Card) Channel() *card.Channel { return c.ch }

// ProfileFor finds the profile that pays from a purse, by its hint. With several, it is the first: a touch of the
// card's button chooses among them, not the terminal.
func (c *Card) ProfileFor(p wire.Purse) (n byte, ok bool) {
	for n, hint := range c.info.Hints {
		if hint == p.Hint() {
			return byte(n), true
		}
	}
	return 0, false
}

// reselect selects the applet again, which ends the session. Another card than before is card.ErrCardMismatch.
func (c *Card) reselect(ctx context.Context) error {
	if c.session != nil {
		c.session.Close()
	}
	r, err := c.ch.Select(ctx, wire.AID())
	if errors.Is(err, card.ErrNotFound) {
		return &card.Error{Op: "SELECT", SW: r.SW, Kind: card.ErrUnknownApplet, Err: errors.New("no payment applet")}
	}
	if err != nil {
		return err
	}
	info, err := wire.ParseInfo(r.Data)
	if err != nil {
		return bad(iso7816.InsSelect, err)
	}
	if info.Version>>8 != wire.Version>>8 {
		return failure(iso7816.InsSelect, card.ErrUnsupported,
			fmt.Errorf("protocol %d.%d; this program speaks 1", info.Version>>8, info.Version&0xFF))
	}
	if c.known && info.UID != c.info.UID {
		return failure(iso7816.InsSelect, card.ErrCardMismatch, errors.New("it has another UID than a moment ago"))
	}
	c.info, c.selected, c.known = info, c.ch.APDUs(), true
	return nil
}

// refresh selects the applet again unless SELECT was the very last command.
func (c *Card) refresh(ctx context.Context) error {
	if c.session == nil && c.ch.APDUs() == c.selected {
		return nil
	}
	return c.reselect(ctx)
}

// do sends a bare command that must succeed; it returns the answer's data.
func (c *Card) do(ctx context.Context, cmd iso7816.Command) ([]byte, error) {
	r, err := c.ch.Send(ctx, opName(cmd.INS), cmd)
	if err != nil {
		return nil, err
	}
	if r.SW != iso7816.OK {
		return nil, statusError(cmd.INS, r.SW)
	}
	return r.Data, nil
}
