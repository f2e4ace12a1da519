package cktap

import (
	"context"
	"errors"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// Change gives the card another CVC, 6 to 32 digits (Tap protocol, change). Nothing brings a forgotten one back. A
// TAPSIGNER wants a backup made before: card.ErrConditions.
//
// Should the answer be lost, call Change again with the same two codes. CVCs are never written down, so the new one is
// tried first then; if the card still has the old one, that costs one of three attempts, which the old one gives back.
func (t *Tapsigner) Change(ctx context.Context, old, next secret.Bytes) error {
	if err := checkNew(old, next); err != nil {
		return err
	}
	if !t.Satschip() && t.status.Backups != nil && t.Backups() == 0 {
		return failure(wire.CmdChange, card.ErrConditions, errors.New("the card wants a backup to be made first"))
	}
	_, begun, err := t.opts.Store.pending(t.status.PublicKey, wire.CmdChange)
	if err != nil {
		return err
	}
	if begun {
		switch err := t.CheckCVC(ctx, next); {
		case err == nil:
			return t.opts.Store.end(t.status.PublicKey, wire.CmdChange)
		case !errors.Is(err, card.ErrWrongPIN):
			return err
		}
	}
	err = t.change(ctx, old, next)
	if err == nil || begun && errors.Is(err, card.ErrWrongPIN) {
		return err // both codes are wrong: the card has the new one as it was meant the first time, or the old one
	}
	return t.dropIfRefused(wire.CmdChange, err)
}

func (t *Tapsigner) change(ctx context.Context, old, next secret.Bytes) error {
	if err := t.vouched(ctx, wire.CmdChange); err != nil {
		return err
	}
	if err := t.opts.Store.begin(t.status.PublicKey, Pending{Op: wire.CmdChange}); err != nil {
		return err
	}
	build := func(a wire.Auth, s wire.Session) (iso7816.Command, error) {
		q := wire.ChangeRequest{Auth: a}
		next.Reveal(func(b []byte) { q.NewCVC = s.Pad(b) })
		return q.Command()
	}
	body, session, err := t.authorised(ctx, wire.CmdChange, old, build)
	session.Destroy()
	if err != nil {
		return err
	}
	if _, err := wire.ParseChangeAnswer(body); err != nil {
		return bad(wire.CmdChange, err)
	}
	return t.opts.Store.end(t.status.PublicKey, wire.CmdChange)
}

// checkNew refuses a new CVC that a card would refuse, or that older firmware would take and nobody could enter.
func checkNew(old, next secret.Bytes) error {
	n := next.Len()
	good := n >= wire.MinCVC && n <= wire.MaxCVC
	next.Reveal(func(b []byte) {
		for _, d := range b {
			good = good && d >= '0' && d <= '9'
		}
	})
	switch {
	case !good:
		return failure(wire.CmdChange, card.ErrWrongData, errors.New("the new CVC must be 6 to 32 digits"))
	case next.Equal(old):
		return failure(wire.CmdChange, card.ErrWrongData, errors.New("the new CVC is the old one"))
	}
	return nil
}
