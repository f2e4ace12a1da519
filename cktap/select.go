package cktap

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// opSelect is the operation that errors of SELECT name.
const opSelect = "SELECT"

// atr is what every tap card answers to reset (observed): the historical bytes say "Coinkite".
const atr = "\x3B\x88\x80\x01Coinkite\x31"

// Wanted says how to find a tap card among the readers.
func Wanted(reader string) card.Wanted {
	return card.Wanted{Name: "tap card", AIDs: [][]byte{wire.AID()}, ATRs: [][]byte{[]byte(atr)}, Reader: reader}
}

// Card is a tap card of any product that has been selected.
type Card struct {
	ch     *card.Channel
	opts   Options
	status wire.StatusAnswer
	nonce  wire.Nonce              // in force now, unless stale
	stale  bool                    // the nonce may be another one: ask for the status first
	seen   map[wire.Nonce]struct{} // all nonces so far

	trusted bool              // a trusted factory has certified the card's key
	verdict *Verdict          // of this connection
	slot    *slotKey          // SATSCARD: what read has shown in this connection
	account *Account          // TAPSIGNER: what Account has proven in this connection
	wrong   map[[32]byte]bool // digests that came back signed wrong
}

// Select selects the card with the default Options.
func Select(ctx context.Context, ch *card.Channel) (*Card, error) { return Options{}.Select(ctx, ch) }

// Select selects the card: one command, whose answer is the card's status. Nothing in it is proven. Errors:
// card.ErrUnknownApplet when this is no tap card, card.ErrCardMismatch when it is another one than Options.Ident,
// card.ErrBadResponse.
func (o Options) Select(ctx context.Context, ch *card.Channel) (*Card, error) {
	c := &Card{ch: ch, opts: o, seen: map[wire.Nonce]struct{}{}, wrong: map[[32]byte]bool{}}
	if err := c.reselect(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// reselect selects the applet and takes over the status. Whatever was proven in the connection before is forgotten.
func (c *Card) reselect(ctx context.Context) error {
	c.trusted, c.verdict, c.slot, c.account = false, nil, nil, nil
	r, err := c.ch.Send(ctx, opSelect, wire.SelectCommand())
	if err != nil {
		return err
	}
	switch r.SW {
	case iso7816.OK:
	case iso7816.FileNotFound, iso7816.InsNotSupported, iso7816.ClaNotSupported, iso7816.FunctionNotSupported:
		return &card.Error{Op: opSelect, SW: r.SW, Kind: card.ErrUnknownApplet, Err: errors.New("this is no tap card")}
	default:
		return &card.Error{Op: opSelect, SW: r.SW, Kind: card.ErrUnexpectedSW}
	}
	return c.adoptStatus(opSelect, r.Data)
}

// adoptStatus takes over a status, if it is that of the same card as before.
func (c *Card) adoptStatus(name string, body []byte) error {
	s, err := wire.ParseStatusAnswer(body)
	if err != nil {
		return bad(name, err)
	}
	if _, err := s.PublicKey.Parse(); err != nil {
		return bad(name, fmt.Errorf("the card's key: %w", err))
	}
	ident := wire.Ident(s.PublicKey)
	if before := c.status.PublicKey; before != (wire.PublicKey{}) && before != s.PublicKey {
		return failure(name, card.ErrCardMismatch, fmt.Errorf("card %s answers, a moment ago it was %s",
			ident, wire.Ident(before)))
	}
	if want := c.opts.Ident; want != "" && want != ident {
		return failure(name, card.ErrCardMismatch, fmt.Errorf("this is card %s, not %s", ident, want))
	}
	if c.slot != nil && (s.Slot() != c.status.Slot() || s.Address != c.status.Address) {
		c.slot = nil
	}
	if err := c.adopt(name, s.CardNonce); err != nil {
		return err
	}
	c.status, c.stale = s, false
	return nil
}

// Refresh asks for the status again: one command. Another card than before is card.ErrCardMismatch.
func (c *Card) Refresh(ctx context.Context) error {
	cmd, err := wire.StatusRequest{}.Command()
	if err != nil {
		return err
	}
	r, err := c.ch.Send(ctx, wire.CmdStatus, cmd)
	switch {
	case err != nil:
		return err
	case r.SW == iso7816.InsNotSupported:
		return c.reselect(ctx)
	case r.SW != iso7816.OK:
		return &card.Error{Op: wire.CmdStatus, SW: r.SW, Kind: card.ErrUnexpectedSW}
	}
	return c.adoptStatus(wire.CmdStatus, r.Data)
}

// current asks for the status if what is known of it may be out of date.
func (c *Card) current(ctx context.Context) error {
	if !c.stale {
		return nil
	}
	return c.Refresh(ctx)
}

// Status is what the card said last about itself. Nothing in it is proven.
func (c *Card) Status() wire.StatusAnswer { return c.status }

// Product is what the card says it is.
func (c *Card) Product() wire.Product { return c.status.Product() }

// Ident is the card's name, made of its key: 23 characters, as printed on it.
func (c *Card) Ident() string { return wire.Ident(c.status.PublicKey) }

// PublicKey is the card's own key, by which it is known.
func (c *Card) PublicKey() wire.PublicKey { return c.status.PublicKey }

// Channel is the channel that the card is spoken to over.
func (c *Card) Channel() *card.Channel { return c.ch }

// Software says whether the card is known to be made of software; no genuine card is, and a hostile one would not say.
func (c *Card) Software() bool {
	info := c.ch.Info()
	return info.Software || bytes.Contains(info.ATR, []byte("tapcard"))
}

// Satscard is the card as a SATSCARD; another product is card.ErrCardMismatch.
func (c *Card) Satscard() (*Satscard, error) {
	if p := c.Product(); p != wire.Satscard {
		return nil, refuse(opSelect, card.ErrCardMismatch, "%w: this is a %v, not a %v", ErrProduct, p, wire.Satscard)
	}
	return &Satscard{c}, nil
}

// Tapsigner is the card as a TAPSIGNER; so is a SATSCHIP. A SATSCARD is card.ErrCardMismatch.
func (c *Card) Tapsigner() (*Tapsigner, error) {
	if p := c.Product(); !p.Signer() {
		return nil, refuse(opSelect, card.ErrCardMismatch, "%w: this is a %v, not a %v", ErrProduct, p, wire.Tapsigner)
	}
	return &Tapsigner{c}, nil
}
