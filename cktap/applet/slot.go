package applet

import (
	"errors"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

// firstPath is where a fresh key is used: m/0 on a SATSCARD, m/84h/0h/0h on the others (Tap protocol, new).
func (a *Applet) firstPath() []uint32 {
	if a.product == wire.Satscard {
		return []uint32{0}
	}
	return wire.DefaultPath()
}

// derive fills a slot with a master key and its descendant at path. When there is no valid key on the way it fails with
// hd.ErrInvalidChild, and the slot has its master key only.
func (a *Applet) derive(master secret.Bytes, chain wire.Bytes32, path []uint32) (slot, error) {
	m, err := hd.NewKey(master, chain)
	if err != nil {
		return slot{}, err
	}
	defer m.Destroy()
	public := m.Compressed()
	k := slot{State: wire.SlotSealed, Master: reveal(master), MasterPublic: public[:], MasterChain: chain[:]}
	child, err := m.DeriveWith(a.hmac, path)
	if err != nil {
		k.Chain = chain[:]
		return k, err
	}
	defer child.Destroy()
	k.setKey(child)
	if a.product == wire.Satscard {
		k.Chain = chain[:] // what is shown as the slot's chain code is its master key's
	}
	return k, nil
}

// setKey makes a descendant of the master key the one that is used.
func (k *slot) setKey(child *hd.Key) {
	public, chain := child.Compressed(), child.ChainCode()
	k.Private, k.Public, k.Chain = reveal(child.Private()), public[:], chain[:]
}

// readable is the current slot, if it has a key to show: 406 if not (Tap protocol, read).
func (c *call) readable() (*slot, error) {
	k := c.state().current()
	switch {
	case k == nil, k.State == wire.SlotUnused:
		return nil, refuse(wire.CodeInvalidState)
	case k.State == wire.SlotUnsealed && !c.a.profile.ReadsUnsealed:
		return nil, refuse(wire.CodeInvalidState)
	}
	return k, nil
}

// child derives from the master key of the signer's slot: 205 in the case that BIP-32 calls invalid.
func (c *call) child(k *slot, path []uint32) (*hd.Key, error) {
	m, err := hd.NewKey(secret.Copy(k.Master), [32]byte(k.MasterChain))
	if err != nil {
		return nil, errInternal
	}
	defer m.Destroy()
	return invalid(m.DeriveWith(c.a.hmac, path))
}

// invalid turns the failure of a derivation into what a card says about it.
func invalid(key *hd.Key, err error) (*hd.Key, error) {
	switch {
	case errors.Is(err, hd.ErrInvalidChild):
		return nil, refuse(wire.CodeUnlucky)
	case err != nil:
		return nil, errInternal
	}
	return key, nil
}
