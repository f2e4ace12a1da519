package keycard

import (
	"context"
	"errors"
	"time"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// exchange sends a command as the card expects it now: inside the secure channel when one is open, else in the clear.
// To a bare command in a channel the card answers 6982 and closes it.
func (c *Card) exchange(ctx context.Context, cmd iso7816.Command) (iso7816.Response, error) {
	if c.session != nil {
		return c.session.exchange(ctx, cmd)
	}
	if c.stale && cmd.INS != wire.InsOpen {
		if err := c.reselect(ctx); err != nil {
			return iso7816.Response{}, err
		}
	}
	return c.ch.Send(ctx, opName(cmd.INS), cmd)
}

// do is exchange for a command that must succeed; it returns the answer's data.
func (c *Card) do(ctx context.Context, cmd iso7816.Command) ([]byte, error) {
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return nil, err
	}
	if r.SW != iso7816.OK {
		return nil, statusError(cmd.INS, r.SW)
	}
	return r.Data, nil
}

// exchange sends a command inside the secure channel and returns what the card answered in there. Any error means that
// the channel is closed, except those that are found before anything is encrypted: a context that has ended, and
// wire.ErrTooLong.
func (s *Session) exchange(ctx context.Context, cmd iso7816.Command) (iso7816.Response, error) {
	if err := ctx.Err(); err != nil {
		return iso7816.Response{}, err
	}
	wrapped, err := s.wrap(cmd)
	if err != nil {
		return iso7816.Response{}, err
	}
	start := time.Now()
	outer, err := s.card.ch.Send(ctx, opName(cmd.INS), wrapped)
	if err != nil {
		s.Close()
		return iso7816.Response{}, err
	}
	if outer.SW != iso7816.OK {
		s.Close()
		return iso7816.Response{}, closedBy(cmd.INS, outer.SW)
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

func (s *Session) wrap(cmd iso7816.Command) (iso7816.Command, error) {
	if s.Closed() {
		return iso7816.Command{}, failure(cmd.INS, card.ErrAuthRequired, ErrChannelClosed)
	}
	wrapped, err := s.channel.WrapCommand(cmd)
	if errors.Is(err, wire.ErrTooLong) {
		return iso7816.Command{}, failure(cmd.INS, card.ErrWrongData, err)
	}
	if err != nil {
		return iso7816.Command{}, failure(cmd.INS, card.ErrBadMAC, err)
	}
	return wrapped, nil
}

// closedBy explains a bare status word where a wrapped answer was due: the card has left the channel.
func closedBy(ins byte, sw iso7816.Status) error {
	e := &card.Error{Op: opName(ins), SW: sw, Kind: card.ErrUnexpectedSW, Err: ErrChannelClosed}
	if sw == iso7816.SecurityNotSatisfied {
		e.Kind = card.ErrAuthRequired
	}
	return e
}

// do sends a command that must succeed; it returns the answer's data.
func (s *Session) do(ctx context.Context, cmd iso7816.Command) ([]byte, error) {
	if err := supports(cmd.INS, s.card.info.Version); err != nil {
		return nil, err
	}
	r, err := s.exchange(ctx, cmd)
	if err != nil {
		return nil, err
	}
	if r.SW == iso7816.OK {
		return r.Data, nil
	}
	if r.SW == iso7816.ConditionsNotSatisfied && s.wantsPIN(cmd.INS) {
		return nil, &card.Error{Op: opName(cmd.INS), SW: r.SW, Kind: card.ErrAuthRequired,
			Err: errors.New("verify the PIN first")}
	}
	return nil, statusError(cmd.INS, r.SW)
}

// wantsPIN says that a command needs the PIN and this session has not shown it.
func (s *Session) wantsPIN(ins byte) bool {
	spec, ok := wire.Lookup(ins)
	return ok && spec.Security == wire.SecurityPIN && !s.verified
}

// doSecret is do for a command whose data is secret: the data is zeroed as soon as it has been sent.
func (s *Session) doSecret(ctx context.Context, cmd iso7816.Command) ([]byte, error) {
	defer clear(cmd.Data)
	return s.do(ctx, cmd)
}

// doEmpty is do for a command that has nothing to answer.
func (s *Session) doEmpty(ctx context.Context, cmd iso7816.Command) error {
	defer clear(cmd.Data)
	_, err := s.do(ctx, cmd)
	return err
}

// Raw sends a command of the caller's making inside the secure channel and returns the answer's data. It is for probing
// a card: nothing is known about what the command does. A status word other than 9000 is an error as everywhere.
func (s *Session) Raw(ctx context.Context, cmd iso7816.Command) ([]byte, error) {
	s.known, s.pinTries, s.pukTries = false, unknown, unknown
	return s.do(ctx, cmd)
}
