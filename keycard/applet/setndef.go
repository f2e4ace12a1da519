package applet

import (
	"bytes"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// setNDEF writes what the NDEF applet shows (Keycard seed, SET NDEF). The first two bytes must be the length of the
// rest; since 2.2.1 they are added when they are not.
func (c *call) setNDEF() ([]byte, iso7816.Status) {
	file := bytes.Clone(c.cmd.Data)
	if _, err := wire.ParseNDEFFile(file); err != nil {
		if !c.a.profile.NDEFAutoLength {
			return nil, iso7816.WrongData
		}
		file = append([]byte{0, byte(len(file))}, file...)
	}
	return nil, c.commit("set NDEF", func(s *state) { s.NDEF = file })
}
