package cktap

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// Account is the extended public key at a card's derivation, proven to be the card's.
type Account struct {
	// Fingerprint is that of the master key, by which wallets name the card in key origins. It is a label: nothing binds
	// it to the card but what the card says.
	Fingerprint [4]byte
	Path        hd.Path
	XPub        *hd.XPub
	Testnet     bool
}

// Network is the one that the card is for.
func (a Account) Network() hd.Network {
	if a.Testnet {
		return hd.Testnet
	}
	return hd.Mainnet
}

// String is the xpub or tpub, 111 characters.
func (a Account) String() string { return a.XPub.Encode(a.Network()) }

// Key is the public key at a subpath without hardened components, 65 bytes.
func (a Account) Key(subpath hd.Path) ([65]byte, error) {
	x, err := a.XPub.Derive(subpath)
	if err != nil {
		return [65]byte{}, err
	}
	return x.PublicKey(), nil
}

// challengePath is the child that proves an xpub.
var challengePath = hd.Path{0, 0}

// Account reads the xpub at the card's derivation and proves it. Nothing signs an xpub, so the card is given a random
// challenge to sign with the child 0/0, and the xpub must lead to the key that did. Who sits in between cannot do that
// with a key of his own: the challenge is encrypted to the card. Three commands, and a status before the last one where
// xpub does not bring a new nonce; none when it was done before in this connection. Errors: card.ErrConditions with
// ErrNoKey, card.ErrCardMismatch with ErrXPub.
func (t *Tapsigner) Account(ctx context.Context, cvc secret.Bytes) (Account, error) {
	if err := t.current(ctx); err != nil {
		return Account{}, err
	}
	if t.account != nil && slices.Equal(t.account.Path, t.status.Path) {
		return *t.account, nil
	}
	x, err := t.boundXPub(ctx, cvc)
	if err != nil {
		return Account{}, err
	}
	master := x
	if len(t.status.Path) > 0 {
		if master, err = t.readXPub(ctx, cvc, true); err != nil {
			return Account{}, err
		}
	}
	a := Account{Fingerprint: master.Fingerprint(), Path: slices.Clone(t.status.Path), XPub: x, Testnet: t.status.Testnet}
	t.account = &a
	return a, nil
}

// boundXPub is the xpub at the card's derivation, with the proof that it is the card's.
func (t *Tapsigner) boundXPub(ctx context.Context, cvc secret.Bytes) (*hd.XPub, error) {
	if err := t.needKey(wire.CmdXPub); err != nil {
		return nil, err
	}
	challenge, err := t.opts.random(wire.KeySize)
	if err != nil {
		return nil, err
	}
	proof, err := t.Sign(ctx, cvc, challengePath, [32]byte(challenge), nil)
	if err != nil {
		return nil, err
	}
	x, err := t.readXPub(ctx, cvc, false)
	if err != nil {
		return nil, err
	}
	child, err := x.Derive(challengePath)
	if err != nil || child.PublicKey() != proof.PublicKey {
		return nil, failure(wire.CmdXPub, card.ErrCardMismatch, ErrXPub)
	}
	return x, nil
}

// readXPub reads an xpub, of which nothing is proven yet but its form.
func (t *Tapsigner) readXPub(ctx context.Context, cvc secret.Bytes, master bool) (*hd.XPub, error) {
	body, session, err := t.authorised(ctx, wire.CmdXPub, cvc, func(a wire.Auth, _ wire.Session) (iso7816.Command, error) {
		return wire.XPubRequest{Master: master, Auth: a}.Command()
	})
	session.Destroy()
	if err != nil {
		return nil, err
	}
	a, err := wire.ParseXPubAnswer(body)
	if err != nil {
		return nil, bad(wire.CmdXPub, err)
	}
	x, testnet, err := a.XPub.Parse()
	if err != nil {
		return nil, bad(wire.CmdXPub, err)
	}
	path := t.status.Path
	if master {
		path = nil
	}
	if err := t.fits(x, testnet, path); err != nil {
		return nil, bad(wire.CmdXPub, err)
	}
	return plain(x)
}

// plain takes the parent's fingerprint out of an xpub: nothing can prove it, and real cards leave it out.
func plain(x *hd.XPub) (*hd.XPub, error) {
	public, o := x.Compressed(), x.Origin()
	return hd.NewXPub(public[:], x.ChainCode(), hd.Origin{Depth: o.Depth, Index: o.Index})
}

// fits compares an xpub's network and place with the status.
func (t *Tapsigner) fits(x *hd.XPub, testnet bool, path hd.Path) error {
	o, index := x.Origin(), uint32(0)
	if n := len(path); n > 0 {
		index = path[n-1]
	}
	switch {
	case testnet != t.status.Testnet:
		return errors.New("the xpub is for another network than the card")
	case int(o.Depth) != len(path) || o.Index != index:
		return fmt.Errorf("%w: the xpub is %d levels deep at index %d, not at %s", ErrPath, o.Depth, o.Index,
			wire.FormatPath(path))
	}
	return nil
}
