package applet

import (
	"bytes"
	"crypto/sha256"

	"tapcard.example/linkedbackup/wire"
)

// importBundle takes a key: wallet, code and set come in, the link key goes, in one commit (PROTOCOL.md, IMPORT). The
// same bundle again is a lost answer, and is answered again.
func (c *call) importBundle() ([]byte, error) {
	s := c.state()
	request := sha256.Sum256(c.cmd.Data)
	switch {
	case s.Link != nil && s.Link.Slot != 0 && bytes.Equal(s.Link.Request, request[:]):
		return nil, nil
	case s.Wallet != nil:
		return nil, wire.ErrLinked
	case s.Run == nil:
		return nil, wire.ErrNoRun
	}
	bundle, content, err := c.openBundle()
	if err != nil {
		return nil, err
	}
	defer content.Destroy()
	return nil, c.commit("take the key", func(s *state) {
		s.Wallet = &wallet{reveal(content.Private), reveal(content.Chain), content.Origin}
		s.Code = reveal(content.Code)
		s.Link = &link{Size: bundle.Size, Slot: bundle.Slot, Set: bundle.Set, Request: request[:]}
		s.Run = nil
	})
}

// openBundle checks the bundle against the run and opens it.
func (c *call) openBundle() (wire.Bundle, wire.Content, error) {
	r := c.state().Run
	bundle, err := wire.ParseBundle(c.cmd.Data)
	if err != nil {
		return bundle, wire.Content{}, err
	}
	o, err := wire.ParseOffer(r.Offers[0])
	if err != nil {
		return bundle, wire.Content{}, wire.ErrInternal
	}
	j, err := wire.ParseJoin(r.Join)
	if err != nil {
		return bundle, wire.Content{}, wire.ErrInternal
	}
	if err := bundle.Check(o, j); err != nil {
		return bundle, wire.Content{}, err
	}
	own, err := wire.KeyPairOf(bytes.Clone(r.Links[0]))
	if err != nil {
		return bundle, wire.Content{}, wire.ErrInternal
	}
	defer own.Destroy()
	content, err := bundle.Open(own, o, j)
	return bundle, content, err
}
