package cktap

import (
	"context"
	"errors"
	"time"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// Wait lets the delay after wrong CVCs pass (Tap protocol, wait): one command for each second of it, which takes the
// card a second, with Options.Countdown told of each. Without a delay it sends nothing. A delay that does not shrink is
// card.ErrBadResponse.
func (c *Card) Wait(ctx context.Context) error {
	for left := c.status.AuthDelay; left > 0; {
		if err := c.count(ctx, left); err != nil {
			return err
		}
		a, err := c.pass(ctx)
		if err != nil {
			return err
		}
		if a.AuthDelay >= left {
			return bad(wire.CmdWait, ErrNotReset)
		}
		left = a.AuthDelay
		if c.status.AuthDelay = left; left == 0 {
			return c.count(ctx, 0)
		}
	}
	return nil
}

func (c *Card) count(ctx context.Context, left int) error {
	if c.opts.Countdown == nil {
		return nil
	}
	return c.opts.Countdown(ctx, time.Duration(left)*time.Second)
}

// pass lets one second pass.
func (c *Card) pass(ctx context.Context) (wire.WaitAnswer, error) {
	body, err := c.exchange(ctx, wire.CmdWait, func() (iso7816.Command, error) { return wire.WaitRequest{}.Command() })
	if err != nil {
		return wire.WaitAnswer{}, err
	}
	a, err := wire.ParseWaitAnswer(body)
	if err != nil {
		return a, bad(wire.CmdWait, err)
	}
	return a, nil
}

// waitOut is for a 429 that the status had not announced.
func (c *Card) waitOut(ctx context.Context) error {
	if err := c.Refresh(ctx); err != nil {
		return err
	}
	if c.status.AuthDelay == 0 {
		return bad(wire.CmdStatus, errors.New("the card asks to wait and does not say how long"))
	}
	return c.Wait(ctx)
}

// CheckCVC tries a CVC without doing anything with it (Tap protocol, wait): nil when it is right. A wrong one is
// card.ErrWrongPIN and counts like any other.
func (c *Card) CheckCVC(ctx context.Context, cvc secret.Bytes) error {
	body, s, err := c.authorised(ctx, wire.CmdWait, cvc, func(a wire.Auth, _ wire.Session) (iso7816.Command, error) {
		return wire.WaitRequest{Auth: a}.Command()
	})
	s.Destroy()
	if err != nil {
		return err
	}
	a, err := wire.ParseWaitAnswer(body)
	if err != nil {
		return bad(wire.CmdWait, err)
	}
	if a.AuthDelay > 0 {
		c.status.AuthDelay = a.AuthDelay
		return failure(wire.CmdWait, card.ErrRateLimited, waiting(a.AuthDelay))
	}
	return nil
}
