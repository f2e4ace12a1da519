package keycard

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// Info is what a Keycard says about itself when it is selected. None of it is proven.
type Info = wire.ApplicationInfo

// Card is a Keycard applet that has been selected over a channel. While a Session is open, its commands go through it.
type Card struct {
	ch       *card.Channel
	opts     Options
	info     Info
	selected int  // the channel's APDU counter right after SELECT
	stale    bool // a channel may be open, or another applet selected: a plain command needs a SELECT before it
	session  *Session
}

// Select selects the Keycard applet with the default Options.
func Select(ctx context.Context, ch *card.Channel) (*Card, error) { return Options{}.Select(ctx, ch) }

// Select selects the Keycard applet: one command. Errors: card.ErrUnknownApplet when there is none, card.ErrUnsupported
// for the versions 1.2 and 4.0, which are recognised and speak other protocols, card.ErrBadResponse.
func (o Options) Select(ctx context.Context, ch *card.Channel) (*Card, error) {
	c := &Card{ch: ch, opts: o}
	if err := c.reselect(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Info is what the card said at the last SELECT, updated by what was done since.
func (c *Card) Info() Info { return c.info }

// Channel is the channel that the card is spoken to over.
func (c *Card) Channel() *card.Channel { return c.ch }

// Software says whether the card is known to be made of software; no genuine card is, and a hostile one would not say.
func (c *Card) Software() bool {
	info := c.ch.Info()
	return info.Software || bytes.Contains(info.ATR, []byte("tapcard"))
}

// reselect selects the applet again: it closes the session and reads the card's present channel key. A card that has
// another instance UID than before is another card: card.ErrCardMismatch.
func (c *Card) reselect(ctx context.Context) error {
	c.closeSession()
	before := c.info.InstanceUID
	r, err := c.ch.Select(ctx, c.opts.aid())
	if err != nil {
		return c.explainSelect(ctx, err)
	}
	info, err := wire.ParseApplicationInfo(r.Data)
	if err != nil {
		return bad(iso7816.InsSelect, err)
	}
	if err := checkInfo(info); err != nil {
		return err
	}
	if before != nil && !bytes.Equal(before, info.InstanceUID) {
		return failure(iso7816.InsSelect, card.ErrCardMismatch,
			fmt.Errorf("instance %X…, a moment ago it was %X…", short(info.InstanceUID), short(before)))
	}
	c.info, c.selected, c.stale = info, c.ch.APDUs(), false
	return nil
}

// refresh selects the applet again unless SELECT was the very last command.
func (c *Card) refresh(ctx context.Context) error {
	if c.session == nil && c.ch.APDUs() == c.selected {
		return nil
	}
	return c.reselect(ctx)
}

// forget makes the next SELECT accept whatever instance it finds.
func (c *Card) forget() { c.info = Info{} }

// checkInfo names the versions that are not supported, and wants the public key without which nothing works.
func checkInfo(info Info) error {
	switch {
	case info.Initialized && !info.Version.Supported():
		return failure(iso7816.InsSelect, card.ErrUnsupported,
			fmt.Errorf("this is a Keycard %v; versions 2.0 to 3.2 are supported", info.Version))
	case len(info.PublicKey) == 0:
		return bad(iso7816.InsSelect, errors.New("it has no public key"))
	case info.Initialized && len(info.InstanceUID) == 0:
		return bad(iso7816.InsSelect, errors.New("it has no instance UID"))
	}
	return nil
}

// explainSelect finds out what else the card might be.
func (c *Card) explainSelect(ctx context.Context, err error) error {
	var e *card.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.SW == iso7816.ConditionsNotSatisfied:
		return &card.Error{Op: e.Op, SW: e.SW, Kind: card.ErrUnsupported,
			Err: errors.New("a Keycard 4.0 without its factory certificate; versions 2.0 to 3.2 are supported")}
	case !errors.Is(err, card.ErrNotFound):
		return err
	}
	if _, old := c.ch.Select(ctx, wire.OldAID()); old == nil {
		return failure(iso7816.InsSelect, card.ErrUnsupported,
			errors.New("this is a Keycard 1.2; versions 2.0 to 3.2 are supported"))
	}
	return &card.Error{Op: e.Op, SW: e.SW, Kind: card.ErrUnknownApplet,
		Err: fmt.Errorf("no Keycard applet %X", c.opts.aid())}
}

// short is as much of an ID as a message needs.
func short(id []byte) []byte { return id[:min(4, len(id))] }
