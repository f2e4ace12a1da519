package applet

import (
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// deriveKey makes another key the current one (Keycard seed, DERIVE KEY). A refused command leaves the current key as
// it was.
func (c *call) deriveKey() ([]byte, iso7816.Status) {
	if !c.v.verified && !c.mayDeriveWithoutPIN() {
		return nil, iso7816.ConditionsNotSatisfied
	}
	path, sw := c.derivePath()
	if sw != iso7816.OK {
		return nil, sw
	}
	if !c.a.profile.LazyDerivation {
		if _, sw := c.keyAt(path); sw != iso7816.OK {
			return nil, sw
		}
	}
	return nil, c.makeCurrent(path)
}

// mayDeriveWithoutPIN is the rule of 2.0 to 2.1.1: to the pinless path no PIN is needed, so that a client without the
// PIN can sign with it. The original let it go to any path.
func (c *call) mayDeriveWithoutPIN() bool {
	if s := c.state(); !c.a.profile.DeriveWithoutPIN || len(s.Pinless) == 0 {
		return false
	}
	if c.a.quirks.DeriveAnyPath {
		return true
	}
	path, sw := c.derivePath()
	return sw == iso7816.OK && c.state().isPinless(path)
}

// derivePath reads the command. It needs an extended key; from 3.1 on, any key will do for the empty path.
func (c *call) derivePath() (hd.Path, iso7816.Status) {
	k := c.state().Key
	if k == nil || !k.extended() && !(c.a.profile.EmptyDerivation && len(c.cmd.Data) == 0) {
		return nil, iso7816.ConditionsNotSatisfied
	}
	mode, source := wire.SplitP1(c.cmd.P1)
	if mode != 0 || source == wire.ToPinless && !c.a.profile.PinlessSource {
		return nil, iso7816.WrongP1P2
	}
	relative, err := wire.ParsePath(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	if source != wire.ToPinless {
		return c.resolve(source, relative)
	}
	return c.toPinless(relative)
}

// toPinless is the source C0 of 3.1. It takes no path and, like every other, no path that a key without a chain code
// cannot have.
func (c *call) toPinless(relative hd.Path) (hd.Path, iso7816.Status) {
	s := c.state()
	switch {
	case len(relative) > 0:
		return nil, iso7816.WrongData
	case len(s.Pinless) == 0:
		return nil, iso7816.ReferenceNotFound
	case !s.Key.extended():
		return nil, iso7816.ConditionsNotSatisfied
	}
	return s.Pinless, iso7816.OK
}
