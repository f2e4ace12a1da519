package applet

import (
	"bytes"

	"tapcard.example/linkedbackup/wire"
)

// join checks an offer and answers it with a link key of this card's own (PROTOCOL.md, JOIN). The same offer gets the
// same answer as long as the run is open.
func (c *call) join() ([]byte, error) {
	if len(c.cmd.Data) != wire.OfferSize {
		return nil, wire.ErrLength
	}
	switch s := c.state(); {
	case s.Wallet != nil:
		return nil, wire.ErrLinked
	case s.Run != nil && bytes.Equal(s.Run.Offers[0], c.cmd.Data):
		return s.Run.Join, nil
	case s.Run != nil:
		return nil, wire.ErrRunOpen
	}
	o, err := wire.ParseOffer(c.cmd.Data)
	if err != nil {
		return nil, err
	}
	if err := o.Check(c.a.identity()); err != nil {
		return nil, err
	}
	link, err := wire.NewKeyPair(c.a.env.Rand)
	if err != nil {
		return nil, err
	}
	defer link.Destroy()
	answer := wire.NewJoin(o, c.a.identity(), c.a.card, link.Public).Encode()
	r := &run{Size: o.Size, Offers: [][]byte{bytes.Clone(c.cmd.Data)}, Links: [][]byte{reveal(link.Private())},
		Join: answer}
	return answer, c.commit("join a set", func(s *state) { s.Run = r })
}
