package applet

import (
	"bytes"

	"tapcard.example/linkedbackup/wire"
)

// personalize takes the maker's root and certificate, once and for ever (PROTOCOL.md, PERSONALIZE). This card is
// software, and refuses a certificate that hides it.
func (c *call) personalize() ([]byte, error) {
	id, err := wire.ParsePersonalize(c.cmd.Data, c.a.card.Public)
	if err != nil {
		return nil, err
	}
	if s := c.state(); len(s.Cert) > 0 {
		if s.Flags == id.Flags && bytes.Equal(s.Root, id.Root[:]) && bytes.Equal(s.Cert, id.Cert[:]) {
			return nil, nil
		}
		return nil, wire.ErrCertified
	}
	if err := id.Check(); err != nil {
		return nil, err
	}
	if !id.Software() {
		return nil, wire.ErrMixed
	}
	return nil, c.commit("take the certificate", func(s *state) {
		s.Flags, s.Root, s.Cert = id.Flags, id.Root[:], id.Cert[:]
	})
}
