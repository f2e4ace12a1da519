package cktap

import (
	"context"
	"encoding/hex"
	"slices"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

// TapsignerKeys are the keys of a TAPSIGNER or SATSCHIP for package signer: those at its derivation and up to two
// levels below. The CVC stays the caller's.
type TapsignerKeys struct {
	t     *Tapsigner
	cvc   secret.Bytes
	label string
}

// Signer makes the card a signer.Card. label is the owner's name for it.
func (t *Tapsigner) Signer(cvc secret.Bytes, label string) *TapsignerKeys {
	return &TapsignerKeys{t, cvc, label}
}

// Describe names the card by its own key: it has one wallet in its life.
func (k *TapsignerKeys) Describe() signer.Identity {
	key := k.t.status.PublicKey
	return k.t.identity(key[:], k.label)
}

// Capabilities are those of the card where its derivation stands now.
func (k *TapsignerKeys) Capabilities() signer.Capabilities {
	prefix := k.t.Path()
	return signer.Capabilities{Curves: []signer.Curve{signer.Secp256k1}, Prefix: slices.Clone(prefix),
		MaxDepth: len(prefix) + wire.MaxSubpath}
}

// PublicKey is the key at path, from the account, which is proven the first time: see Tapsigner.Account. The card must
// prove that it is genuine before.
func (k *TapsignerKeys) PublicKey(ctx context.Context, path hd.Path) ([65]byte, error) {
	subpath, err := k.subpath(path)
	if err != nil {
		return [65]byte{}, err
	}
	if k.t.verdict == nil {
		if _, err := k.t.Genuine(ctx); err != nil {
			return [65]byte{}, err
		}
	}
	a, err := k.t.Account(ctx, k.cvc)
	if err != nil {
		return [65]byte{}, err
	}
	key, err := a.Key(subpath)
	if err != nil {
		return [65]byte{}, failure(wire.CmdSign, card.ErrInvalidKey, err)
	}
	return key, nil
}

// Sign signs a digest with the key at path: one command. The key is compared with the account's if that is known;
// package signer compares it with the one that it expects.
func (k *TapsignerKeys) Sign(ctx context.Context, path hd.Path, digest [32]byte) (signer.Signature, error) {
	subpath, err := k.subpath(path)
	if err != nil {
		return signer.Signature{}, err
	}
	var expected *[65]byte
	if a := k.t.account; a != nil && slices.Equal(a.Path, k.t.Path()) {
		key, err := a.Key(subpath)
		if err != nil {
			return signer.Signature{}, failure(wire.CmdSign, card.ErrInvalidKey, err)
		}
		expected = &key
	}
	return k.t.Sign(ctx, k.cvc, subpath, digest, expected)
}

// subpath is what path adds to the card's derivation.
func (k *TapsignerKeys) subpath(path hd.Path) (hd.Path, error) {
	at := k.t.Path()
	if err := k.t.needKey(wire.CmdSign); err != nil {
		return nil, err
	}
	if len(path) < len(at) || !slices.Equal(path[:len(at)], at) {
		return nil, refuse(wire.CmdSign, card.ErrConditions, "%w: it stands at %s, the key is at %s; derive that path first",
			ErrPath, wire.FormatPath(at), wire.FormatPath(path))
	}
	return path[len(at):], nil
}

// SlotKey is the key of an unsealed slot of a SATSCARD for package signer, at the path m. The CVC stays the caller's.
type SlotKey struct {
	s      *Satscard
	cvc    secret.Bytes
	number int
	label  string
	public [65]byte
}

// Signer makes an unsealed slot a signer.Card. The slot signs a random challenge, which nobody in between can do in its
// place, and that shows its key: one command, and no private key leaves the card. A sealed or unused slot is
// card.ErrConditions.
func (s *Satscard) Signer(ctx context.Context, cvc secret.Bytes, number int, label string) (*SlotKey, error) {
	challenge, err := s.opts.random(wire.KeySize)
	if err != nil {
		return nil, err
	}
	proof, err := s.Sign(ctx, cvc, number, [32]byte(challenge), nil)
	if err != nil {
		return nil, err
	}
	return &SlotKey{s, cvc, number, label, proof.PublicKey}, nil
}

// Describe names the key by itself.
func (k *SlotKey) Describe() signer.Identity { return k.s.identity(k.public[:], k.label) }

// Capabilities are one key, at m.
func (k *SlotKey) Capabilities() signer.Capabilities {
	return signer.Capabilities{Curves: []signer.Curve{signer.Secp256k1}}
}

// PublicKey is the slot's key; it sends nothing.
func (k *SlotKey) PublicKey(_ context.Context, path hd.Path) ([65]byte, error) {
	if err := k.Capabilities().Check(path); err != nil {
		return [65]byte{}, err
	}
	return k.public, nil
}

// Sign signs a digest on the card: one command.
func (k *SlotKey) Sign(ctx context.Context, path hd.Path, digest [32]byte) (signer.Signature, error) {
	key, err := k.PublicKey(ctx, path)
	if err != nil {
		return signer.Signature{}, err
	}
	return k.s.Sign(ctx, k.cvc, k.number, digest, &key)
}

// identity names a card, or a key on it.
func (c *Card) identity(key []byte, label string) signer.Identity {
	kind := map[wire.Product]string{wire.Satscard: "satscard", wire.Tapsigner: "tapsigner", wire.Satschip: "satschip"}
	return signer.Identity{Kind: kind[c.Product()], Label: label, ID: hex.EncodeToString(key), Software: c.Software()}
}
