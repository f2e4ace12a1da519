package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// getStatus answers the tries left and whether there is a key (P1 00), or the path of the current key (01), (Keycard
// seed, GET STATUS).
func (c *call) getStatus() ([]byte, iso7816.Status) {
	s := c.state()
	switch c.cmd.P1 {
	case wire.StatusApplication:
		status := wire.ApplicationStatus{PINTries: s.PINTries, PUKTries: s.PUKTries, HasKey: s.Key != nil}
		return status.Encode(c.a.profile.Version), iso7816.OK
	case wire.StatusPath:
		return s.Path.Bytes(), iso7816.OK
	}
	return nil, iso7816.WrongP1P2
}
