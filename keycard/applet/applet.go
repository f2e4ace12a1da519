package applet

import (
	"context"
	"fmt"
	"io"

	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// Applet is a Keycard made of software. It implements softcard.Applet.
type Applet struct {
	profile  Profile
	quirks   Quirks
	env      softcard.Env
	next     func() (wire.ChannelKey, error)
	hmac     hd.HMAC512
	identity *identity
	observe  func(c iso7816.Command, r iso7816.Response, wrapped bool)
	cell     *softcard.Cell[state]
	channel  map[int]wire.ChannelKey // by number; the present one and, while it is being committed, the next
}

// New makes the applet, or takes up the one that is in Env.Store. A new one costs one commit and, from Env.Rand, 16
// bytes for the instance UID and 32 for the channel key. A stored one that is damaged, or was made with another
// profile, is refused with softcard.ErrDamaged.
func New(o Options) (*Applet, error) {
	if o.Env.Store == nil || o.Env.Rand == nil {
		return nil, fmt.Errorf("keycard applet: no memory or no random source")
	}
	if o.Profile.Version == 0 {
		o.Profile = V2_3
	}
	if o.HMAC512 == nil {
		o.HMAC512 = hd.StandardHMAC512
	}
	a := &Applet{profile: o.Profile, env: o.Env, next: o.ChannelKeys, hmac: o.HMAC512, observe: o.Observe,
		channel: map[int]wire.ChannelKey{}}
	if o.Quirks {
		a.quirks = quirksOf(o.Profile.Version)
	}
	if o.Identity != nil {
		id, err := newIdentity(o.Identity)
		if err != nil {
			return nil, err
		}
		a.identity = id
	}
	cell, err := softcard.OpenCell(o.Env.Store, "keycard", func() (state, error) { return a.blank(0) })
	if err != nil {
		return nil, err
	}
	a.cell = cell
	if a.next == nil {
		return a, cell.View().check(o.Profile)
	}
	return a, nil
}

// blank is the state of a card as it leaves the factory, with channel key number n.
func (a *Applet) blank(n int) (state, error) {
	s := state{UID: make([]byte, wire.InstanceUIDSize), Pairings: make([][]byte, a.profile.Slots)}
	s.endDuplication()
	if _, err := io.ReadFull(a.env.Rand, s.UID); err != nil {
		return state{}, fmt.Errorf("keycard applet: random source: %w", err)
	}
	private, err := a.newChannelKey(n)
	if err != nil {
		return state{}, err
	}
	s.replaceChannelKey(n, private)
	return s, nil
}

// ServeAPDU answers one command.
func (a *Applet) ServeAPDU(_ context.Context, s *softcard.Session, cmd iso7816.Command) iso7816.Response {
	c := &call{a: a, v: softcard.Volatile[session](s), cmd: cmd}
	answer := c.serve()
	if a.observe != nil {
		a.observe(c.cmd, c.plain, c.wrapped)
	}
	return answer
}

// random reads n bytes from the card's random source.
func (c *call) random(n int) ([]byte, iso7816.Status) {
	b := make([]byte, n)
	if _, err := io.ReadFull(c.a.env.Rand, b); err != nil {
		return nil, iso7816.Internal
	}
	return b, iso7816.OK
}
