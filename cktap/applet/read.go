package applet

import (
	"errors"

	"tapcard.example/cktap/wire"
)

// read shows the key in use, and signs with it (Tap protocol, read).
func (c *call) read() (answer, error) {
	q, err := wire.ParseReadRequest(c.body)
	if c.a.profile.Crashes && (errors.Is(err, wire.ErrMissing) || err == nil && c.unproven(q.Auth)) {
		return nil, c.crash()
	}
	if c.a.product.Signer() {
		err = c.enter(err, q.Nonce, q.Auth)
	} else {
		err = c.open(err, q.Nonce)
	}
	if err != nil {
		return nil, err
	}
	k, err := c.readable()
	if err != nil {
		return nil, err
	}
	return c.readKey(k, q.Nonce)
}

func (c *call) readKey(k *slot, host []byte) (answer, error) {
	nonce, err := c.nonce()
	if err != nil {
		return nil, err
	}
	a := wire.ReadAnswer{PublicKey: wire.PublicKey(k.Public)}
	if a.Signature, err = c.signature(k.Private, wire.ReadDigest(nonce, host, c.state().Current)); err != nil {
		return nil, err
	}
	if c.a.product.Signer() {
		a.PublicKey = c.session.PadPublicKey(a.PublicKey)
		if err := c.finish("clear the attempts", nil); err != nil {
			return nil, err
		}
	}
	a.CardNonce, err = c.renew()
	return a, err
}

// unproven says whether a signer is asked without any proof.
func (c *call) unproven(auth wire.Auth) bool {
	return c.a.product.Signer() && !auth.Given() && !auth.Partial()
}

// crash is the emulator's answer to what it did not expect (Profile.Crashes).
func (c *call) crash() error { return refuse(wire.CodeInternal) }
