package applet

import "tapcard.example/linkedbackup/wire"

// wait says how long no code is compared yet, and stores what was waited (PROTOCOL.md, WAIT).
func (c *call) wait() ([]byte, error) {
	if err := c.bank(); err != nil {
		return nil, err
	}
	return wire.AppendWait(nil, c.waitLeft()), nil
}
