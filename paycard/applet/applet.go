package applet

import (
	"context"
	"fmt"
	"io"

	keycard "tapcard.example/keycard/applet"
	channel "tapcard.example/keycard/wire"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

// Applet is a payment card made of software. It implements softcard.Applet.
type Applet struct {
	env    softcard.Env
	inputs Inputs
	cell   *softcard.Cell[state]
	signed context.Context // the power-up in which it last signed; a SELECT does not end that, as a session would
}

// New makes the applet, or takes up the one that is in Env.Store; one that is damaged is softcard.ErrDamaged.
func New(o Options) (*Applet, error) {
	if o.Env.Store == nil || o.Env.Rand == nil {
		return nil, fmt.Errorf("paycard applet: no memory or no random source")
	}
	a := &Applet{env: o.Env, inputs: o.Inputs}
	cell, err := softcard.OpenCell(o.Env.Store, "paycard", a.blank)
	if err != nil {
		return nil, err
	}
	a.cell = cell
	return a, cell.View().check()
}

// NewCard makes a whole card, not powered yet, with nothing but the payment applet. Errors are those of New.
func NewCard(o Options) (*softcard.Card, error) {
	a, err := New(o)
	if err != nil {
		return nil, err
	}
	mux := softcard.NewMux()
	mux.Handle(wire.AID(), a)
	return softcard.NewCard(keycard.ATR(), mux, o.Env.Store), nil
}

// blank is the state of a card as it leaves the factory.
func (a *Applet) blank() (state, error) {
	s := state{UID: make([]byte, channel.InstanceUIDSize), Pairings: make([][]byte, wire.Slots),
		Profiles: make([]profile, wire.Profiles), Guards: wire.DefaultGuards(), Left: wire.NoCounterLimit}
	if _, err := io.ReadFull(a.env.Rand, s.UID); err != nil {
		return state{}, fmt.Errorf("paycard applet: random source: %w", err)
	}
	key, private, err := channel.NewChannelKey(a.env.Rand)
	if err != nil {
		return state{}, fmt.Errorf("paycard applet: channel key: %w", err)
	}
	s.ChannelPrivate, s.ChannelPublic = private[:], key.Public[:]
	return s, nil
}

// ServeAPDU answers one command. ctx ends with the power, so it also tells one power-up from the next.
func (a *Applet) ServeAPDU(ctx context.Context, s *softcard.Session, cmd iso7816.Command) iso7816.Response {
	c := &call{a: a, power: ctx, v: softcard.Volatile[session](s), cmd: cmd}
	return c.serve()
}
