package applet

import (
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// signEarly refuses a P1 that does not exist, without looking into the command (Keycard 2.2 and later, SIGN). Before,
// P1 and P2 were not looked at.
func (c *call) signEarly() iso7816.Status {
	mode, source := wire.SplitP1(c.cmd.P1)
	if !c.a.profile.SignIgnoresP1P2 && (mode > wire.SignPinless || source == wire.ToPinless) {
		return iso7816.WrongParameters
	}
	return iso7816.OK
}

// signArrival lets SIGN with the pinless path come in without a channel (Keycard 2.2 and later, SIGN).
func (c *call) signArrival() arrival {
	if mode, _ := c.signMode(); mode == wire.SignPinless {
		return either
	}
	return inside
}

// signMode takes P1 apart; 2.0 always signs with the current key.
func (c *call) signMode() (mode byte, source wire.Source) {
	if c.a.profile.SignIgnoresP1P2 {
		return wire.UseCurrent, wire.FromMaster
	}
	return wire.SplitP1(c.cmd.P1)
}

// sign signs a hash of 32 bytes (Keycard seed, SIGN) with the current key or, since 2.2, with the key at a path that
// follows the hash or at the pinless path.
func (c *call) sign() ([]byte, iso7816.Status) {
	path, sw := c.signPath()
	if sw != iso7816.OK {
		return nil, sw
	}
	key, sw := c.keyAt(path)
	if sw != iso7816.OK {
		return nil, sw
	}
	answer, sw := c.signature(key, c.cmd.Data[:wire.HashSize])
	if sw != iso7816.OK {
		return nil, sw
	}
	if mode, _ := c.signMode(); mode == wire.DeriveAndMakeCurrent {
		if sw := c.makeCurrent(path); sw != iso7816.OK {
			return nil, sw
		}
	}
	return answer, iso7816.OK
}

// signature signs and encodes. A high S is brought below half the group order and, as the original does that in place,
// keeps all of its 32 bytes, leading zeros too (Keycard 2.0 to 3.1.2, SIGN).
func (c *call) signature(key *leaf, hash []byte) ([]byte, iso7816.Status) {
	r, s, sw := c.ecdsa(&key.scalar, hash)
	if sw != iso7816.OK {
		return nil, sw
	}
	high := s.IsOverHalfOrder()
	if high {
		s.Negate()
	}
	return wire.Signature{PublicKey: key.public, R: r.Bytes(), S: s.Bytes()}.Encode(high), iso7816.OK
}

// signPath finds out which key is to sign, and whether it may: with the PIN, or when it is the pinless one.
func (c *call) signPath() (hd.Path, iso7816.Status) {
	s := c.state()
	mode, source := c.signMode()
	if mode == wire.SignPinless {
		return c.pinlessSignPath()
	}
	pinless := mode == wire.UseCurrent && len(c.cmd.Data) == wire.HashSize && s.isPinless(s.Path)
	if s.Key == nil || !c.v.verified && !pinless {
		return nil, iso7816.ConditionsNotSatisfied
	}
	_, relative, err := wire.ParseSignCommand(c.cmd)
	if err != nil || !c.a.profile.SignPathOptional && (mode == wire.UseCurrent) != (len(relative) == 0) {
		return nil, iso7816.WrongData
	}
	if mode == wire.UseCurrent {
		if len(relative) == 0 {
			return s.Path, iso7816.OK
		}
		source = wire.FromCurrent
	}
	return c.resolve(source, relative)
}

// pinlessSignPath is the path of SIGN with the pinless path: 6A88 when there is none. The original of 3.1 forgot that
// a key without a chain code has no such path, and signed with the master key.
func (c *call) pinlessSignPath() (hd.Path, iso7816.Status) {
	s := c.state()
	if len(s.Pinless) == 0 {
		return nil, iso7816.ReferenceNotFound
	}
	if s.Key == nil {
		return nil, iso7816.ConditionsNotSatisfied
	}
	if len(c.cmd.Data) != wire.HashSize {
		return nil, iso7816.WrongData
	}
	if c.a.quirks.PinlessMaster && !s.Key.extended() {
		return nil, iso7816.OK
	}
	return s.Pinless, iso7816.OK
}
