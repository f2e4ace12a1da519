package applet

import "tapcard.example/linkedbackup/wire"

// openChannel makes a new channel and closes the one there was (PROTOCOL.md, The channel).
func (c *call) openChannel() ([]byte, error) {
	if c.wrapped {
		return nil, wire.ErrUnknownCLA
	}
	c.v.closeChannel()
	ch, answer, err := wire.Accept(c.a.env.Rand, c.a.card, c.cmd.Data)
	if err != nil {
		return nil, err
	}
	c.v.channel = ch
	return answer, nil
}
