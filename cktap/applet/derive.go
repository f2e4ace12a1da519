package applet

import (
	"slices"

	"tapcard.example/cktap/wire"
)

// deriveKey shows what a SATSCARD's address is derived from, or has a signer derive another key (Tap protocol, derive).
func (c *call) deriveKey() (answer, error) {
	q, err := wire.ParseDeriveRequest(c.body)
	if c.a.product == wire.Satscard {
		if err := c.open(err, q.Nonce); err != nil {
			return nil, err
		}
		return c.showDerivation(q.Nonce)
	}
	if err == nil && q.Path == nil && c.a.profile.Crashes {
		return nil, c.crash()
	}
	if err == nil && !wire.ValidPath(q.Path) {
		return nil, refuse(wire.CodeBadArguments)
	}
	if err := c.enter(err, q.Nonce, q.Auth); err != nil {
		return nil, err
	}
	return c.derivePath(q)
}

// showDerivation is for a SATSCARD: the slot's master key signs its chain code.
func (c *call) showDerivation(host []byte) (answer, error) {
	k, err := c.readable()
	if err != nil {
		return nil, err
	}
	nonce, err := c.nonce()
	if err != nil {
		return nil, err
	}
	a := wire.SatscardDerivation{ChainCode: wire.Bytes32(k.Chain), MasterPublic: wire.PublicKey(k.MasterPublic)}
	if a.Signature, err = c.signature(k.Master, wire.DeriveDigest(nonce, host, a.ChainCode)); err != nil {
		return nil, err
	}
	a.CardNonce, err = c.statusNonce()
	return a, err
}

// derivePath is for a signer: the path is kept.
func (c *call) derivePath(q wire.DeriveRequest) (answer, error) {
	k, err := c.readable()
	if err != nil {
		return nil, err
	}
	nonce, err := c.nonce()
	if err != nil {
		return nil, err
	}
	path := q.Path
	if path == nil {
		path = c.state().Path
	}
	child, err := c.child(k, path)
	if err != nil {
		return nil, err
	}
	defer child.Destroy()
	next := *k
	next.setKey(child)
	a, err := c.derivation(&next, nonce, q.Nonce)
	if err != nil {
		return nil, err
	}
	err = c.finish("derive", func(s *state) { s.Slots[0], s.Path = next, slices.Clone(path) })
	if err != nil {
		return nil, err
	}
	a.CardNonce, err = c.renew()
	return a, err
}

// derivation signs. Real cards sign with the master key over the master chain code, though the answer shows the derived
// ones (the maker in coinkite-tap-proto#56).
func (c *call) derivation(k *slot, nonce wire.Nonce, host []byte) (a wire.SignerDerivation, err error) {
	a.ChainCode, a.PublicKey = wire.Bytes32(k.Chain), wire.PublicKey(k.Public)
	a.MasterPublic = wire.PublicKey(k.MasterPublic)
	private, chain := k.Master, wire.Bytes32(k.MasterChain)
	if c.a.profile.DerivedSigns {
		private, chain = k.Private, a.ChainCode
	}
	a.Signature, err = c.signature(private, wire.DeriveDigest(nonce, host, chain))
	return a, err
}
