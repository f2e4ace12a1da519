package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// selectApplet says what card this is, and closes the channel (PROTOCOL.md, State).
func (c *call) selectApplet() iso7816.Response {
	c.v.closeChannel()
	s := c.state()
	info := wire.Info{Identity: c.a.identity(), State: s.life(), Wait: c.waitLeft()}
	if s.Wallet != nil {
		info.Origin = s.Wallet.Origin
	}
	switch {
	case s.Link != nil:
		info.Size, info.Slot = s.Link.Size, s.Link.Slot
	case s.Run != nil:
		info.Size, info.Slot = s.Run.Size, s.Run.slot()
	}
	return iso7816.Response{Data: info.Encode(), SW: iso7816.OK}
}

// identity is the card as others know it. It is software, certified or not.
func (a *Applet) identity() wire.Identity {
	s := a.cell.View()
	id := wire.Identity{Flags: wire.FlagSoftware, Card: a.card.Public}
	if len(s.Cert) > 0 {
		id.Flags, id.Root, id.Cert = s.Flags, wire.Key(s.Root), wire.Signature(s.Cert)
	}
	return id
}

// slot is the card's place in the run: 0 for the source.
func (r *run) slot() byte {
	if len(r.Join) == 0 {
		return 0
	}
	join, err := wire.ParseJoin(r.Join)
	if err != nil {
		return 0
	}
	return join.Slot
}
