package cktap

import (
	"context"
	"encoding/hex"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// Authenticity is the outcome of Prove.
type Authenticity string

// The verdicts.
const (
	Genuine          Authenticity = "genuine"
	UnknownAuthority Authenticity = "unknown authority"
	SoftwareCard     Authenticity = "software card"
)

// Verdict says whether a card is genuine, and why.
type Verdict struct {
	Authenticity Authenticity `json:"verdict"`
	Reason       string       `json:"reason"`              // one sentence
	Authority    string       `json:"authority,omitempty"` // the name of the trusted root, if it is one
	Root         string       `json:"root"`                // where the certificates lead: 33 bytes in hex
	Ident        string       `json:"ident"`               // the card's name
}

// String is the verdict and the reason.
func (v Verdict) String() string { return fmt.Sprintf("%s: %s", v.Authenticity, v.Reason) }

func (v Verdict) genuine() bool { return v.Authenticity == Genuine }

// Prove has the card prove who made it (Tap protocol, certs and check): it signs both sides' nonces with its own key,
// which a chain of certificates ties to a factory root. On a SATSCARD with a sealed slot the same signature vouches for
// the slot's key, from firmware 1.0.0 on, so that key is read first. One command when the card's certificates are in
// the Store, else two; one more for the slot's key unless it has been read.
//
// A root that nobody trusts gives a verdict. A proof that is wrong is an error: card.ErrBadSignature with ErrCheck, or
// card.ErrBadCert. So is a card that says testnet under the maker's production root: ErrTestnetRoot.
func (c *Card) Prove(ctx context.Context) (Verdict, error) {
	if c.coversSlot() && c.slot == nil {
		if err := c.readSlot(ctx); err != nil {
			return Verdict{}, err
		}
	}
	if err := c.check(ctx); err != nil {
		return Verdict{}, err
	}
	root, err := c.root(ctx)
	if err != nil {
		return Verdict{}, err
	}
	v, err := c.judge(root)
	if err != nil {
		return Verdict{}, err
	}
	c.verdict, c.trusted = &v, v.genuine()
	return v, nil
}

// coversSlot says whether check also vouches for the current slot's key.
func (c *Card) coversSlot() bool {
	return wire.CheckCoversSlot(c.Product(), c.status.Version(), c.Product() == wire.Satscard && c.status.HasKey())
}

// check has the card sign with its own key.
func (c *Card) check(ctx context.Context) error {
	host, err := c.hostNonce()
	if err != nil {
		return err
	}
	var used wire.Nonce
	body, err := c.exchange(ctx, wire.CmdCheck, func() (iso7816.Command, error) {
		used = c.nonce
		return wire.CheckRequest{Nonce: host}.Command()
	})
	if err != nil {
		return err
	}
	a, err := wire.ParseCheckAnswer(body)
	if err != nil {
		return bad(wire.CmdCheck, err)
	}
	if err := c.checked(a.Signature, used, host); err != nil {
		return c.suspect(ctx, wire.CmdCheck, err)
	}
	return nil
}

// checked verifies the signature of check. Up to firmware 1.0.0 the last slot stays current when it is unsealed, and
// looks as if it were sealed; then the signature leaves its key out, and that is how we know.
func (c *Card) checked(sig wire.Signature, used wire.Nonce, host []byte) error {
	signs := func(slot *wire.PublicKey) bool {
		return sig.Verify(wire.CheckDigest(used, host, slot), c.status.PublicKey) == nil
	}
	if c.coversSlot() && c.slot != nil {
		switch {
		case signs(&c.slot.public):
			c.slot.attested = true
			return nil
		case c.lastSlot() && (signs(nil) || c.signsZeros(signs)):
			c.slot.open = true
			return nil
		}
		return fmt.Errorf("%w, or the slot has another key than read says", ErrCheck)
	}
	if signs(nil) || c.signsZeros(signs) {
		return nil
	}
	return ErrCheck
}

// signsZeros says that the emulator has signed 33 zeros in place of a slot's key that is not sealed.
func (c *Card) signsZeros(signs func(*wire.PublicKey) bool) bool {
	return c.opts.Emulator && signs(&wire.PublicKey{})
}

// lastSlot says whether the current slot is the card's last one, of which the status does not tell whether it is
// sealed.
func (c *Card) lastSlot() bool { return c.status.Slot() == c.status.SlotCount()-1 }

// root follows the card's certificates, which are in the Store or, the first time, on the card.
func (c *Card) root(ctx context.Context) (wire.PublicKey, error) {
	key := c.status.PublicKey
	if root, known, err := c.opts.Store.root(key); err != nil || known {
		return root, err
	}
	body, err := c.exchange(ctx, wire.CmdCerts, func() (iso7816.Command, error) { return wire.CertsRequest{}.Command() })
	if err != nil {
		return wire.PublicKey{}, err
	}
	a, err := wire.ParseCertsAnswer(body)
	if err != nil {
		return wire.PublicKey{}, bad(wire.CmdCerts, err)
	}
	root, err := wire.FactoryRoot(key, a.Chain)
	if err != nil {
		return wire.PublicKey{}, failure(wire.CmdCerts, card.ErrBadCert, err)
	}
	return root, c.opts.Store.keepCertificates(key, root, a.Chain)
}

// judge decides what the root says about the card.
func (c *Card) judge(root wire.PublicKey) (Verdict, error) {
	v := Verdict{Root: hex.EncodeToString(root[:]), Ident: c.Ident()}
	if c.status.Testnet && isProduction(root[:]) {
		return Verdict{}, failure(wire.CmdCerts, card.ErrBadCert, ErrTestnetRoot)
	}
	name, known := c.opts.authority(root[:])
	switch {
	case known:
		v.Authenticity, v.Authority = Genuine, name
		v.Reason = fmt.Sprintf("%s vouches for its key", name)
	case c.Software():
		v.Authenticity = SoftwareCard
		v.Reason = fmt.Sprintf("it is made of software, for tests; its root %s is not trusted here", short(root))
	default:
		v.Authenticity = UnknownAuthority
		v.Reason = fmt.Sprintf("its certificates lead to the root %s, which is not trusted here; "+
			"it may be a development card, or a fake", short(root))
	}
	return v, nil
}

// short is as much of a key as a message needs.
func short(key wire.PublicKey) string { return fmt.Sprintf("%x…", key[:6]) }

// Genuine is Prove for those who want a genuine card or an error: card.ErrBadCert with ErrRoot.
func (c *Card) Genuine(ctx context.Context) (Verdict, error) {
	v, err := c.Prove(ctx)
	if err != nil {
		return Verdict{}, err
	}
	if !v.genuine() {
		return Verdict{}, failure(wire.CmdCerts, card.ErrBadCert, fmt.Errorf("%w: %s", ErrRoot, v.Reason))
	}
	return v, nil
}
