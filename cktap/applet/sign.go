package applet

import (
	"io"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

// How often a card draws K for a low R before it gives up with 205, and in how many of its signatures the emulator
// pretends to have (Tap protocol, "Signing Notes"; observed).
const (
	grinds       = 3
	emulatorOdds = 9
	luckyGrinds  = 128
)

// sign signs a digest (Tap protocol, sign).
func (c *call) sign() (answer, error) {
	q, err := wire.ParseSignRequest(c.body)
	if err == nil && !wire.ValidSubpath(q.Subpath) {
		return nil, refuse(wire.CodeBadArguments)
	}
	if err := c.enter(err, nil, q.Auth); err != nil {
		return nil, err
	}
	slot := 0
	if q.Slot != nil {
		slot = *q.Slot
	}
	private, public, err := c.signer(slot, q.Subpath)
	if err != nil {
		return nil, err
	}
	defer clear(private)
	a := wire.SignAnswer{Slot: slot, PublicKey: public}
	if a.Signature, err = c.grind(private, c.session.Pad32(q.Digest)); err != nil {
		return nil, err
	}
	if err := c.finish("clear the attempts", nil); err != nil {
		return nil, err
	}
	a.CardNonce, err = c.renew()
	return a, err
}

// signer finds the key that is to sign. The private key is a copy.
func (c *call) signer(slot int, subpath []uint32) ([]byte, wire.PublicKey, error) {
	if c.a.product == wire.Satscard {
		return c.openSlot(slot, subpath)
	}
	if slot != 0 && !c.a.profile.SlotEcho {
		return nil, wire.PublicKey{}, refuse(wire.CodeBadArguments)
	}
	k, err := c.readable()
	if err != nil {
		return nil, wire.PublicKey{}, err
	}
	if len(subpath) == 0 {
		return append([]byte(nil), k.Private...), wire.PublicKey(k.Public), nil
	}
	parent, err := hd.NewKey(secret.Copy(k.Private), [32]byte(k.Chain))
	if err != nil {
		return nil, wire.PublicKey{}, errInternal
	}
	defer parent.Destroy()
	child, err := invalid(parent.DeriveWith(c.a.hmac, subpath))
	if err != nil {
		return nil, wire.PublicKey{}, err
	}
	defer child.Destroy()
	return reveal(child.Private()), child.Compressed(), nil
}

// openSlot is the key of an unsealed slot. A subpath means nothing here; early firmware took it for an attack.
func (c *call) openSlot(slot int, subpath []uint32) ([]byte, wire.PublicKey, error) {
	s := c.state()
	switch {
	case subpath != nil && c.a.profile.SubpathTampers:
		if err := c.finish("tamper", func(s *state) { s.tamper(wire.Satscard, c.a.profile) }); err != nil {
			return nil, wire.PublicKey{}, err
		}
		return nil, wire.PublicKey{}, refuse(wire.CodeBadArguments)
	case len(subpath) > 0, slot >= len(s.Slots):
		return nil, wire.PublicKey{}, refuse(wire.CodeBadArguments)
	case s.Slots[slot].State != wire.SlotUnsealed, len(s.Slots[slot].Private) == 0:
		return nil, wire.PublicKey{}, refuse(wire.CodeInvalidState)
	}
	k := &s.Slots[slot]
	return append([]byte(nil), k.Private...), wire.PublicKey(k.Public), nil
}

// grind signs until R is low: three times, which fails one time in eight.
func (c *call) grind(private []byte, digest wire.Bytes32) (wire.Signature, error) {
	if c.a.profile.Deterministic {
		if err := c.pretend(); err != nil {
			return wire.Signature{}, err
		}
		return c.signature(private, digest)
	}
	tries := grinds
	if c.a.lucky {
		tries = luckyGrinds
	}
	for range tries {
		if s, err := c.signature(private, digest); err != nil || s.LowR() {
			return s, err
		}
	}
	return wire.Signature{}, refuse(wire.CodeUnlucky)
}

// pretend is how the emulator comes to its 205.
func (c *call) pretend() error {
	if c.a.lucky {
		return nil
	}
	var die [2]byte
	if _, err := io.ReadFull(c.a.env.Rand, die[:]); err != nil {
		return errInternal
	}
	if (int(die[0])<<8|int(die[1]))%emulatorOdds == 0 {
		return refuse(wire.CodeUnlucky)
	}
	return nil
}
