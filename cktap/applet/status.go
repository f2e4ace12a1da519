package applet

import "tapcard.example/cktap/wire"

// status answers status and SELECT (Tap protocol, status).
func (c *call) status() (answer, error) {
	nonce, err := c.statusNonce()
	if err != nil {
		return nil, err
	}
	s := c.state()
	a := wire.StatusAnswer{
		Proto: 1, Firmware: c.a.profile.Version.String(), Birth: s.Birth, PublicKey: c.a.public, CardNonce: nonce,
		Testnet: c.a.testnet, AuthDelay: s.Delay, Tampered: s.Tampered,
	}
	switch c.a.product {
	case wire.Satscard:
		a.Slots = []int{s.Current, len(s.Slots)}
		if k, err := c.readable(); err == nil {
			a.Address = wire.BlankAddress(c.a.address(k))
		}
	case wire.Tapsigner:
		backups := s.Backups
		a.Tapsigner, a.Backups, a.Path = true, &backups, s.path()
	case wire.Satschip:
		a.Tapsigner, a.Satschip, a.Path = true, true, s.path()
	}
	return a, nil
}

// statusNonce is a new nonce, or in the emulator the one there is.
func (c *call) statusNonce() (wire.Nonce, error) {
	if c.a.profile.NonceStays {
		return c.nonce()
	}
	return c.renew()
}

// path is a signer's path: nil before there is a key, empty for m.
func (s *state) path() []uint32 {
	if s.Slots[0].State == wire.SlotUnused {
		return nil
	}
	return append([]uint32{}, s.Path...)
}
