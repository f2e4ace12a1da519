package cktap

import (
	"context"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// Derive moves the card's derivation to path, up to 8 hardened components, and proves the account there (Tap protocol,
// derive). The card keeps it until the next Derive. When it stands there already, nothing is written.
//
// Real cards sign the move with the master key over the master chain code, which is not in the answer: so the master
// xpub is read before. That signature does not vouch for the derived key, so it is proven as Account does.
//
// Should the answer be lost, call Derive again: the status shows whether the card has moved. Errors:
// card.ErrWrongData for a path the card cannot take, card.ErrBadSignature with ErrDeriveSignature.
func (t *Tapsigner) Derive(ctx context.Context, cvc secret.Bytes, path hd.Path) (Account, error) {
	if !wire.ValidPath(path) {
		return Account{}, refuse(wire.CmdDerive, card.ErrWrongData, "%v: a card takes up to %d components, all hardened",
			path, wire.MaxDepth)
	}
	if err := t.current(ctx); err != nil {
		return Account{}, err
	}
	if err := t.needKey(wire.CmdDerive); err != nil {
		return Account{}, err
	}
	if !slices.Equal(t.status.Path, path) {
		if err := t.move(ctx, cvc, path); err != nil {
			return Account{}, err
		}
		if err := t.arrived(ctx, path); err != nil {
			return Account{}, err
		}
	}
	a, err := t.Account(ctx, cvc)
	if err != nil {
		return Account{}, err
	}
	return a, t.opts.Store.end(t.status.PublicKey, wire.CmdDerive)
}

// arrived asks the card where it stands. Nothing signs that, and a path with hardened components cannot be followed
// with public keys: only the backup proves that the account is at this path and no other. See VerifyBackup.
func (t *Tapsigner) arrived(ctx context.Context, path hd.Path) error {
	if err := t.Refresh(ctx); err != nil {
		return err
	}
	if !slices.Equal(t.status.Path, path) {
		return refuse(wire.CmdDerive, card.ErrBadResponse, "%w: it was sent to %s and stands at %s", ErrPath,
			wire.FormatPath(path), wire.FormatPath(t.status.Path))
	}
	return nil
}

// move writes down where the card shall go, and has it go there.
func (t *Tapsigner) move(ctx context.Context, cvc secret.Bytes, path hd.Path) error {
	master, err := t.readXPub(ctx, cvc, true)
	if err != nil {
		return err
	}
	if err := t.opts.Store.begin(t.status.PublicKey, Pending{Op: wire.CmdDerive, Path: path}); err != nil {
		return err
	}
	return t.sendDerive(ctx, cvc, path, master)
}

func (t *Tapsigner) sendDerive(ctx context.Context, cvc secret.Bytes, path hd.Path, master *hd.XPub) error {
	host, err := t.hostNonce()
	if err != nil {
		return err
	}
	wanted := append([]uint32{}, path...) // never nil: the empty path is m
	var used wire.Nonce
	build := func(a wire.Auth, _ wire.Session) (iso7816.Command, error) {
		used = t.nonce
		return wire.DeriveRequest{Nonce: host, Path: wanted, Auth: a}.Command()
	}
	body, session, err := t.authorised(ctx, wire.CmdDerive, cvc, build)
	session.Destroy()
	if err != nil {
		return t.dropIfRefused(wire.CmdDerive, err)
	}
	t.status.Path, t.account = wanted, nil
	a, err := wire.ParseSignerDerivation(body)
	if err != nil {
		return bad(wire.CmdDerive, err)
	}
	if a.MasterPublic != wire.PublicKey(master.Compressed()) {
		return t.suspect(ctx, wire.CmdDerive, fmt.Errorf("%w: it has another master key than its xpub", ErrDeriveSignature))
	}
	if !t.signsDerive(a, used, host, wire.Bytes32(master.ChainCode())) {
		return t.suspect(ctx, wire.CmdDerive, ErrDeriveSignature)
	}
	return nil
}

// signsDerive verifies the signature of derive: by the master key over the master chain code, as real cards do; from
// the emulator also by the derived key over the derived one.
func (t *Tapsigner) signsDerive(a wire.SignerDerivation, used wire.Nonce, host []byte, chainCode wire.Bytes32) bool {
	if a.Signature.Verify(wire.DeriveDigest(used, host, chainCode), a.MasterPublic) == nil {
		return true
	}
	return t.opts.Emulator && a.Signature.Verify(wire.DeriveDigest(used, host, a.ChainCode), a.PublicKey) == nil
}

// Master is the xpub of the card's master key, proven like that of an Account. For that the derivation must stand at m,
// so it goes there and back: should it be interrupted, Derive moves it back, and Pending of the Store knows where.
func (t *Tapsigner) Master(ctx context.Context, cvc secret.Bytes) (Account, error) {
	if err := t.current(ctx); err != nil {
		return Account{}, err
	}
	if err := t.needKey(wire.CmdXPub); err != nil {
		return Account{}, err
	}
	home := slices.Clone(t.status.Path)
	if p, begun, err := t.opts.Store.pending(t.status.PublicKey, wire.CmdDerive); err != nil {
		return Account{}, err
	} else if begun {
		home = p.Path
	}
	master, err := t.visitMaster(ctx, cvc, home)
	if err != nil {
		return Account{}, err
	}
	_, err = t.Derive(ctx, cvc, home)
	return master, err
}

// visitMaster moves the derivation to m and reads the account there. The journal says home, where it shall end.
func (t *Tapsigner) visitMaster(ctx context.Context, cvc secret.Bytes, home hd.Path) (Account, error) {
	if len(t.status.Path) > 0 {
		master, err := t.readXPub(ctx, cvc, true)
		if err != nil {
			return Account{}, err
		}
		if err := t.opts.Store.begin(t.status.PublicKey, Pending{Op: wire.CmdDerive, Path: home}); err != nil {
			return Account{}, err
		}
		if err := t.sendDerive(ctx, cvc, nil, master); err != nil {
			return Account{}, err
		}
	}
	return t.Account(ctx, cvc)
}
