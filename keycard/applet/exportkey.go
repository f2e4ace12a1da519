package applet

import (
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// exportKey gives out a key (Keycard seed, EXPORT KEY): the public one always, with its chain code since 3.1, the
// private one only below m/43'/60'/1581' (EIP-1581).
func (c *call) exportKey() ([]byte, iso7816.Status) {
	s := c.state()
	if s.Key == nil {
		return nil, iso7816.ConditionsNotSatisfied
	}
	mode, source := wire.SplitP1(c.cmd.P1)
	if mode > wire.DeriveAndMakeCurrent || source == wire.ToPinless || !c.exports(c.cmd.P2) {
		return nil, iso7816.WrongP1P2
	}
	path, sw := c.exportPath(mode, source)
	if sw != iso7816.OK {
		return nil, sw
	}
	if !c.mayExport(path, mode, source) {
		return nil, iso7816.ConditionsNotSatisfied
	}
	shown := path
	if c.a.quirks.ExportEmptyDerive && mode == wire.Derive && len(c.cmd.Data) == 0 {
		shown, mode = s.Path, wire.DeriveAndMakeCurrent
	}
	key, sw := c.keyAt(shown)
	if sw != iso7816.OK {
		return nil, sw
	}
	answer := c.exported(key, mode)
	if mode == wire.DeriveAndMakeCurrent {
		if sw := c.makeCurrent(path); sw != iso7816.OK {
			return nil, sw
		}
	}
	return answer, iso7816.OK
}

// exports says whether the version knows this P2.
func (c *call) exports(what byte) bool {
	return what == wire.ExportPrivate || what == wire.ExportPublic ||
		what == wire.ExportExtended && c.a.profile.ExportXPub
}

// exportPath is the path of the key that is asked for; with the current key the data is not looked at.
func (c *call) exportPath(mode byte, source wire.Source) (hd.Path, iso7816.Status) {
	if mode == wire.UseCurrent {
		return c.state().Path, iso7816.OK
	}
	relative, err := wire.ParsePath(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	return c.resolve(source, relative)
}

// mayExport is the rule of EIP-1581. A chain code inside that subtree stays on the card, because with any private key
// from below it gives away the private keys above. The original of 2.x looked at the current path, whichever key was
// asked for, unless the path started at the master key.
func (c *call) mayExport(path hd.Path, mode byte, source wire.Source) bool {
	switch c.cmd.P2 {
	case wire.ExportPrivate:
		if c.a.quirks.ExportRuleOnCurrent && mode != wire.UseCurrent && source != wire.FromMaster {
			path = c.state().Path
		}
		return wire.PrivateExportable(path)
	case wire.ExportExtended:
		return c.state().Key.extended() && !wire.InEIP1581(path)
	}
	return true
}

// exported builds the answer. With a private key the public one comes too, but not after P1 01, and not since 3.1.
func (c *call) exported(key *leaf, mode byte) []byte {
	var t wire.KeyTemplate
	switch c.cmd.P2 {
	case wire.ExportPrivate:
		t.Private = key.key.Private()
		if mode != wire.Derive && !c.a.profile.ExportPrivateAlone {
			t.Public = key.public[:]
		}
	case wire.ExportPublic:
		t.Public = key.public[:]
	case wire.ExportExtended:
		chain := key.key.ChainCode()
		t.Public, t.ChainCode = key.public[:], secret.Copy(chain[:])
	}
	return t.Encode()
}
