package applet

import (
	"errors"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

// newKey picks a key (Tap protocol, new).
func (c *call) newKey() (answer, error) {
	q, err := wire.ParseNewRequest(c.body)
	if c.firstSlotOpen() {
		err = c.open(err, nil)
	} else {
		err = c.enter(err, nil, q.Auth)
	}
	if err != nil {
		return nil, err
	}
	chain, err := c.newChain(q)
	if err != nil {
		return nil, err
	}
	master, err := wire.RandomKey(c.a.env.Rand)
	if err != nil {
		return nil, errInternal
	}
	defer master.Destroy()
	k, err := c.a.derive(master, chain, c.a.firstPath())
	if err != nil {
		return nil, c.invalidKey(k, err)
	}
	at := c.state().Current
	err = c.finish("new", func(s *state) {
		s.Slots[at] = k
		if c.a.product.Signer() {
			s.Path = wire.DefaultPath()
		}
	})
	if err != nil {
		return nil, err
	}
	nonce, err := c.renew()
	return wire.NewAnswer{Slot: at, CardNonce: nonce}, err
}

// firstSlotOpen is the emulator's shortcut (Profile.FirstSlotOpen).
func (c *call) firstSlotOpen() bool {
	return c.a.profile.FirstSlotOpen && c.a.product == wire.Satscard && c.state().Current == 0
}

// newChain finds the chain code for the new key, if there may be one: first what cannot be helped (405), then the
// arguments (400), then the state (406).
func (c *call) newChain(q wire.NewRequest) (wire.Bytes32, error) {
	s := c.state()
	slot := 0
	if q.Slot != nil {
		slot = *q.Slot
	}
	switch {
	case s.usedUp(), c.a.product.Signer() && s.Slots[0].State != wire.SlotUnused:
		return wire.Bytes32{}, c.newRefusal(wire.CodeInvalidCommand)
	case slot != s.Current:
		return wire.Bytes32{}, refuse(wire.CodeBadArguments)
	case s.current().State != wire.SlotUnused:
		return wire.Bytes32{}, c.newRefusal(wire.CodeInvalidState)
	case wire.WeakNonce(q.ChainCode):
		return wire.Bytes32{}, c.newRefusal(wire.CodeWeakNonce)
	case q.ChainCode != nil:
		return wire.Bytes32(q.ChainCode), nil
	case slot == 0:
		return wire.Bytes32{}, refuse(wire.CodeBadArguments)
	}
	return wire.Bytes32(s.Slots[slot-1].MasterChain), nil
}

// newRefusal is one of the codes that the emulator does not have (Profile.NewIsBadArguments).
func (c *call) newRefusal(code int) error {
	if c.a.profile.NewIsBadArguments {
		code = wire.CodeBadArguments
	}
	return refuse(code)
}

// invalidKey is for the case that BIP-32 calls invalid, less likely than 2⁻¹²⁷: a SATSCARD keeps what it has drawn in
// an unsealed slot, a signer keeps nothing (Tap protocol, "Invalid Key").
func (c *call) invalidKey(k slot, err error) error {
	if !errors.Is(err, hd.ErrInvalidChild) {
		return errInternal
	}
	if c.a.product == wire.Satscard {
		err := c.finish("keep an invalid key", func(s *state) {
			s.Slots[s.Current] = k
			s.tamper(wire.Satscard, c.a.profile)
		})
		if err != nil {
			return err
		}
	}
	return refuse(wire.CodeUnlucky)
}
