package duplicate

import (
	"context"

	"tapcard.example/keycard"
	"tapcard.example/secret"
)

// Codes are what copies may have in common, if their owner wants that: a copy comes with its own PIN, PUK and pairing
// secret (status document: a client may propose to make them the same). What is empty stays as it is.
type Codes struct {
	PIN           secret.PIN   // 6 digits
	PUK           secret.PIN   // 12 digits
	PairingSecret secret.Bytes // 32 bytes
}

// Destroy wipes the codes.
func (k Codes) Destroy() {
	k.PIN.Destroy()
	k.PUK.Destroy()
	k.PairingSecret.Destroy()
}

// Apply gives them to the card of a session whose PIN is verified: the PIN last, so that the one its owner knows works
// as long as anything can fail. The store keeps the pairing secret, before it is sent and after.
func (k Codes) Apply(ctx context.Context, s *keycard.Session, store *keycard.Store) error {
	if k.PUK.Len() > 0 {
		if err := s.ChangePUK(ctx, k.PUK); err != nil {
			return err
		}
	}
	if k.PairingSecret.Len() > 0 {
		if err := store.ChangePairingSecret(ctx, s, k.PairingSecret); err != nil {
			return err
		}
	}
	if k.PIN.Len() == 0 {
		return nil
	}
	return s.ChangePIN(ctx, k.PIN)
}
