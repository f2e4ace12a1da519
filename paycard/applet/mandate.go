package applet

import (
	"bytes"
	"math"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// mandate signs that a payee may pull (PROTOCOL.md, MANDATE). The owner asks, so the guards against terminals do not
// apply; the switch and what bounds the card's signatures do.
func (c *call) mandate() ([]byte, iso7816.Status) {
	s := c.state()
	g, err := wire.ParseGrant(c.cmd.Data)
	if err != nil || bytes.Equal(g.Payee[:], s.Address) {
		return nil, iso7816.WrongData
	}
	if !c.on() {
		return nil, wire.RefusedOff.SW()
	}
	p, ok := s.profile(c.cmd.P1)
	switch {
	case !ok:
		return nil, iso7816.ReferenceNotFound
	case s.Counter == math.MaxUint32:
		return nil, wire.RefusedSpent.SW()
	case s.Left == 0:
		return nil, wire.RefusedCounter.SW()
	}
	m := wire.Mandate{Purse: p.Purse, Grant: g, Counter: s.Counter + 1}
	signature := wire.Sign(secp256k1.PrivKeyFromBytes(s.PayPrivate), m.Digest())
	entry := wire.Entry{Counter: m.Counter, Flags: wire.LogMandate, Profile: c.cmd.P1, Merchant: g.Payee, Amount: g.Cap,
		Anchor: g.Anchor, Offer: g.Terms(), Digest: m.Digest()}
	sw := c.commit("sign a mandate", func(s *state) {
		s.Counter = m.Counter // and the last payment stays the one that can be repeated
		s.signed(entry)
	})
	if sw != iso7816.OK {
		return nil, sw
	}
	return wire.Signed{Counter: m.Counter, Signature: signature}.Encode(), iso7816.OK
}

// signed takes off one of the signatures that are left, and writes the log.
func (s *state) signed(e wire.Entry) {
	if s.Left != wire.NoCounterLimit {
		s.Left--
	}
	s.Log = append([][]byte{e.Encode()}, s.Log[:min(len(s.Log), wire.LogEntries-1)]...)
}
