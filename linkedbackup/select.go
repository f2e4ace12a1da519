package linkedbackup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// Authorities says whether a compressed public key, 33 bytes, may certify cards of this kind, and its name. The method
// Authority of a trust.Store is one, for the kind Kind.
type Authorities func(key []byte) (name string, ok bool)

// Kind is the name of this kind of card, for trust stores and labels.
const Kind = "linked"

// Options say how cards are spoken to. Trusted is needed: without it no card is genuine.
type Options struct {
	Trusted Authorities
	// Rand is the source of ephemeral keys and nonces; nil means crypto/rand.
	Rand io.Reader
	// After is how HoldStill waits; nil means time.After.
	After func(time.Duration) <-chan time.Time
}

func (o Options) rand() io.Reader {
	if o.Rand == nil {
		return rand.Reader
	}
	return o.Rand
}

func (o Options) after(d time.Duration) <-chan time.Time {
	if o.After == nil {
		return time.After(d)
	}
	return o.After(d)
}

// Card is an applet that has been selected. While a Session is open, its commands go through it.
type Card struct {
	ch      *card.Channel
	opts    Options
	info    wire.Info
	vouched bool // the certificate of info has been verified; a tap asks for it more than once
	session *Session
}

// Select selects the applet: one command. Nothing that Info says is proven by it. Errors: card.ErrNotFound when the
// card is another one, card.ErrBadResponse, card.ErrUnsupported for another version of the protocol.
func (o Options) Select(ctx context.Context, ch *card.Channel) (*Card, error) {
	c := &Card{ch: ch, opts: o}
	return c, c.refresh(ctx)
}

// refresh selects again: it closes the session and reads the card's state.
func (c *Card) refresh(ctx context.Context) error {
	c.closeSession()
	r, err := c.ch.Select(ctx, wire.AID())
	if err != nil {
		return err
	}
	info, err := wire.ParseInfo(r.Data)
	if errors.Is(err, wire.ErrVersion) {
		return failure(iso7816.InsSelect, card.ErrUnsupported, err)
	}
	if err != nil {
		return bad(iso7816.InsSelect, err)
	}
	if c.info.Card != (wire.Key{}) && c.info.Card != info.Card {
		return failure(iso7816.InsSelect, card.ErrCardMismatch,
			fmt.Errorf("card %s, a moment ago it was %s", info.Card.Ident(), c.info.Card.Ident()))
	}
	c.info, c.vouched = info, false
	return nil
}

// Info is what the card said at SELECT. Nothing of it is proven; see Attest.
func (c *Card) Info() wire.Info { return c.info }

// Ident is the card's name for people: "1a2b-3c4d-5e6f".
func (c *Card) Ident() string { return c.info.Card.Ident() }

// Software says whether the card is made of software, by its own word or the link's.
func (c *Card) Software() bool { return c.info.Software() || c.ch.Info().Software }

// Authority is the name of the trusted root that has certified this card. Without one: wire.ErrBlank for a card that
// was never certified, else card.ErrBadCert. Whether the card has the certified key is shown by Attest or Open.
func (c *Card) Authority() (name string, err error) {
	if c.info.State == wire.Blank {
		return "", failure(iso7816.InsSelect, card.ErrConditions, wire.ErrBlank)
	}
	if !c.vouched {
		if err := c.info.Identity.Check(); err != nil {
			return "", failure(iso7816.InsSelect, card.ErrBadCert, err)
		}
		c.vouched = true
	}
	if c.opts.Trusted != nil {
		if name, ok := c.opts.Trusted(c.info.Root[:]); ok {
			return name, nil
		}
	}
	return "", failure(iso7816.InsSelect, card.ErrBadCert,
		fmt.Errorf("its maker %x… is not trusted here; it may be a development card, or a fake", c.info.Root[:5]))
}
