package cktap

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

// Recovered is a card's key, out of its backup. It is a signer.Card, at any path. Destroy it.
type Recovered struct {
	master  *hd.Key
	network hd.Network
	path    hd.Path
}

// Master is the master key: what another card is loaded with. It belongs to r.
func (r *Recovered) Master() *hd.Key { return r.master }

// Network is the one the card was for.
func (r *Recovered) Network() hd.Network { return r.network }

// Path is where the card's derivation stood when the backup was made.
func (r *Recovered) Path() hd.Path { return slices.Clone(r.path) }

// Account is the xpub at Path, written as the card writes it: without the fingerprint of its parent.
func (r *Recovered) Account() (Account, error) {
	k, err := r.master.Derive(r.path)
	if err != nil {
		return Account{}, err
	}
	defer k.Destroy()
	x, err := plain(k.Neuter())
	if err != nil {
		return Account{}, err
	}
	return Account{Fingerprint: r.master.Fingerprint(), Path: r.Path(), XPub: x, Testnet: r.network == hd.Testnet}, nil
}

// Destroy zeroes the key.
func (r *Recovered) Destroy() { r.master.Destroy() }

// Describe names the key by its master public key.
func (r *Recovered) Describe() signer.Identity {
	master := r.master.Compressed()
	return signer.Identity{Kind: "backup", ID: hex.EncodeToString(master[:]), Software: true}
}

// Capabilities are those of software: any path.
func (r *Recovered) Capabilities() signer.Capabilities {
	return signer.Capabilities{Curves: []signer.Curve{signer.Secp256k1}, MaxDepth: hd.MaxDepth, Hardened: true}
}

// PublicKey is the key at path, 65 bytes.
func (r *Recovered) PublicKey(_ context.Context, path hd.Path) ([65]byte, error) {
	k, err := r.master.Derive(path)
	if err != nil {
		return [65]byte{}, failure(wire.CmdSign, card.ErrInvalidKey, err)
	}
	defer k.Destroy()
	return k.PublicKey(), nil
}

// Sign signs a digest with the key at path, deterministically (RFC 6979).
func (r *Recovered) Sign(ctx context.Context, path hd.Path, digest [32]byte) (signer.Signature, error) {
	if err := ctx.Err(); err != nil {
		return signer.Signature{}, err
	}
	k, err := r.master.Derive(path)
	if err != nil {
		return signer.Signature{}, failure(wire.CmdSign, card.ErrInvalidKey, err)
	}
	defer k.Destroy()
	private := k.Private()
	defer private.Destroy()
	var d secp256k1.ModNScalar
	defer d.Zero()
	bad := true
	private.Reveal(func(b []byte) { bad = d.SetByteSlice(b) || d.IsZero() })
	if bad {
		return signer.Signature{}, failure(wire.CmdSign, card.ErrInvalidKey, errors.New("the key was destroyed"))
	}
	const compactBase = 27 // BIP-137, uncompressed
	compact := ecdsa.SignCompact(secp256k1.NewPrivateKey(&d), digest[:], false)
	return signer.Signature{V: compact[0] - compactBase, R: [32]byte(compact[1:33]), S: [32]byte(compact[33:]),
		PublicKey: k.PublicKey()}, nil
}
