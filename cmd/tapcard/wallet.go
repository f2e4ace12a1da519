package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/chain/btc"
	tapwire "tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/linkedbackup"
	linkedwire "tapcard.example/linkedbackup/wire"
	"tapcard.example/signer"
)

// wallet is a card that signs, opened and unlocked, with what the chains ask about its keys.
type wallet struct {
	*signer.Signer
	// fingerprint is that of the master key, by which PSBTs and descriptors name it.
	fingerprint func(context.Context) ([4]byte, error)
	// account is the keys below a path, or, on a card that exports no xpub, the single key at it.
	account func(context.Context, hd.Path) (btc.Account, error)
	// xpubs says whether the card exports extended keys.
	xpubs bool
}

// walletFlags are the flags of commands that sign with whatever card there is.
type walletFlags struct {
	keycardFlags
	tap      tapFlags
	codeFile string
}

func (f *walletFlags) register(c *cobra.Command) {
	f.keycardFlags.register(c)
	f.tap.register(c)
	c.PersistentFlags().StringVar(&f.codeFile, "code-file", "", "read the access code of a linked card from `FILE` instead of asking")
}

// openWallet opens the card in the reader, a Keycard or a TAPSIGNER, and asks for its PIN or CVC. path is where it shall
// sign: a TAPSIGNER has to be moved there first.
func (a *app) openWallet(ctx context.Context, f *walletFlags, path hd.Path) (*wallet, error) {
	keys, err := a.knownKeys()
	if err != nil {
		return nil, err
	}
	ch, err := a.connect(ctx, card.Wanted{Name: "signing card",
		AIDs: [][]byte{wire.KeycardAID(f.instance), tapwire.AID(), linkedwire.AID(), wire.OldAID()}})
	if err != nil {
		return nil, err
	}
	var w *wallet
	c, err := a.selectKeycard(ctx, &f.keycardFlags, ch)
	switch {
	case err == nil:
		w, err = a.keycardWallet(ctx, c, f)
	case errors.Is(err, card.ErrUnknownApplet):
		w, err = a.otherWallet(ctx, ch, f, path)
	}
	if err != nil {
		return nil, err
	}
	w.Keys, w.Approve, w.Confirm = keys, a.approve, a.confirmKey
	return w, nil
}

// otherWallet opens a card that is no Keycard.
func (a *app) otherWallet(ctx context.Context, ch *card.Channel, f *walletFlags, path hd.Path) (*wallet, error) {
	o, err := a.linkedOptions()
	if err != nil {
		return nil, err
	}
	c, err := o.Select(ctx, ch)
	switch {
	case err == nil:
		return a.linkedWallet(ctx, c, f.codeFile)
	case errors.Is(err, card.ErrNotFound):
		return a.tapWallet(ctx, ch, f, path)
	}
	return nil, err
}

// linkedSession opens a card for linked backup, which a trusted maker must have certified, and shows it the code.
func (a *app) linkedSession(ctx context.Context, c *linkedbackup.Card, codeFile string) (*linkedbackup.Session, error) {
	if _, err := c.Authority(); err != nil {
		return nil, err
	}
	code, err := a.askCode(ctx, codeFile, "access code", false)
	if err != nil {
		return nil, err
	}
	defer code.Destroy()
	s, err := c.Open(ctx)
	if err != nil {
		return nil, err
	}
	return s, s.Verify(ctx, code)
}

// linkedWallet lets all that sign use a linked card.
func (a *app) linkedWallet(ctx context.Context, c *linkedbackup.Card, codeFile string) (*wallet, error) {
	s, err := a.linkedSession(ctx, c, codeFile)
	if err != nil {
		return nil, err
	}
	store, err := a.trustStore()
	if err != nil {
		return nil, err
	}
	key := c.Info().Card
	label := store.Card(linkedbackup.Kind, key[:]).Label
	w := &wallet{Signer: &signer.Signer{Card: linkedbackup.NewSigner(s, label)}, xpubs: true}
	w.fingerprint = func(ctx context.Context) (f [4]byte, err error) {
		master, err := s.XPub(ctx, nil)
		if err != nil {
			return f, err
		}
		return master.Fingerprint(), nil
	}
	w.account = func(ctx context.Context, path hd.Path) (btc.Account, error) {
		x, err := s.XPub(ctx, path)
		if err != nil {
			return btc.Account{}, err
		}
		f, err := w.fingerprint(ctx)
		return btc.NewAccount(f, path, x), err
	}
	return w, nil
}

// knownKeys is the file of public keys that are expected at the paths of cards.
func (a *app) knownKeys() (*signer.Keys, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	return signer.OpenKeys(filepath.Join(dir, "keys.json"))
}

// keycardWallet opens a Keycard's channel and verifies its PIN.
func (a *app) keycardWallet(ctx context.Context, c *keycard.Card, f *walletFlags) (*wallet, error) {
	s, err := a.openSession(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := a.verifyPIN(ctx, s, &f.keycardFlags); err != nil {
		return nil, err
	}
	store, err := a.trustStore()
	if err != nil {
		return nil, err
	}
	label := store.Card("keycard", c.Info().InstanceUID).Label
	w := &wallet{Signer: &signer.Signer{Card: keycard.Signer{Session: s, Label: label}}, xpubs: c.Info().Version >= wire.V3_1}
	w.fingerprint = func(ctx context.Context) (f [4]byte, err error) {
		master, err := s.ExportPublic(ctx, keycard.At(nil))
		if err != nil {
			return f, err
		}
		x, err := hd.NewXPub(master[:], [32]byte{}, hd.Origin{}) // the fingerprint is of the key alone
		if err != nil {
			return f, err
		}
		return x.Fingerprint(), nil
	}
	w.account = func(ctx context.Context, path hd.Path) (btc.Account, error) {
		if !w.xpubs {
			public, err := s.ExportPublic(ctx, keycard.At(path))
			return btc.SingleKey(public, path), err
		}
		x, err := s.ExportXPub(ctx, keycard.At(path))
		if err != nil {
			return btc.Account{}, err
		}
		f, err := w.fingerprint(ctx)
		return btc.NewAccount(f, path, x), err
	}
	return w, nil
}

// tapWallet opens a TAPSIGNER, which must be genuine, and moves its derivation to where it shall sign.
func (a *app) tapWallet(ctx context.Context, ch *card.Channel, f *walletFlags, path hd.Path) (*wallet, error) {
	c, err := a.selectTap(ctx, &f.tap, ch)
	if err != nil {
		return nil, err
	}
	t, err := c.Tapsigner()
	if err != nil {
		return nil, err
	}
	cvc, err := a.askCVC(ctx, f.tap.cvcFile, "CVC")
	if err != nil {
		return nil, err
	}
	a.atEnd(ender(func() error { cvc.Destroy(); return nil }))
	if _, err := t.Genuine(ctx); err != nil {
		return nil, err
	}
	if want := hardenedPrefix(path); path != nil && !slices.Equal(want, t.Path()) {
		if err := a.confirm(ctx, fmt.Sprintf("The card's derivation stands at %v. Move it to %v?", t.Path(), want)); err != nil {
			return nil, err
		}
		if _, err := t.Derive(ctx, cvc, want); err != nil {
			return nil, err
		}
	}
	w := &wallet{Signer: &signer.Signer{Card: t.Signer(cvc, a.tapLabel(c))}, xpubs: true}
	w.account = func(ctx context.Context, path hd.Path) (btc.Account, error) {
		x, err := t.Account(ctx, cvc)
		if err == nil && !slices.Equal(x.Path, path) {
			err = fmt.Errorf("the card's derivation stands at %v, not at %v: tapsigner derive moves it", x.Path, path)
		}
		return btc.NewAccount(x.Fingerprint, x.Path, x.XPub), err
	}
	w.fingerprint = func(ctx context.Context) ([4]byte, error) {
		x, err := t.Account(ctx, cvc)
		return x.Fingerprint, err
	}
	return w, nil
}

// accounts are the accounts of the card that a PSBT names keys of.
func (w *wallet) accounts(ctx context.Context, p *btc.Packet) ([]btc.Account, error) {
	ours, err := w.fingerprint(ctx)
	if err != nil {
		return nil, err
	}
	var paths []hd.Path
	for _, o := range p.Origins() {
		path := o.Path
		if w.xpubs {
			path = hardenedPrefix(path)
		}
		known := func(other hd.Path) bool { return slices.Equal(other, path) }
		if o.Fingerprint == ours && !slices.ContainsFunc(paths, known) {
			paths = append(paths, path)
		}
	}
	var accounts []btc.Account
	for _, path := range paths {
		account, err := w.account(ctx, path)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, account)
	}
	return accounts, nil
}

// hardenedPrefix is the part of a path up to its last hardened component: what an xpub can be asked for.
func hardenedPrefix(p hd.Path) hd.Path {
	n := len(p)
	for n > 0 && p[n-1] < hd.Hardened {
		n--
	}
	return p[:n]
}
