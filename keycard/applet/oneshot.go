package applet

import "tapcard.example/keycard/wire"

// openOneShot decrypts the data of INIT and ADD ENTROPY (Keycard seed, INIT) and returns the agreed key with it. The
// errors are ErrFormat, ErrPoint and ErrPadding of package wire.
func (c *call) openOneShot() (agreed [32]byte, payload []byte, err error) {
	peer, iv, ciphertext, err := wire.ParseOneShot(c.cmd.Data)
	if err != nil {
		return agreed, nil, err
	}
	key, err := c.a.channelKey()
	if err != nil {
		return agreed, nil, err
	}
	if agreed, err = key.Agree(peer); err != nil {
		return agreed, nil, err
	}
	payload, err = wire.OpenOneShot(agreed[:], iv, ciphertext)
	return agreed, payload, err
}
