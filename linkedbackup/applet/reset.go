package applet

import "tapcard.example/linkedbackup/wire"

// reset destroys the key and frees the card; card key, certificate and root stay (PROTOCOL.md, RESET).
func (c *call) reset() ([]byte, error) {
	code, err := wire.ParseCode(c.cmd.Data)
	if err != nil {
		return nil, err
	}
	defer code.Destroy()
	if data, err := c.compare(code); err != nil {
		return data, err
	}
	return nil, c.commit("reset", (*state).forget)
}
