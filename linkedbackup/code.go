package linkedbackup

import (
	"context"
	"time"

	"tapcard.example/card"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// Verify shows the access code to the card; the wallet stays open until the session ends, or until ChangeCode, Reset or
// a wrong code. Errors: card.ErrWrongPIN and card.ErrRateLimited, both with a *card.RateLimitError that says how long
// the card compares no code; card.ErrWrongData for what can be no code, which is not sent.
func (s *Session) Verify(ctx context.Context, code secret.Bytes) error {
	if err := checkCode(wire.InsVerify, code); err != nil {
		return err
	}
	data, err := s.do(ctx, wire.VerifyCommand(code))
	if err != nil {
		return err
	}
	return s.learnWallet(wire.InsVerify, data)
}

// learnWallet takes the wallet's public key from an answer that is nothing else.
func (s *Session) learnWallet(ins byte, data []byte) error {
	if len(data) != wire.KeySize {
		return bad(ins, wire.ErrLength)
	}
	if err := wire.Key(data).Check(); err != nil {
		return bad(ins, err)
	}
	s.wallet = wire.Key(data)
	return nil
}

// Wallet is the public master key of the card's wallet; zero before Verify.
func (s *Session) Wallet() wire.Key { return s.wallet }

// ChangeCode replaces the access code of this card; other cards of its set keep theirs. Errors are those of Verify.
func (s *Session) ChangeCode(ctx context.Context, old, next secret.Bytes) error {
	for _, code := range []secret.Bytes{old, next} {
		if err := checkCode(wire.InsChange, code); err != nil {
			return err
		}
	}
	_, err := s.do(ctx, wire.ChangeCommand(old, next))
	return err
}

// Reset destroys the key on this card and frees the card. There is no way back: the last card of a set that is reset
// takes the key with it. Errors are those of Verify.
func (s *Session) Reset(ctx context.Context, code secret.Bytes) error {
	if err := checkCode(wire.InsReset, code); err != nil {
		return err
	}
	_, err := s.do(ctx, wire.ResetCommand(code))
	return err
}

func checkCode(ins byte, code secret.Bytes) error {
	if err := wire.CheckCode(code); err != nil {
		return failure(ins, card.ErrWrongData, err)
	}
	return nil
}

// Wait asks how long the card compares no code, and has it store what it has waited.
func (c *Card) Wait(ctx context.Context) (time.Duration, error) {
	data, err := c.do(ctx, wire.WaitCommand())
	if err != nil {
		return 0, err
	}
	wait, err := wire.ParseWait(data)
	if err != nil {
		return 0, bad(wire.InsWait, err)
	}
	return wait, nil
}

// waitStep is how often HoldStill has the card store what it has waited.
const waitStep = 5 * time.Second

// HoldStill keeps the card in the field until it compares a code again; progress is called before each pause. The card
// counts time only while it is powered, so a reader that switches its field off makes this last longer. It ends with
// ctx.
func (c *Card) HoldStill(ctx context.Context, progress func(left time.Duration)) error {
	for {
		left, err := c.Wait(ctx)
		if err != nil || left == 0 {
			return err
		}
		progress(left)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.opts.after(min(left, waitStep)):
		}
	}
}
