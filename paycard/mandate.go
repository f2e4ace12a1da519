package paycard

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/paycard/wire"
)

// Mandate has the card sign that a payee may pull from the purse of profile n, and verifies the signature. It takes a
// counter of the card's, so do not repeat it blindly: when the answer was lost, nobody else has it either, the log shows
// the mandate, and another one can be signed in its place. Needs the PIN. card.ErrNotFound when the profile is not set; a
// card that is switched off or has no signatures left refuses with a GuardError.
func (s *Session) Mandate(ctx context.Context, n byte, g wire.Grant) (wire.Mandate, wire.Signature, error) {
	cmd := wire.MandateCommand(n, g)
	if _, err := wire.ParseGrant(cmd.Data); err != nil {
		return wire.Mandate{}, wire.Signature{}, failure(wire.InsMandate, card.ErrWrongData, err)
	}
	profile, err := s.Profile(ctx, n)
	if err != nil {
		return wire.Mandate{}, wire.Signature{}, err
	}
	signed, err := read(ctx, s, cmd, wire.ParseSigned)
	if err != nil {
		return wire.Mandate{}, wire.Signature{}, err
	}
	m := wire.Mandate{Purse: profile.Profile.Purse, Grant: g, Counter: signed.Counter}
	if by, err := signed.Signature.Recover(m.Digest()); err != nil || by != s.card.info.Address {
		return wire.Mandate{}, wire.Signature{}, failure(wire.InsMandate, card.ErrBadSignature, err)
	}
	return m, signed.Signature, nil
}
