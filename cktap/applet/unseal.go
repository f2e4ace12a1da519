package applet

import (
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

// unseal gives the current slot's keys out (Tap protocol, unseal).
func (c *call) unseal() (answer, error) {
	q, err := wire.ParseUnsealRequest(c.body)
	if err := c.enter(err, nil, q.Auth); err != nil {
		return nil, err
	}
	s := c.state()
	switch {
	case s.usedUp() && !c.a.profile.NewIsBadArguments:
		return nil, refuse(wire.CodeInvalidCommand)
	case *q.Slot != s.Current || s.current() == nil:
		return nil, refuse(wire.CodeBadArguments)
	case s.current().State != wire.SlotSealed:
		return nil, refuse(wire.CodeInvalidState)
	}
	k := s.current()
	err = c.finish("unseal", func(s *state) { s.unseal(c.a.profile) })
	if err != nil {
		return nil, err
	}
	nonce, err := c.renew()
	return wire.UnsealAnswer{
		Slot: *q.Slot, CardNonce: nonce, PublicKey: wire.PublicKey(k.Public), ChainCode: wire.Bytes32(k.Chain),
		Private:       c.session.Pad32(wire.Bytes32(k.Private)),
		MasterPrivate: wire.PrivateKey{Bytes: secret.Copy(k.Master)},
	}, err
}
