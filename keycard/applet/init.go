package applet

import (
	"bytes"
	"errors"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// initialize gives the card its PIN, PUK and pairing secret, once (Keycard seed, INIT). It also replaces the channel
// key, so that the next channel needs a SELECT first; PAIR does not. A payload that does not unpad is an internal error
// of the original.
func (c *call) initialize() ([]byte, iso7816.Status) {
	agreed, payload, err := c.openOneShot()
	defer clear(agreed[:])
	defer clear(payload)
	switch {
	case errors.Is(err, wire.ErrPadding):
		return nil, iso7816.Internal
	case err != nil:
		return nil, iso7816.WrongData
	}
	p, err := wire.ParseInitPayload(payload, c.a.profile.Version)
	if err != nil {
		return nil, iso7816.WrongData
	}
	n := c.state().ChannelNumber + 1
	private, err := c.a.newChannelKey(n)
	if err != nil {
		return nil, iso7816.Internal
	}
	return nil, c.commit("initialize", func(s *state) {
		s.replaceChannelKey(n, private)
		s.setCodes(p, c.a.profile.InitLimits)
	})
}

// setCodes stores what INIT brought. Without a duress PIN a card that knows one takes the first 6 digits of the PUK:
// the owner who does not know about it should change it by INIT, because everybody else knows (Keycard 3.1, INIT).
func (s *state) setCodes(p wire.InitPayload, duress bool) {
	s.Initialized = true
	s.PIN, s.PUK, s.Token = reveal(p.PIN.Bytes), reveal(p.PUK.Bytes), reveal(p.Token)
	if s.Duress = reveal(p.DuressPIN.Bytes); duress && len(s.Duress) == 0 {
		s.Duress = bytes.Clone(s.PUK[:wire.PINSize])
	}
	s.PINLimit, s.PUKLimit = wire.DefaultPINTries, wire.DefaultPUKTries
	if p.PINTries > 0 {
		s.PINLimit, s.PUKLimit = p.PINTries, p.PUKTries
	}
	s.PINTries, s.PUKTries = s.PINLimit, s.PUKLimit
}

// reveal copies a secret into the card's memory.
func reveal(s secret.Bytes) (b []byte) {
	s.Reveal(func(x []byte) { b = bytes.Clone(x) })
	return b
}
