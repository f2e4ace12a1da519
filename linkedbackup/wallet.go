package linkedbackup

import (
	"context"
	"encoding/hex"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/signer"
)

// Derive exports the public key and the chain code at a path of at most 10 levels, and has the card prove that it has
// the private key. Needs the code. Errors: card.ErrInvalidKey when BIP-32 has no key there, card.ErrBadSignature.
func (s *Session) Derive(ctx context.Context, path hd.Path) (wire.Derived, error) {
	if err := checkPath(wire.InsDerive, path); err != nil {
		return wire.Derived{}, err
	}
	nonce, err := s.card.nonce(wire.InsDerive)
	if err != nil {
		return wire.Derived{}, err
	}
	data, err := s.do(ctx, wire.DeriveCommand(nonce, path))
	if err != nil {
		return wire.Derived{}, err
	}
	d, err := wire.ParseDerived(data)
	if err != nil {
		return wire.Derived{}, bad(wire.InsDerive, err)
	}
	if err := d.Verify(s.card.info.Card, nonce, path); err != nil {
		return wire.Derived{}, failure(wire.InsDerive, card.ErrBadSignature, err)
	}
	return d, nil
}

// XPub is the extended public key at a path: who has it sees all addresses below. Two commands, one for the master key.
func (s *Session) XPub(ctx context.Context, path hd.Path) (*hd.XPub, error) {
	var origin hd.Origin
	if n := len(path); n > 0 {
		parent, err := s.Derive(ctx, path[:n-1])
		if err != nil {
			return nil, err
		}
		up, err := hd.NewXPub(parent.Key[:], parent.Chain, hd.Origin{})
		if err != nil {
			return nil, bad(wire.InsDerive, err)
		}
		origin = hd.Origin{Depth: byte(n), Parent: up.Fingerprint(), Index: path[n-1]}
	}
	d, err := s.Derive(ctx, path)
	if err != nil {
		return nil, err
	}
	return hd.NewXPub(d.Key[:], d.Chain, origin)
}

// Sign signs digests, 32 bytes each, with the key at a path; one command for every 14. Needs the code. Each signature
// is verified against the key that the card names; use a Signer under package signer, which knows what key it must be.
func (s *Session) Sign(ctx context.Context, path hd.Path, digests [][32]byte) ([]signer.Signature, error) {
	if err := checkPath(wire.InsSign, path); err != nil {
		return nil, err
	}
	var all []signer.Signature
	for len(digests) > 0 {
		n := min(len(digests), wire.MaxHashes)
		signed, err := s.signBatch(ctx, path, digests[:n])
		if err != nil {
			return nil, err
		}
		all, digests = append(all, signed...), digests[n:]
	}
	return all, nil
}

func (s *Session) signBatch(ctx context.Context, path hd.Path, digests [][32]byte) ([]signer.Signature, error) {
	data, err := s.do(ctx, wire.SignCommand(path, digests))
	if err != nil {
		return nil, err
	}
	signed, err := wire.ParseSigned(data, len(digests))
	if err != nil {
		return nil, bad(wire.InsSign, err)
	}
	public, err := signed.Key.Uncompressed()
	if err != nil {
		return nil, bad(wire.InsSign, err)
	}
	var all []signer.Signature
	for i, w := range signed.Signatures {
		sig := signer.Signature{R: w.R, S: w.S, V: w.V, PublicKey: public}
		if err := sig.Verify(digests[i], public); err != nil {
			return nil, err
		}
		all = append(all, sig)
	}
	return all, nil
}

func checkPath(ins byte, path hd.Path) error {
	if len(path) > wire.MaxDepth {
		return failure(ins, card.ErrWrongData,
			fmt.Errorf("a path has at most %d levels, this one %d", wire.MaxDepth, len(path)))
	}
	return nil
}

// Signer lets package signer sign with a card; it implements signer.Card. All cards of a set are one to it: what it
// remembers is the wallet.
type Signer struct {
	session *Session
	label   string
}

// NewSigner makes a signer of a session whose code is verified. label is the user's name for the card, or empty.
func NewSigner(s *Session, label string) *Signer { return &Signer{s, label} }

// Describe names the wallet: its ID is the public master key, 33 bytes in hex.
func (s *Signer) Describe() signer.Identity {
	id := signer.Identity{Kind: Kind, Label: s.label, Software: s.session.card.Software()}
	if s.session.wallet != (wire.Key{}) {
		id.ID = hex.EncodeToString(s.session.wallet[:])
	}
	return id
}

// Capabilities are those of every card of this kind: any path of up to 10 levels.
func (s *Signer) Capabilities() signer.Capabilities {
	return signer.Capabilities{Curves: []signer.Curve{signer.Secp256k1}, MaxDepth: wire.MaxDepth, Hardened: true}
}

// PublicKey exports the public key at path; the card proves that it has the private one.
func (s *Signer) PublicKey(ctx context.Context, path hd.Path) ([65]byte, error) {
	d, err := s.session.Derive(ctx, path)
	if err != nil {
		return [65]byte{}, err
	}
	return d.Key.Uncompressed()
}

// Sign signs one digest.
func (s *Signer) Sign(ctx context.Context, path hd.Path, digest [32]byte) (signer.Signature, error) {
	sigs, err := s.session.Sign(ctx, path, [][32]byte{digest})
	if err != nil {
		return signer.Signature{}, err
	}
	return sigs[0], nil
}
