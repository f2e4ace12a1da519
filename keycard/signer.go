package keycard

import (
	"context"
	"encoding/hex"

	"tapcard.example/hd"
	"tapcard.example/keycard/wire"
	"tapcard.example/signer"
)

// Signer lets package signer sign with a card: it is a signer.Card. The session must have its PIN verified.
type Signer struct {
	Session *Session
	Label   string // the user's name for the card, may be empty
}

var _ signer.Card = Signer{}

// Describe names the card by its key UID, so a card with another key is another card. Cards that hold the same key have
// the same name: either may sign.
func (s Signer) Describe() signer.Identity {
	c := s.Session.card
	id := hex.EncodeToString(c.info.KeyUID)
	return signer.Identity{Kind: "keycard", Label: s.Label, ID: id, Software: c.Software()}
}

// Capabilities: any path of up to 10 levels on secp256k1.
func (s Signer) Capabilities() signer.Capabilities {
	return signer.Capabilities{Curves: []signer.Curve{signer.Secp256k1}, MaxDepth: wire.MaxPathDepth, Hardened: true}
}

// PublicKey exports the public key at path.
func (s Signer) PublicKey(ctx context.Context, path hd.Path) ([65]byte, error) {
	return s.Session.ExportPublic(ctx, At(path))
}

// Sign signs with the key at path. Package signer compares the key with the one that it remembers.
func (s Signer) Sign(ctx context.Context, path hd.Path, digest [32]byte) (signer.Signature, error) {
	return s.Session.Sign(ctx, digest, At(path))
}
