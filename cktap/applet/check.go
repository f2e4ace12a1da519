package applet

import "tapcard.example/cktap/wire"

// check signs with the card's own key (Tap protocol, certs).
func (c *call) check() (answer, error) {
	q, err := wire.ParseCheckRequest(c.body)
	if err := c.open(err, q.Nonce); err != nil {
		return nil, err
	}
	nonce, err := c.nonce()
	if err != nil {
		return nil, err
	}
	var a wire.CheckAnswer
	a.Signature, err = c.signature(reveal(c.a.key), wire.CheckDigest(nonce, q.Nonce, c.covered()))
	if err != nil {
		return nil, err
	}
	a.CardNonce, err = c.renew()
	return a, err
}

// covered is the slot's key that check vouches for, if any.
func (c *call) covered() *wire.PublicKey {
	k := c.state().current()
	sealed := k != nil && k.State == wire.SlotSealed
	switch {
	case wire.CheckCoversSlot(c.a.product, c.a.profile.Version, sealed):
		public := wire.PublicKey(k.Public)
		return &public
	case c.a.product == wire.Satscard && c.a.profile.ZeroKeyInCheck:
		return &wire.PublicKey{}
	}
	return nil
}
