package applet

import "tapcard.example/linkedbackup/wire"

// changeCode replaces the access code, on this card only (PROTOCOL.md, CHANGE CODE).
func (c *call) changeCode() ([]byte, error) {
	old, next, err := wire.ParseChange(c.cmd.Data)
	if err != nil {
		return nil, err
	}
	defer old.Destroy()
	defer next.Destroy()
	if data, err := c.compare(old); err != nil {
		return data, err
	}
	return nil, c.commit("change the code", func(s *state) {
		s.forgive()
		s.Code = reveal(next)
	})
}
