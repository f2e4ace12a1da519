package applet

import (
	"bytes"
	"crypto/subtle"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
)

// pairing is what PAIR remembers between its steps.
type pairing struct {
	slot      int
	challenge []byte // the card's
}

// pair makes a client known to the card, in two steps (Keycard seed, PAIR).
func (c *call) pair() ([]byte, iso7816.Status) {
	if c.v.open {
		return nil, iso7816.ConditionsNotSatisfied
	}
	if len(c.cmd.Data) != channel.ChallengeSize {
		return nil, iso7816.WrongData
	}
	switch {
	case c.cmd.P1 == channel.PairFirst:
		return c.pairFirst()
	case c.cmd.P1 == channel.PairFinal && c.v.paired != nil:
		return c.pairFinal()
	}
	return nil, iso7816.WrongP1P2
}

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
	challenge, sw := c.random(channel.ChallengeSize)
	if sw != iso7816.OK {
		return nil, sw
	}
	c.v.paired = &pairing{slot, challenge}
	proof := channel.PairingCryptogram(c.state().Token, c.cmd.Data)
	return append(proof[:], challenge...), iso7816.OK
}

func (c *call) pairFinal() ([]byte, iso7816.Status) {
	p := c.v.paired
	c.v.paired = nil
	want := channel.PairingCryptogram(c.state().Token, p.challenge)
	if subtle.ConstantTimeCompare(want[:], c.cmd.Data) != 1 {
		return nil, iso7816.SecurityNotSatisfied
	}
	salt, sw := c.random(channel.ChallengeSize)
	if sw != iso7816.OK {
		return nil, sw
	}
	sw = c.commit("pair", func(s *state) {
		channel.PairingKey(s.Token, salt).Reveal(func(key []byte) { s.Pairings[p.slot] = bytes.Clone(key) })
	})
	return append([]byte{byte(p.slot)}, salt...), sw
}

// unpair frees the slot P1, its own one too; a free one stays free (Keycard seed, UNPAIR).
func (c *call) unpair() ([]byte, iso7816.Status) {
	slot := int(c.cmd.P1)
	if slot >= len(c.state().Pairings) {
		return nil, iso7816.WrongP1P2
	}
	return nil, c.commit("unpair", func(s *state) { s.Pairings[slot] = nil })
}
