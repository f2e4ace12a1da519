package applet

import (
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// bind proves that the card's holder knows its PIN (PROTOCOL.md, BIND). It is no payment: no guard counts it.
func (c *call) bind() ([]byte, iso7816.Status) {
	owner, err := wire.ParseBind(c.cmd)
	if err != nil {
		return nil, iso7816.WrongData
	}
	s := c.state()
	p, ok := s.profile(c.cmd.P1)
	if !ok {
		return nil, iso7816.ReferenceNotFound
	}
	digest := wire.BindDigest(p.Purse, wire.Address(s.Address), owner)
	return wire.Sign(secp256k1.PrivKeyFromBytes(s.PayPrivate), digest).Append(nil), iso7816.OK
}
