package applet

import (
	"context"
	"fmt"
	"time"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// Applet is a tap card made of software. It implements softcard.Applet.
type Applet struct {
	product wire.Product
	profile Profile
	testnet bool
	lucky   bool
	loose   bool
	sleep   func(time.Duration)
	env     softcard.Env
	hmac    hd.HMAC512
	cell    *softcard.Cell[state]
	key     secret.Bytes // the card's own
	public  wire.PublicKey
}

// New makes the applet, or takes up the one that is in Env.Store. A new one costs one commit. A stored one that is
// damaged, or is another product, is refused with softcard.ErrDamaged.
func New(o Options) (*Applet, error) {
	if o.Env.Store == nil || o.Env.Rand == nil {
		return nil, fmt.Errorf("tap card applet: no memory or no random source")
	}
	if o.Profile.Name == "" {
		o.Profile = V1_0_3
	}
	if o.HMAC512 == nil {
		o.HMAC512 = hd.StandardHMAC512
	}
	if o.Product < wire.Satscard || o.Product > wire.Satschip || !o.Profile.Has(o.Product) {
		return nil, fmt.Errorf("tap card applet: no %v with firmware %s", o.Product, o.Profile.Name)
	}
	a := &Applet{product: o.Product, profile: o.Profile, testnet: o.Testnet, lucky: o.Lucky, loose: o.Loose,
		sleep: o.Sleep, env: o.Env, hmac: o.HMAC512}
	cell, err := softcard.OpenCell(o.Env.Store, "cktap", func() (state, error) { return a.manufacture(o) })
	if err != nil {
		return nil, err
	}
	a.cell = cell
	s := cell.View()
	if err := s.check(o.Product); err != nil {
		return nil, err
	}
	a.key = secret.Copy(s.Card)
	a.public, err = wire.PublicKeyOf(a.key)
	return a, err
}

// ServeAPDU answers one command.
func (a *Applet) ServeAPDU(_ context.Context, s *softcard.Session, cmd iso7816.Command) iso7816.Response {
	c := &call{a: a, v: softcard.Volatile[session](s), body: cmd.Data}
	return c.serve(cmd)
}

// Label is what is printed on the card.
func (a *Applet) Label() Label {
	s := a.cell.View()
	l := Label{Product: a.product, Ident: wire.Ident(a.public), Birth: s.Birth, CVC: secret.Copy(s.PrintedCVC),
		BackupKey: secret.Copy(s.BackupKey)}
	if k := s.Slots[0]; a.product == wire.Satscard && len(k.Public) > 0 {
		l.Address = a.address(&k)
	}
	return l
}

// Tamper does what a card does that lost confidence in its memory: it marks itself, and a SATSCARD unseals its current
// slot (Tap protocol, dump). It is for tests and costs one commit.
func (a *Applet) Tamper() error {
	return a.cell.Update("tamper", func(s *state) error {
		s.tamper(a.product, a.profile)
		return nil
	})
}

// tamper marks the card; only a SATSCARD has a slot to give up.
func (s *state) tamper(product wire.Product, p Profile) {
	s.Tampered = true
	if k := s.current(); product == wire.Satscard && k != nil && k.State == wire.SlotSealed {
		k.Tampered = true
		s.unseal(p)
	}
}

// address is the payment address of a slot.
func (a *Applet) address(k *slot) string { return wire.Address(wire.PublicKey(k.Public), a.testnet) }
