package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// openChannel starts a secure channel for the client in slot P1 (Keycard seed, OPEN SECURE CHANNEL). It answers a salt
// of 32 bytes and an IV of 16. Whatever comes of it, the channel before and a half-done pairing are gone, and so is the
// PIN's authentication: the original kept that, so that the next client inherited it.
func (c *call) openChannel() ([]byte, iso7816.Status) {
	c.v.closeChannel()
	c.v.paired = nil
	if !c.a.quirks.InheritPIN {
		c.v.forgetPIN()
	}
	slot, sw := c.slot()
	if sw != iso7816.OK {
		return nil, sw
	}
	pairingKey := c.state().Pairings[slot]
	if len(pairingKey) == 0 {
		return nil, iso7816.WrongP1P2
	}
	key, err := c.a.channelKey()
	if err != nil {
		return nil, iso7816.Internal
	}
	agreed, err := key.Agree(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	defer clear(agreed[:])
	return c.startChannel(agreed[:], pairingKey)
}

// startChannel derives the channel's keys. The channel counts as open after MUTUALLY AUTHENTICATE.
func (c *call) startChannel(agreed, pairingKey []byte) ([]byte, iso7816.Status) {
	answer, sw := c.random(32 + 16)
	if sw != iso7816.OK {
		return nil, sw
	}
	salt, iv := answer[:32], answer[32:]
	keys := wire.SessionKeys(agreed, pairingKey, salt)
	c.v.channel = wire.NewChannel(keys, [16]byte(iv))
	if c.a.quirks.EntropyKillsChannel {
		c.v.macKey = keys.MAC
	}
	return answer, iso7816.OK
}
