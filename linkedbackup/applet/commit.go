package applet

import (
	"bytes"
	"crypto/sha256"

	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// commitSet checks all members, fixes the set, makes every bundle and forgets the link keys, in one commit
// (PROTOCOL.md, COMMIT). It happens once in a life; the same joins get the same bundles for ever after.
func (c *call) commitSet() ([]byte, error) {
	s := c.state()
	request := sha256.Sum256(c.cmd.Data)
	switch {
	case s.Link != nil && s.Link.Slot == 0 && bytes.Equal(s.Link.Request, request[:]):
		return bytes.Join(s.Link.Bundles, nil), nil
	case s.Link != nil:
		return nil, wire.ErrLinked
	case s.Run == nil:
		return nil, wire.ErrNoRun
	}
	offers, err := wire.ParseOffers(bytes.Join(s.Run.Offers, nil), len(s.Run.Offers))
	if err != nil {
		return nil, wire.ErrInternal
	}
	joins, err := wire.ParseJoins(c.cmd.Data, len(offers))
	if err != nil {
		return nil, err
	}
	if err := wire.CheckJoins(c.a.identity(), offers, joins); err != nil {
		return nil, err
	}
	l := &link{Size: s.Run.Size, Set: wire.Members(c.a.card.Public, joins), Request: request[:]}
	if l.Bundles, err = c.sealAll(offers, joins, l.Set); err != nil {
		return nil, err
	}
	return bytes.Join(l.Bundles, nil), c.commit("give the key", func(s *state) { s.Link, s.Run = l, nil })
}

// sealAll makes the bundles, each under its own pair of link keys.
func (c *call) sealAll(offers []wire.Offer, joins []wire.Join, set []wire.Key) (bundles [][]byte, err error) {
	s := c.state()
	content := wire.Content{Private: secret.Copy(s.Wallet.Private), Chain: secret.Copy(s.Wallet.Chain),
		Size: s.Run.Size, Origin: s.Wallet.Origin, Code: secret.Copy(s.Code)}
	defer content.Destroy()
	for i, o := range offers {
		own, err := wire.KeyPairOf(bytes.Clone(s.Run.Links[i]))
		if err != nil {
			return nil, wire.ErrInternal
		}
		b, err := wire.Seal(c.a.env.Rand, c.a.card, own, o, joins[i], set, content)
		own.Destroy()
		if err != nil {
			return nil, err
		}
		bundles = append(bundles, b.Encode())
	}
	return bundles, nil
}
