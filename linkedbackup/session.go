package linkedbackup

import (
	"context"
	"time"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// Session is a secure channel to a card. It ends with Close, an error in the channel, the next SELECT, or the tap.
type Session struct {
	card    *Card
	channel *wire.Channel
	wallet  wire.Key // known after Verify or Activate
}

// Open opens a secure channel to a card that a trusted maker has certified: one command. Only the card with the
// certified key can complete it. Errors are those of Authority, and card.ErrCardMismatch when another card answers.
func (c *Card) Open(ctx context.Context) (*Session, error) {
	if _, err := c.Authority(); err != nil {
		return nil, err
	}
	c.closeSession()
	opening, err := wire.NewOpening(c.opts.rand())
	if err != nil {
		return nil, failure(wire.InsOpen, card.ErrInternal, err)
	}
	data, err := c.do(ctx, opening.Command())
	if err != nil {
		return nil, err
	}
	channel, err := opening.Finish(c.info.Card, data)
	if err != nil {
		return nil, failure(wire.InsOpen, card.ErrCardMismatch, err)
	}
	c.session = &Session{card: c, channel: channel}
	return c.session, nil
}

// Close forgets the keys of the channel; the card forgets its own at the next SELECT. Closing twice is harmless.
func (s *Session) Close() {
	s.channel.Close()
	if s.card.session == s {
		s.card.session = nil
	}
}

func (c *Card) closeSession() {
	if c.session != nil {
		c.session.Close()
	}
}

// Card is the card at the other end.
func (s *Session) Card() *Card { return s.card }

// exchange sends a command, in the channel when one is open, and returns what the card answered.
func (c *Card) exchange(ctx context.Context, cmd iso7816.Command) (iso7816.Response, error) {
	if c.session != nil {
		return c.session.exchange(ctx, cmd)
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
		return nil, refused(cmd.INS, r)
	}
	return r.Data, nil
}

// exchange sends a command in the channel. An error means that the channel is closed.
func (s *Session) exchange(ctx context.Context, cmd iso7816.Command) (iso7816.Response, error) {
	wrapped, err := s.channel.WrapCommand(cmd)
	if err != nil {
		s.Close()
		return iso7816.Response{}, failure(cmd.INS, card.ErrAuthRequired, err)
	}
	start := time.Now()
	outer, err := s.card.ch.Send(ctx, opName(cmd.INS), wrapped)
	if err != nil {
		s.Close()
		return iso7816.Response{}, err
	}
	r, err := s.channel.UnwrapResponse(outer)
	if err != nil {
		s.Close()
		return r, &card.Error{Op: opName(cmd.INS), SW: outer.SW, Kind: card.ErrBadMAC, Err: err}
	}
	if s.card.ch.Observed() {
		s.card.ch.Report(card.Exchange{Op: opName(cmd.INS), Command: cmd, Response: r, Took: time.Since(start)})
	}
	return r, nil
}

// do sends a command in the channel that must succeed. Its data is zeroed as soon as it has been sent, for it may have
// a code or a seed in it.
func (s *Session) do(ctx context.Context, cmd iso7816.Command) ([]byte, error) {
	defer clear(cmd.Data)
	r, err := s.exchange(ctx, cmd)
	if err != nil {
		return nil, err
	}
	if r.SW != iso7816.OK {
		return nil, refused(cmd.INS, r)
	}
	return r.Data, nil
}
