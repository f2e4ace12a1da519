package keycard

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// Authenticity is the outcome of Identify.
type Authenticity string

// The verdicts.
const (
	Genuine          Authenticity = "genuine"
	UnknownAuthority Authenticity = "unknown authority"
	SoftwareCard     Authenticity = "software card"
	CannotProve      Authenticity = "cannot prove itself"
)

// Verdict says whether a card is genuine, and why.
type Verdict struct {
	Authenticity Authenticity `json:"verdict"`
	Reason       string       `json:"reason"`              // one sentence
	Authority    string       `json:"authority,omitempty"` // the name of the authority that vouches for it, if known
	AuthorityKey string       `json:"authority_key,omitempty"`
	CardKey      string       `json:"card_key,omitempty"` // both keys compressed, 33 bytes in hex
}

// String is the verdict and the reason.
func (v Verdict) String() string { return fmt.Sprintf("%s: %s", v.Authenticity, v.Reason) }

// Authorities says whether a compressed public key, 33 bytes, may vouch for Keycards, and its name.
// The method Authority of a trust.Store is one, for the kind "keycard".
type Authorities func(key []byte) (name string, ok bool)

// Identify has the card prove who made it (Keycard 3.1, IDENT): it signs a random challenge, and its certificate shows
// which authority vouches for the signing key. One command; works before INIT, without pairing or PIN.
//
// A proof that is wrong, rather than missing or from an unknown authority, is an error: card.ErrBadSignature or
// card.ErrBadResponse. A verdict says nothing about who sits between the host and the card.
func (c *Card) Identify(ctx context.Context, known Authorities) (Verdict, error) {
	challenge, err := c.challenge()
	if err != nil {
		return Verdict{}, err
	}
	r, err := c.exchange(ctx, wire.IdentCommand(challenge))
	if err != nil {
		return Verdict{}, err
	}
	switch {
	case r.SW == iso7816.InsNotSupported:
		return c.unproven("cards before version 3.1 have no certificate"), nil
	case r.SW == iso7816.ConditionsNotSatisfied:
		return c.unproven("it was never given a certificate"), nil
	case r.SW != iso7816.OK:
		return Verdict{}, statusError(wire.InsIdent, r.SW)
	}
	cardKey, authority, err := wire.VerifyIdent(challenge, r.Data)
	if errors.Is(err, wire.ErrSignature) {
		return Verdict{}, failure(wire.InsIdent, card.ErrBadSignature, err)
	}
	if err != nil {
		return Verdict{}, bad(wire.InsIdent, err)
	}
	v := c.judge(authority[:], known)
	v.CardKey, v.AuthorityKey = hex.EncodeToString(cardKey[:]), hex.EncodeToString(authority[:])
	return v, nil
}

// judge decides about a card whose proof is in order.
func (c *Card) judge(authority []byte, known Authorities) Verdict {
	if name, ok := known(authority); ok {
		return Verdict{Authenticity: Genuine, Reason: fmt.Sprintf("%s vouches for its key", name), Authority: name}
	}
	if c.Software() {
		return software()
	}
	return Verdict{Authenticity: UnknownAuthority,
		Reason: "an authority that is not trusted here vouches for its key: it may be a development card, or a fake"}
}

// unproven is the verdict about a card without a proof.
func (c *Card) unproven(why string) Verdict {
	if c.Software() {
		return software()
	}
	return Verdict{Authenticity: CannotProve, Reason: why}
}

func software() Verdict {
	return Verdict{Authenticity: SoftwareCard, Reason: "it is made of software, for tests; no maker vouches for it"}
}
