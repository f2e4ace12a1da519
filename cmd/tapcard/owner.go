package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
	"tapcard.example/trust"
)

// ownerFlags are what commands have in common that unlock several cards of one owner.
type ownerFlags struct {
	tap                      []string
	cardPINs                 []string // CARD=FILE
	passwordFile, secretFile string
	keepPairing              bool
}

func (f *ownerFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.tap, "tap", nil, "use the software card in `FILE` next (repeat for each card)")
	c.Flags().StringArrayVar(&f.cardPINs, "card-pin", nil,
		"read the PIN of one card from a file: `CARD=FILE`, where CARD is a label or the beginning of an ident")
	c.Flags().StringVar(&f.passwordFile, "password-file", "", "pair with the pairing password in `FILE` where need be")
	c.Flags().StringVar(&f.secretFile, "secret-file", "", "pair with the pairing secret, in hex, in `FILE` where need be")
	c.Flags().BoolVar(&f.keepPairing, "keep-pairing", false, "do not free the pairing slots that are taken for this")
}

// owner answers what a trusted client asks about its cards: from this computer's memory, from files, or by asking.
type owner struct {
	*app
	k        *keycardFlags
	f        *ownerFlags
	store    *keycard.Store
	lent     map[string]bool // by instance UID in hex: the pairing that we have is a temporary one
	keepLent bool            // the slots are needed a little longer
	pins     map[keycard.UID]secret.PIN
	files    map[string]secret.PIN
	shown    map[keycard.UID]bool // the PIN of a file was shown to the card
}

func (a *app) owner(k *keycardFlags, f *ownerFlags) (*owner, error) {
	store, err := a.pairings()
	if err != nil {
		return nil, err
	}
	o := &owner{app: a, k: k, f: f, store: store, lent: map[string]bool{}, pins: map[keycard.UID]secret.PIN{},
		files: map[string]secret.PIN{}, shown: map[keycard.UID]bool{}}
	a.atEnd(ender(o.forget))
	_, journals, err := a.duplication()
	if err != nil || journals.Own == nil {
		return o, err
	}
	for _, r := range journals.Own.Cards {
		o.lent[r.UID] = r.Temporary
	}
	return o, nil
}

// forget wipes the PINs.
func (o *owner) forget() error {
	for _, pin := range o.pins {
		pin.Destroy()
	}
	for _, pin := range o.files {
		pin.Destroy()
	}
	return nil
}

func (o *owner) callback() duplicate.Callback {
	return duplicate.Callback{Pairing: o.pairing, PIN: o.pin, Free: o.free}
}

// pairing is the pairing with a card; where there is none, one is made if the user agrees.
func (o *owner) pairing(ctx context.Context, c *keycard.Card) (keycard.Pairing, bool, error) {
	uid := hexUID(c)
	p, ok, err := o.store.Pairing(c.UID())
	if err != nil || ok {
		return p, o.lent[uid] && !o.f.keepPairing, err
	}
	name := o.cardName(c)
	howLong := ", until this is done"
	if o.f.keepPairing {
		howLong = ""
	}
	question := fmt.Sprintf("This computer is not paired with %s. Take one of its pairing slots%s?", name, howLong)
	if err := o.confirm(ctx, question); err != nil {
		return keycard.Pairing{}, false, err
	}
	secrets, err := o.pairingSecrets(ctx, o.store, c, o.f.passwordFile, o.f.secretFile)
	if err != nil {
		return keycard.Pairing{}, false, err
	}
	p, err = o.store.Pair(ctx, c, secrets...)
	o.lent[uid] = err == nil && !o.f.keepPairing
	return p, o.lent[uid], err
}

// free gives a slot back that was only taken for a while.
func (o *owner) free(ctx context.Context, s *keycard.Session) error {
	if o.keepLent || o.f.keepPairing {
		return nil
	}
	o.lent[hexUID(s.Card())] = false
	return o.store.Free(ctx, s, s.Slot())
}

// pin is the PIN of a card. One that came from a file is shown once: what was wrong will be wrong again.
func (o *owner) pin(ctx context.Context, c *keycard.Card, left int) (secret.PIN, error) {
	uid := c.UID()
	if pin, ok := o.pins[uid]; ok && !o.shown[uid] {
		o.shown[uid] = true
		return clonePIN(pin), nil
	}
	file, err := o.pinFileOf(c)
	if err != nil {
		return secret.PIN{}, err
	}
	if file != "" && o.shown[uid] {
		return secret.PIN{}, &card.Error{Op: "VERIFY PIN", Kind: card.ErrWrongPIN, Err: &card.PINError{Remaining: left}}
	}
	pin, ok := o.files[file]
	if !ok {
		name := fmt.Sprintf("PIN of %s (%s)", o.cardName(c), tries(left))
		if pin, err = o.askDigits(ctx, file, name, wire.PINSize, false); err != nil {
			return secret.PIN{}, err
		}
	}
	if file != "" {
		o.files[file] = pin
	}
	o.pins[uid], o.shown[uid] = clonePIN(pin), true
	return clonePIN(pin), nil
}

// tapped forgets that a PIN was shown: another tap is another VERIFY PIN, and the PIN was right.
func (o *owner) tapped(c *keycard.Card) { delete(o.shown, c.UID()) }

func clonePIN(pin secret.PIN) (clone secret.PIN) {
	pin.Reveal(func(b []byte) { clone = secret.PIN{Bytes: secret.Copy(b)} })
	return clone
}

// pinFileOf finds the file with a card's PIN: --card-pin for this one, or --pin-file for all.
func (o *owner) pinFileOf(c *keycard.Card) (string, error) {
	for _, flag := range o.f.cardPINs {
		name, file, ok := strings.Cut(flag, "=")
		if !ok {
			return "", cli.UsageError{Err: errors.New("--card-pin wants CARD=FILE")}
		}
		if o.isCalled(hexUID(c), name) {
			return file, nil
		}
	}
	return o.k.pinFile, nil
}

// minIdent is how much of an ident is enough to name a card: 4 hexadecimal digits.
const minIdent = 4

// isCalled says whether a card has this label, or an instance UID in hex that begins like this.
func (a *app) isCalled(uid, name string) bool {
	label := a.known(uid).Label
	return name != "" && name == label || len(name) >= minIdent && strings.HasPrefix(uid, strings.ToLower(name))
}

// known is what the user calls a card, by its instance UID in hex.
func (a *app) known(uid string) trust.Card {
	raw, err := hex.DecodeString(uid)
	store, storeErr := a.trustStore()
	if err != nil || storeErr != nil {
		return trust.Card{Kind: "keycard", ID: uid}
	}
	return store.Card("keycard", raw)
}

// nameOf is the label or ident of a card, by its instance UID in hex.
func (a *app) nameOf(uid string) string { return a.known(uid).String() }

// names lists cards, by label or ident.
func (a *app) names(records []duplicate.CardRecord) string {
	var names []string
	for _, r := range records {
		names = append(names, a.nameOf(r.UID))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func hexUID(c *keycard.Card) string { return hex.EncodeToString(c.Info().InstanceUID) }
