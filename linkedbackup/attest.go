package linkedbackup

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/linkedbackup/wire"
)

// Attestation is what a genuine card has signed about itself and its set over a nonce of ours.
type Attestation struct {
	wire.Attestation
	Card      wire.Key
	Authority string // the name of the root that vouches for the card
}

// Idents are the members of the set, as their owner knows them: what is to be compared with the cards in hand.
func (a Attestation) Idents() []string {
	var idents []string
	for _, k := range a.Set {
		idents = append(idents, k.Ident())
	}
	return idents
}

// Attest asks the card about itself and its set: one command, no code (PROTOCOL.md, Attestation). A phone that was
// hostile during the backup would lie here as well, so its owner repeats this on a second device.
//
// Errors are those of Authority; card.ErrBadSignature when the card cannot prove it.
func (c *Card) Attest(ctx context.Context) (Attestation, error) {
	name, err := c.Authority()
	if err != nil {
		return Attestation{}, err
	}
	nonce, err := c.nonce(wire.InsAttest)
	if err != nil {
		return Attestation{}, err
	}
	data, err := c.do(ctx, wire.AttestCommand(nonce))
	if err != nil {
		return Attestation{}, err
	}
	a, err := wire.ParseAttestation(data)
	if err != nil {
		return Attestation{}, bad(wire.InsAttest, err)
	}
	if err := a.Verify(c.info.Card, nonce); err != nil {
		return Attestation{}, failure(wire.InsAttest, card.ErrBadSignature, err)
	}
	if a.Flags != c.info.Flags {
		return Attestation{}, bad(wire.InsAttest, errors.New("its flags are not those of its certificate"))
	}
	return Attestation{Attestation: a, Card: c.info.Card, Authority: name}, nil
}

// nonce is 32 fresh random bytes.
func (c *Card) nonce(ins byte) (n [wire.NonceSize]byte, err error) {
	b, err := wire.Draw(c.opts.rand(), wire.NonceSize)
	if err != nil {
		return n, failure(ins, card.ErrInternal, err)
	}
	return [wire.NonceSize]byte(b), nil
}

// CheckSet compares attestations of all the cards in hand: each names the same wallet and the same set, and the set is
// these cards, no more and no fewer. An error names the card that should not be there, or is missing: an alarm, not a
// nuisance.
func CheckSet(all []Attestation) error {
	if len(all) == 0 {
		return errors.New("no card to compare")
	}
	first := all[0]
	hands := map[wire.Key]bool{}
	for _, a := range all {
		if a.Wallet != first.Wallet || fmt.Sprint(a.Set) != fmt.Sprint(first.Set) {
			return fmt.Errorf("%w: the cards %s and %s are not of one set", card.ErrCardMismatch,
				first.Card.Ident(), a.Card.Ident())
		}
		if hands[a.Card] {
			return fmt.Errorf("%w: the card %s was shown twice", card.ErrCardMismatch, a.Card.Ident())
		}
		hands[a.Card] = true
	}
	for _, k := range first.Set {
		if !hands[k] {
			return fmt.Errorf("%w: the set has the card %s, which was not shown; if it is not yours, somebody else has "+
				"the key", card.ErrCardMismatch, k.Ident())
		}
	}
	return nil
}
