package applet

import (
	"io"

	"tapcard.example/cktap/wire"
)

// nfc shows what a phone sees (Tap protocol, nfc; the maker's nfc-spec).
func (c *call) nfc() (answer, error) {
	u, private, err := c.urlParts()
	if err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(c.a.env.Rand, u.Nonce[:]); err != nil {
		return nil, errInternal
	}
	if u.Signature, err = c.signature(private, u.Digest()); err != nil {
		return nil, err
	}
	text := u.String(c.a.product)
	if c.a.profile.SchemeInURL {
		text = wire.URLScheme + text
	}
	return wire.NFCAnswer{URL: text}, nil
}

// urlParts is what the URL says, and the key that signs it.
func (c *call) urlParts() (wire.URL, []byte, error) {
	s := c.state()
	if c.a.product.Signer() {
		state := wire.URLSealed
		if s.Slots[0].State == wire.SlotUnused {
			state = wire.URLUnsealed
		}
		if s.Tampered {
			state = wire.URLTampered
		}
		return wire.URL{Signer: true, State: state, Card: wire.CardHash(c.a.public)}, reveal(c.a.key), nil
	}
	at := s.shown()
	if at < 0 {
		return wire.URL{}, nil, refuse(wire.CodeInvalidState)
	}
	k := &s.Slots[at]
	tail := wire.AddressTail(c.a.address(k))
	return wire.URL{State: s.urlState(k), Slot: at, Tail: tail}, k.Private, nil
}

// shown is the slot that a SATSCARD's URL is about: the current one, or the one before when that has no key; -1 when
// there is none. A slot whose m/0 is no key cannot sign and is passed over.
func (s *state) shown() int {
	for at := min(s.Current, len(s.Slots)-1); at >= 0; at-- {
		if len(s.Slots[at].Private) > 0 {
			return at
		}
	}
	return -1
}

func (s *state) urlState(k *slot) wire.URLState {
	switch {
	case s.Tampered:
		return wire.URLTampered
	case k.State == wire.SlotSealed:
		return wire.URLSealed
	}
	return wire.URLUnsealed
}
