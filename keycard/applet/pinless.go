package applet

import (
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// setPinlessPath sets the path whose key signs without a PIN; an empty one means that there is none (Keycard seed, SET
// PINLESS PATH). From 2.2 to 3.0 its key is derived at once.
func (c *call) setPinlessPath() ([]byte, iso7816.Status) {
	path, err := wire.ParsePath(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	if c.a.profile.PinlessNeedsKey {
		if k := c.state().Key; k == nil || !k.extended() {
			return nil, iso7816.ConditionsNotSatisfied
		}
		if _, sw := c.keyAt(path); sw != iso7816.OK {
			return nil, sw
		}
	}
	return nil, c.commit("set the pinless path", func(s *state) { s.Pinless = hd.Path(path) })
}
