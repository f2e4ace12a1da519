package paycard

import (
	"context"
	"errors"
	"time"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
)

// exchange sends a command inside the secure channel and returns what the card answered in there. Any error closes the
// channel, except those found before anything is encrypted.
func (s *Session) exchange(ctx context.Context, cmd iso7816.Command) (iso7816.Response, error) {
	if err := ctx.Err(); err != nil {
		return iso7816.Response{}, err
	}
	if s.Closed() {
		return iso7816.Response{}, failure(cmd.INS, card.ErrAuthRequired, ErrChannelClosed)
	}
	wrapped, err := s.channel.WrapCommand(cmd)
	if err != nil {
		return iso7816.Response{}, failure(cmd.INS, card.ErrWrongData, err)
	}
	start := time.Now()
	outer, err := s.card.ch.Send(ctx, opName(cmd.INS), wrapped)
	if err != nil {
		s.Close()
		return iso7816.Response{}, err
	}
	if outer.SW != iso7816.OK {
		s.Close()
		e := &card.Error{Op: opName(cmd.INS), SW: outer.SW, Kind: card.ErrUnexpectedSW, Err: ErrChannelClosed}
		if outer.SW == iso7816.SecurityNotSatisfied {
			e.Kind = card.ErrAuthRequired
		}
		return iso7816.Response{}, e
	}
	r, err := s.channel.UnwrapResponse(outer)
	if err != nil {
		s.Close()
		return iso7816.Response{}, failure(cmd.INS, card.ErrBadMAC, err)
	}
	if s.card.ch.Observed() {
		s.card.ch.Report(card.Exchange{Op: opName(cmd.INS), Command: cmd, Response: r, Took: time.Since(start)})
	}
	return r, nil
}

// do sends a command that must succeed; it returns the answer's data.
func (s *Session) do(ctx context.Context, cmd iso7816.Command) ([]byte, error) {
	r, err := s.exchange(ctx, cmd)
	if err != nil {
		return nil, err
	}
	if r.SW != iso7816.OK {
		return nil, statusError(cmd.INS, r.SW)
	}
	return r.Data, nil
}

// doEmpty is do for a command that has nothing to answer. Its data, which may be secret, is zeroed.
func (s *Session) doEmpty(ctx context.Context, cmd iso7816.Command) error {
	defer clear(cmd.Data)
	_, err := s.do(ctx, cmd)
	return err
}

// read is do for a command whose answer has a form.
func read[T any](ctx context.Context, s *Session, cmd iso7816.Command, parse func([]byte) (T, error)) (T, error) {
	var none T
	data, err := s.do(ctx, cmd)
	if err != nil {
		return none, err
	}
	value, err := parse(data)
	if err != nil {
		return none, bad(cmd.INS, err)
	}
	return value, nil
}

// FactoryReset makes the card as it was before INIT: its keys are gone for good, so revoke them at the vault as well.
// Needs the PIN (PROTOCOL.md, FACTORY RESET).
func (s *Session) FactoryReset(ctx context.Context) error {
	wrapped, err := s.channel.WrapCommand(channel.FactoryResetCommand())
	if errors.Is(err, channel.ErrClosed) {
		return failure(channel.InsFactoryReset, card.ErrAuthRequired, ErrChannelClosed)
	}
	if err != nil {
		return err
	}
	r, err := s.card.ch.Send(ctx, opName(channel.InsFactoryReset), wrapped)
	if err != nil {
		s.Close()
		return err
	}
	if inner, inside := s.channel.UnwrapResponse(r); inside == nil && len(r.Data) > 0 { // it was refused in the channel
		return statusError(channel.InsFactoryReset, inner.SW)
	}
	s.Close()
	if r.SW != iso7816.OK {
		return statusError(channel.InsFactoryReset, r.SW)
	}
	s.card.known = false
	return s.card.reselect(ctx)
}
