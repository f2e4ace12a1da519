package applet

import "tapcard.example/linkedbackup/wire"

// attest says, signed, what this card is and who is in its set (PROTOCOL.md, Attestation). Everybody may ask.
func (c *call) attest() ([]byte, error) {
	nonce, err := wire.ParseNonce(c.cmd.Data)
	if err != nil {
		return nil, err
	}
	s := c.state()
	a := wire.Attestation{State: s.life(), Flags: s.Flags}
	if s.Wallet != nil {
		a.Size, a.Origin, a.Set = 1, s.Wallet.Origin, []wire.Key{c.a.card.Public}
		if a.Wallet, err = s.Wallet.public(); err != nil {
			return nil, err
		}
	}
	if l := s.Link; l != nil {
		a.Size, a.Slot, a.Set = l.Size, l.Slot, l.Set
	}
	a.Sign(c.a.card, nonce)
	return a.Encode(), nil
}
