package cktap

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// Opened is an unsealed slot with its keys, which belong together: Private is the child m/0 of Master and ChainCode,
// and Address is that of Private. Destroy it.
type Opened struct {
	Slot      int
	Address   string
	PublicKey wire.PublicKey
	Private   secret.Bytes // 32 bytes; empty in a slot that was tampered with and never got a key
	Master    secret.Bytes // 32 bytes
	ChainCode wire.Bytes32
	Tampered  bool // the card unsealed the slot by itself
}

// Destroy zeroes the keys.
func (o Opened) Destroy() {
	o.Private.Destroy()
	o.Master.Destroy()
}

// Dump gives out the keys of a slot that is unsealed already (Tap protocol, dump). It changes nothing on the card. A
// slot that is sealed or unused is card.ErrConditions.
func (s *Satscard) Dump(ctx context.Context, cvc secret.Bytes, number int) (Opened, error) {
	if err := s.checkSlot(wire.CmdDump, number); err != nil {
		return Opened{}, err
	}
	body, session, err := s.authorised(ctx, wire.CmdDump, cvc, func(a wire.Auth, _ wire.Session) (iso7816.Command, error) {
		return wire.DumpRequest{Slot: &number, Auth: a}.Command()
	})
	defer session.Destroy()
	if err != nil {
		return Opened{}, err
	}
	a, err := wire.ParseDumpAnswer(body)
	switch {
	case err != nil:
		return Opened{}, bad(wire.CmdDump, err)
	case a.Slot != number:
		return Opened{}, bad(wire.CmdDump, fmt.Errorf("it is about slot %d, not slot %d", a.Slot+1, number+1))
	case a.State() != wire.SlotUnsealed:
		return Opened{}, refuse(wire.CmdDump, card.ErrConditions, "slot %d is %v: there is nothing to give out",
			number+1, a.State())
	case a.Master == wire.Bytes32{}:
		return Opened{}, bad(wire.CmdDump, errors.New("the CVC was given and there are no keys"))
	}
	o := Opened{Slot: number, PublicKey: a.PublicKey, Master: session.Private(a.Master), ChainCode: a.ChainCode,
		Tampered: a.Tampered}
	if a.Private != (wire.Bytes32{}) {
		o.Private = session.Private(a.Private)
	}
	return s.opened(wire.CmdDump, o)
}

// opened checks that the keys of a slot belong together, and adds the address.
func (s *Satscard) opened(name string, o Opened) (Opened, error) {
	if err := o.consistent(); err != nil {
		o.Destroy()
		return Opened{}, failure(name, card.ErrCardMismatch, fmt.Errorf("slot %d: %w", o.Slot+1, err))
	}
	if o.Private.Len() > 0 {
		o.Address = wire.Address(o.PublicKey, s.status.Testnet)
	}
	return o, nil
}

func (o Opened) consistent() error {
	if o.Private.Len() == 0 && o.Tampered {
		return nil
	}
	public, err := wire.PublicKeyOf(o.Private)
	if err != nil {
		return err
	}
	if public != o.PublicKey {
		return errors.New("the private key is not the one of the public key beside it")
	}
	master, err := hd.NewKey(o.Master, o.ChainCode)
	if err != nil {
		return err
	}
	defer master.Destroy()
	child, err := master.Child(0)
	if err != nil {
		return err
	}
	defer child.Destroy()
	private := child.Private()
	defer private.Destroy()
	if !private.Equal(o.Private) {
		return ErrDerivation
	}
	return nil
}
