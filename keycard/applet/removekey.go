package applet

import "tapcard.example/iso7816"

// removeKey erases the key, the current path and the pinless path (Keycard seed, REMOVE KEY).
func (c *call) removeKey() ([]byte, iso7816.Status) {
	sw := c.commit("remove the key", func(s *state) { s.setKey(nil, true) })
	if sw == iso7816.OK {
		c.v.keys.forget()
	}
	return nil, sw
}
