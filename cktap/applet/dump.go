package applet

import "tapcard.example/cktap/wire"

// dump tells about any slot of a SATSCARD (Tap protocol, dump). It always changes the nonce.
func (c *call) dump() (answer, error) {
	q, err := wire.ParseDumpRequest(c.body)
	if err := c.dumpAuth(err, q.Auth); err != nil {
		return nil, err
	}
	s := c.state()
	if *q.Slot >= len(s.Slots) {
		return nil, refuse(wire.CodeBadArguments)
	}
	k := &s.Slots[*q.Slot]
	a := wire.DumpAnswer{Slot: *q.Slot}
	switch {
	case k.State == wire.SlotUnused:
		a.Used = new(bool)
	case k.State == wire.SlotSealed:
		a.Sealed = new(true)
		if c.a.profile.DumpShowsSealed {
			a.Address = wire.BlankAddress(c.a.address(k))
		}
	case c.proven:
		c.dumpKeys(&a, k)
	default:
		c.dumpAddress(&a, k)
	}
	if c.proven {
		if err := c.finish("clear the attempts", nil); err != nil {
			return nil, err
		}
	}
	a.CardNonce, err = c.renew()
	return a, err
}

// dumpAuth lets dump in, with the CVC or without. A wrong CVC is never taken for a missing one.
func (c *call) dumpAuth(err error, auth wire.Auth) error {
	if auth.Given() {
		return c.enter(err, nil, auth)
	}
	if err == nil && auth.Partial() && c.a.profile.HalfIsBadArguments {
		return refuse(wire.CodeBadArguments)
	}
	return c.open(err, nil)
}

// dumpKeys shows the keys of an unsealed slot, as far as there are any, under the pad.
func (c *call) dumpKeys(a *wire.DumpAnswer, k *slot) {
	a.Master, a.ChainCode, a.Tampered = c.session.Pad32(wire.Bytes32(k.Master)), wire.Bytes32(k.Chain), k.Tampered
	if len(k.Private) > 0 {
		a.Private, a.PublicKey = c.session.Pad32(wire.Bytes32(k.Private)), wire.PublicKey(k.Public)
	}
}

// dumpAddress shows what everybody may know of an unsealed slot.
func (c *call) dumpAddress(a *wire.DumpAnswer, k *slot) {
	a.Sealed = new(bool)
	if len(k.Private) == 0 {
		return
	}
	a.Address = c.a.address(k)
	if !c.a.profile.DumpHidesKey {
		a.PublicKey = wire.PublicKey(k.Public)
	}
}
