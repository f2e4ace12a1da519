package applet

import "tapcard.example/linkedbackup/wire"

// verifyCode opens the wallet for the rest of this channel and says which wallet it is (PROTOCOL.md, VERIFY CODE).
func (c *call) verifyCode() ([]byte, error) {
	code, err := wire.ParseCode(c.cmd.Data)
	if err != nil {
		return nil, err
	}
	defer code.Destroy()
	if data, err := c.compare(code); err != nil {
		return data, err
	}
	public, err := c.state().Wallet.public()
	if err != nil {
		return nil, err
	}
	if err := c.commit("forgive wrong codes", (*state).forgive); err != nil {
		return nil, err
	}
	c.v.verified = true
	return public[:], nil
}
