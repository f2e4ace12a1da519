package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// isSelect recognises SELECT by name (ISO/IEC 7816-4:2020 §11.2.2): the only command whose class byte matters.
func isSelect(cmd iso7816.Command) bool {
	return cmd.CLA&^0x13 == 0 && cmd.INS == iso7816.InsSelect && cmd.P1 == 0x04
}

// selectApplet forgets channel and PIN and says what card this is (Keycard seed, SELECT). Before INIT that is the
// channel key alone.
func (c *call) selectApplet() ([]byte, iso7816.Status) {
	c.v.Close()
	*c.v = session{}
	if sw := c.countSelect(); sw != iso7816.OK {
		return nil, sw
	}
	key, err := c.a.channelKey()
	if err != nil {
		return nil, iso7816.Internal
	}
	s, version := c.state(), c.a.profile.Version
	info := wire.ApplicationInfo{
		Initialized:  s.Initialized,
		InstanceUID:  s.UID,
		PublicKey:    key.Public[:],
		Version:      version,
		FreeSlots:    s.freeSlots(),
		Capabilities: wire.DefaultCapabilities(version),
	}
	if s.Key != nil {
		uid := wire.KeyUID([wire.PublicKeySize]byte(s.Key.Public))
		info.KeyUID = uid[:]
	}
	return info.Encode(), iso7816.OK
}

// countSelect replaces the channel key when it has served long enough: at every 101st SELECT after INIT (Keycard up to
// 3.0).
func (c *call) countSelect() iso7816.Status {
	s, after := c.state(), c.a.profile.RotateChannelKeyAfter
	if after == 0 || !s.Initialized {
		return iso7816.OK
	}
	if s.Selects < after {
		return c.commit("count a SELECT", func(s *state) { s.Selects++ })
	}
	n := s.ChannelNumber + 1
	private, err := c.a.newChannelKey(n)
	if err != nil {
		return iso7816.Internal
	}
	return c.commit("replace the channel key", func(s *state) { s.replaceChannelKey(n, private) })
}
