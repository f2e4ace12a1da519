package main

import (
	"context"
	"errors"
	"strings"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/keycard"
	"tapcard.example/linkedbackup"
	"tapcard.example/paycard"
)

// knownCard is a card of any kind that this program knows.
type knownCard struct {
	kind     string // as in a trust store
	id       []byte // what never changes about it, empty while it has no identity
	describe func(context.Context, *infoResult) error
}

// recognise finds out which card this is. Errors: card.ErrUnknownApplet if it is none of ours, card.ErrUnsupported, with
// its kind, if it is of a version that this program does not know.
func (a *app) recognise(ctx context.Context, k *keycardFlags, ch *card.Channel) (knownCard, error) {
	c, err := a.selectKeycard(ctx, k, ch)
	if err == nil {
		return a.knownKeycard(c), nil
	}
	if !errors.Is(err, card.ErrUnknownApplet) {
		return knownCard{kind: "keycard"}, err
	}
	o, err := a.linkedOptions()
	if err != nil {
		return knownCard{}, err
	}
	l, err := o.Select(ctx, ch)
	if err == nil {
		return knownLinked(l), nil
	}
	if !errors.Is(err, card.ErrNotFound) {
		return knownCard{kind: linkedbackup.Kind}, err
	}
	t, err := a.selectTap(ctx, &tapFlags{}, ch)
	if err == nil {
		return knownTap(t), nil
	}
	if !errors.Is(err, card.ErrUnknownApplet) {
		return knownCard{kind: cktap.TrustKind}, err
	}
	p, err := paycard.Select(ctx, ch)
	if err != nil {
		return knownCard{kind: payKind}, err
	}
	return knownPay(p), nil
}

// payKind is the kind of payment cards in a trust store.
const payKind = "pay"

func knownPay(c *paycard.Card) knownCard {
	i := c.Info()
	return knownCard{payKind, i.UID[:], func(_ context.Context, r *infoResult) error {
		r.Card, r.State, r.Next = "payment card", "empty", `"tapcard pay-card init" sets it up`
		if i.Initialized {
			r.State, r.Ident, r.Next = "initialised", i.Address.String(), `"tapcard pay-card status"`
		}
		return nil
	}}
}

func (a *app) knownKeycard(c *keycard.Card) knownCard {
	var id []byte
	if c.Info().Initialized {
		id = c.Info().InstanceUID
	}
	return knownCard{"keycard", id, func(ctx context.Context, r *infoResult) error { return a.describeKeycard(ctx, c, r) }}
}

func knownLinked(c *linkedbackup.Card) knownCard {
	key := c.Info().Card
	return knownCard{linkedbackup.Kind, key[:], func(_ context.Context, r *infoResult) error {
		r.Card, r.Ident, r.State, r.Software = "linked card", c.Ident(), c.Info().State.String(), c.Software()
		r.Next = `"tapcard linked attest" has the card prove this`
		return nil
	}}
}

func knownTap(c *cktap.Card) knownCard {
	key, product := c.PublicKey(), strings.ToLower(c.Product().String())
	return knownCard{cktap.TrustKind, key[:], func(_ context.Context, r *infoResult) error {
		r.Card, r.Ident, r.Version, r.Software = product, c.Ident(), c.Status().Version().String(), c.Software()
		command := "satscard"
		if c.Product().Signer() {
			command = "tapsigner"
		}
		r.Next = `"tapcard ` + command + ` info" has the card prove this`
		return nil
	}}
}
