package cktap

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// Tapsigner is a TAPSIGNER, or a SATSCHIP: that is one without backup.
type Tapsigner struct{ *Card }

// Satschip says whether the card is a SATSCHIP: it has no backup, and left the factory with the CVC 123456.
func (t *Tapsigner) Satschip() bool { return t.Product() == wire.Satschip }

// HasKey says whether the card has picked its key.
func (t *Tapsigner) HasKey() bool { return t.status.HasKey() }

// Path is where the card's derivation stands; nil without a key.
func (t *Tapsigner) Path() hd.Path { return t.status.Path }

// DerivedKey reads the public key at the card's derivation, which must sign both nonces (Tap protocol, read). Nobody
// who listens learns it. One command. See Account for the xpub.
func (t *Tapsigner) DerivedKey(ctx context.Context, cvc secret.Bytes) (wire.PublicKey, error) {
	host, err := t.hostNonce()
	if err != nil {
		return wire.PublicKey{}, err
	}
	var used wire.Nonce
	body, session, err := t.authorised(ctx, wire.CmdRead, cvc, func(a wire.Auth, _ wire.Session) (iso7816.Command, error) {
		used = t.nonce
		return wire.ReadRequest{Nonce: host, Auth: a}.Command()
	})
	defer session.Destroy()
	if err != nil {
		return wire.PublicKey{}, err
	}
	a, err := wire.ParseReadAnswer(body)
	if err != nil {
		return wire.PublicKey{}, bad(wire.CmdRead, err)
	}
	key := session.PadPublicKey(a.PublicKey)
	if a.Signature.Verify(wire.ReadDigest(used, host, 0), key) != nil {
		return wire.PublicKey{}, t.suspect(ctx, wire.CmdRead, ErrRead)
	}
	return key, nil
}

// needKey fails unless the card has a key.
func (t *Tapsigner) needKey(name string) error {
	if t.status.HasKey() {
		return nil
	}
	return failure(name, card.ErrConditions, ErrNoKey)
}
