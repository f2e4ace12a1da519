package applet

import "tapcard.example/linkedbackup/wire"

// abort ends the run and forgets its link keys (PROTOCOL.md, ABORT). A card that holds a key wants the access code
// first; one that has joined belongs to nobody yet.
func (c *call) abort() ([]byte, error) {
	switch s := c.state(); {
	case len(c.cmd.Data) != 0:
		return nil, wire.ErrLength
	case s.Run == nil:
		return nil, wire.ErrNoRun
	case s.Wallet != nil && !(c.wrapped && c.v.verified):
		return nil, wire.ErrAuth
	}
	return nil, c.commit("abort the run", func(s *state) { s.Run = nil })
}
