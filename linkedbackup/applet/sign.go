package applet

import "tapcard.example/linkedbackup/wire"

// sign signs up to 14 hashes as they are with the key at a path (PROTOCOL.md, SIGN).
func (c *call) sign() ([]byte, error) {
	path, hashes, err := wire.ParseSign(c.cmd)
	if err != nil {
		return nil, err
	}
	key, _, err := c.keyAt(path)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	signed := wire.Signed{Key: key.Public}
	for _, h := range hashes {
		signed.Signatures = append(signed.Signatures, key.SignHash(h))
	}
	return signed.Encode(), nil
}
