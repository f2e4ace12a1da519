package applet

import "tapcard.example/cktap/wire"

// xpub shows an extended public key (Tap protocol, xpub).
func (c *call) xpub() (answer, error) {
	q, err := wire.ParseXPubRequest(c.body)
	if c.a.profile.Crashes && err == nil && c.unproven(q.Auth) {
		return nil, c.crash()
	}
	if err := c.enter(err, nil, q.Auth); err != nil {
		return nil, err
	}
	k, err := c.readable()
	if err != nil {
		return nil, err
	}
	path, chain, public := c.state().Path, k.Chain, k.Public
	if q.Master {
		path, chain, public = nil, k.MasterChain, k.MasterPublic
	}
	a := wire.XPubAnswer{XPub: wire.BuildXPub(c.a.testnet, path, wire.Bytes32(chain), wire.PublicKey(public))}
	if err := c.finish("clear the attempts", nil); err != nil {
		return nil, err
	}
	if c.a.profile.XPubSpendsNonce {
		a.CardNonce, err = c.renew()
	}
	return a, err
}
