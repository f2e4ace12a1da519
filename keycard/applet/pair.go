package applet

import (
	"crypto/subtle"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// pairing is what PAIR remembers between its steps.
type pairing struct {
	slot      int
	challenge [32]byte // the card's
}

// pairEarly refuses to pair inside a channel, without looking into the command (Keycard seed, PAIR).
func (c *call) pairEarly() iso7816.Status {
	if c.v.open {
		return iso7816.ConditionsNotSatisfied
	}
	return iso7816.OK
}

// pair makes a client known to the card, in two steps (Keycard seed, PAIR).
func (c *call) pair() ([]byte, iso7816.Status) {
	if len(c.cmd.Data) != 32 {
		return nil, iso7816.WrongData
	}
	switch {
	case c.cmd.P1 == wire.PairFirst:
		return c.pairFirst()
	case c.cmd.P1 == wire.PairFinal && c.v.paired != nil:
		return c.pairFinal()
	}
	return nil, iso7816.WrongP1P2
}

// pairFirst proves that the card knows the pairing secret and asks the client for the same. It needs a free slot
// already, so that the client learns early that there is none.
func (c *call) pairFirst() ([]byte, iso7816.Status) {
	c.v.paired = nil
	slot := -1
	for i, key := range c.state().Pairings {
		if len(key) == 0 {
			slot = i
			break
		}
	}
	if slot < 0 {
		return nil, iso7816.NotEnoughSpace
	}
	challenge, sw := c.random(32)
	if sw != iso7816.OK {
		return nil, sw
	}
	c.v.paired = &pairing{slot, [32]byte(challenge)}
	proof := wire.PairingCryptogram(c.state().Token, c.cmd.Data)
	return append(proof[:], challenge...), iso7816.OK
}

// pairFinal checks the client's proof and stores the pairing key.
func (c *call) pairFinal() ([]byte, iso7816.Status) {
	p := c.v.paired
	c.v.paired = nil
	want := wire.PairingCryptogram(c.state().Token, p.challenge[:])
	c.a.env.Store.Note("compare pairing cryptogram")
	if subtle.ConstantTimeCompare(want[:], c.cmd.Data) != 1 {
		return nil, iso7816.SecurityNotSatisfied
	}
	salt, sw := c.random(32)
	if sw != iso7816.OK {
		return nil, sw
	}
	sw = c.commit("pair", func(s *state) {
		wire.PairingKey(s.Token, salt).Reveal(func(key []byte) { s.Pairings[p.slot] = append([]byte(nil), key...) })
	})
	if sw != iso7816.OK {
		return nil, sw
	}
	return append([]byte{byte(p.slot)}, salt...), iso7816.OK
}
