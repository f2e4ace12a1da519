package cktap

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// authorised sends a command with the CVC. The session belongs to the answer; the caller destroys it, also after an
// error. A wrong CVC is card.ErrWrongPIN, and card.ErrRateLimited is both a delay that is on and, as a detail of the
// former, one that has just begun.
func (c *Card) authorised(ctx context.Context, name string, cvc secret.Bytes,
	build func(wire.Auth, wire.Session) (iso7816.Command, error)) (body []byte, s wire.Session, err error) {
	if n := cvc.Len(); n < wire.MinCVC || n > wire.MaxCVC {
		return nil, s, failure(name, card.ErrWrongData, wire.ErrCVC)
	}
	if err := c.vouched(ctx, name); err != nil {
		return nil, s, err
	}
	if err := c.unlimited(ctx, name); err != nil {
		return nil, s, err
	}
	body, err = c.exchange(ctx, name, func() (iso7816.Command, error) {
		s.Destroy()
		var auth wire.Auth
		var err error
		if auth, s, err = wire.Authenticate(c.opts.rand(), c.status.PublicKey, c.nonce, name, cvc); err != nil {
			return iso7816.Command{}, err
		}
		return build(auth, s)
	})
	if n := code(err); n == wire.CodeBadAuth || n == wire.CodeRateLimited {
		err = c.authFailed(ctx, err)
	}
	return body, s, err
}

// vouched fails unless the card's key may be told the CVC: a trusted factory has certified it, or the caller has named
// it. The key in the card's status proves nothing by itself, and a CVC under the key of somebody in between is a CVC
// given away. That the card has the key needs no proof: without it, nobody can read the CVC.
func (c *Card) vouched(ctx context.Context, name string) error {
	if c.opts.Ident != "" || c.trusted {
		return nil
	}
	root, known, err := c.opts.Store.root(c.status.PublicKey)
	if err != nil {
		return err
	}
	if known {
		if v, err := c.judge(root); err == nil && v.genuine() {
			c.trusted = true
			return nil
		}
	}
	v, err := c.Prove(ctx)
	if err != nil {
		return err
	}
	if !c.trusted {
		return failure(name, card.ErrBadCert, fmt.Errorf("the CVC is not given to this card: %w: %s", ErrRoot, v.Reason))
	}
	return nil
}

// unlimited waits a delay out that the status tells of, or fails for it without asking the card in vain.
func (c *Card) unlimited(ctx context.Context, name string) error {
	switch {
	case c.status.AuthDelay == 0:
		return nil
	case c.opts.Countdown != nil:
		return c.Wait(ctx)
	}
	return failure(name, card.ErrRateLimited, waiting(c.status.AuthDelay))
}

// authFailed explains 401 and 429 by what the status says: the card may be another one now, or a delay may be on.
func (c *Card) authFailed(ctx context.Context, err error) error {
	if seen := c.Refresh(ctx); errors.Is(seen, card.ErrCardMismatch) {
		return seen
	}
	var e *card.Error
	if c.status.AuthDelay > 0 && errors.As(err, &e) {
		return failure(e.Op, e.Kind, fmt.Errorf("%w; before the next try %w", e.Err, waiting(c.status.AuthDelay)))
	}
	return err
}
