package applet

import (
	"bytes"

	"tapcard.example/linkedbackup/wire"
)

// begin starts a backup: a link key and an offer for each slot (PROTOCOL.md, BEGIN). Begun once, it gives the same
// offers again.
func (c *call) begin() ([]byte, error) {
	size := c.cmd.P1
	switch s := c.state(); {
	case len(c.cmd.Data) != 0:
		return nil, wire.ErrLength
	case size < wire.MinSize || size > wire.MaxSize:
		return nil, wire.ErrCount
	case s.Link != nil:
		return nil, wire.ErrLinked
	case s.Run != nil && s.Run.Size == size:
		return bytes.Join(s.Run.Offers, nil), nil
	case s.Run != nil:
		return nil, wire.ErrRunOpen
	}
	r, err := c.newRun(size)
	if err != nil {
		return nil, err
	}
	return bytes.Join(r.Offers, nil), c.commit("begin a backup", func(s *state) { s.Run = r })
}

func (c *call) newRun(size byte) (*run, error) {
	public, err := c.state().Wallet.public()
	if err != nil {
		return nil, err
	}
	r := &run{Size: size}
	for slot := byte(1); slot < size; slot++ {
		link, err := wire.NewKeyPair(c.a.env.Rand)
		if err != nil {
			return nil, err
		}
		o := wire.Offer{Size: size, Slot: slot, Link: link.Public, Wallet: public}
		o.Sign(c.a.identity(), c.a.card)
		r.Offers, r.Links = append(r.Offers, o.Encode()), append(r.Links, reveal(link.Private()))
	}
	return r, nil
}
