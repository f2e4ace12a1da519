package applet

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/softcard"
)

// Options say which card to make.
type Options struct {
	// Env is the card's memory, random source and clock; all three are needed.
	Env softcard.Env
	// HMAC512 replaces HMAC-SHA512 in the derivation of children, so that a test can meet an invalid one (6AEF).
	HMAC512 hd.HMAC512
}

// Applet is a linked-backup card made of software. It implements softcard.Applet.
type Applet struct {
	env  softcard.Env
	hmac hd.HMAC512
	cell *softcard.Cell[state]
	card *wire.KeyPair
}

// New makes the applet, or takes up the one that is in Env.Store. A new one costs one commit and 32 random bytes, its
// card key. A stored one that is damaged is refused with softcard.ErrDamaged.
func New(o Options) (*Applet, error) {
	if o.Env.Store == nil || o.Env.Rand == nil || o.Env.Now == nil {
		return nil, fmt.Errorf("linked backup applet: memory, random source or clock is missing")
	}
	if o.HMAC512 == nil {
		o.HMAC512 = hd.StandardHMAC512
	}
	cell, err := softcard.OpenCell(o.Env.Store, "linked", func() (state, error) {
		card, err := wire.NewKeyPair(o.Env.Rand)
		if err != nil {
			return state{}, fmt.Errorf("linked backup applet: %w", err)
		}
		return state{CardPrivate: reveal(card.Private())}, nil
	})
	if err != nil {
		return nil, err
	}
	if err := cell.View().check(); err != nil {
		return nil, err
	}
	card, err := wire.KeyPairOf(bytes.Clone(cell.View().CardPrivate))
	if err != nil {
		return nil, fmt.Errorf("%w: card key", softcard.ErrDamaged)
	}
	return &Applet{env: o.Env, hmac: o.HMAC512, cell: cell, card: card}, nil
}

// ServeAPDU answers one command.
func (a *Applet) ServeAPDU(_ context.Context, s *softcard.Session, cmd iso7816.Command) iso7816.Response {
	v := softcard.Volatile[session](s)
	if v.since.IsZero() {
		v.since = a.env.Now()
	}
	return v.transport.serve(cmd, func(whole iso7816.Command) iso7816.Response {
		return (&call{a: a, v: v, cmd: whole}).serve()
	})
}

// session is what the card forgets when it is deselected or loses power.
type session struct {
	transport transport
	channel   *wire.Channel
	verified  bool      // the access code was right in this channel
	since     time.Time // powered time is counted from here; what was before is stored or lost
}

// Close zeroes what is secret; the card's session calls it.
func (v *session) Close() {
	v.closeChannel()
	v.transport = transport{}
}

func (v *session) closeChannel() {
	v.channel.Close()
	v.channel, v.verified = nil, false
}
