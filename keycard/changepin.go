package keycard

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// ChangePIN sets a new PIN of 6 digits and needs the old one verified (Keycard seed, CHANGE PIN). The new one is
// verified from then on.
func (s *Session) ChangePIN(ctx context.Context, pin secret.PIN) error {
	if err := checkDigits("new PIN", pin, wire.PINSize); err != nil {
		return failure(wire.InsChangePIN, card.ErrWrongData, err)
	}
	return s.doEmpty(ctx, wire.ChangePINCommand(pin))
}

// ChangePUK sets a new PUK of 12 digits and needs the PIN (Keycard seed, CHANGE PIN).
func (s *Session) ChangePUK(ctx context.Context, puk secret.PIN) error {
	if err := checkDigits("new PUK", puk, wire.PUKSize); err != nil {
		return failure(wire.InsChangePIN, card.ErrWrongData, err)
	}
	return s.doEmpty(ctx, wire.ChangePUKCommand(puk))
}

// ChangePairingSecret sets a new pairing secret of 32 bytes and needs the PIN (Keycard seed, CHANGE PIN). Pairings made
// with the old one go on. [Store.ChangePairingSecret] keeps the new one, too.
func (s *Session) ChangePairingSecret(ctx context.Context, pairingSecret secret.Bytes) error {
	if n := pairingSecret.Len(); n != wire.PairingTokenSize {
		return refuse(wire.InsChangePIN, "a pairing secret has 32 bytes, not %d", n)
	}
	return s.doEmpty(ctx, wire.ChangeTokenCommand(pairingSecret))
}
