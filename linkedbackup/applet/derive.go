package applet

import "tapcard.example/linkedbackup/wire"

// derive gives the public key and the chain code at a path, and proves with that key itself that it is here
// (PROTOCOL.md, DERIVE).
func (c *call) derive() ([]byte, error) {
	nonce, path, err := wire.ParseDerive(c.cmd.Data)
	if err != nil {
		return nil, err
	}
	key, chain, err := c.keyAt(path)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	d := wire.Derived{Key: key.Public, Chain: chain}
	d.Prove(key, c.a.card.Public, nonce, path)
	return d.Encode(), nil
}
