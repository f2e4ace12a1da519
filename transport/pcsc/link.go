package pcsc

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"tapcard.example/card"
)

// link is a session with the card in a reader, and what becomes of it: lost to an interruption, found again by Reset.
type link struct {
	service *Context
	reader  string
	info    card.Info
	session *session      // nil when there is none
	lost    chan struct{} // closed when the exchange that was interrupted last has come back; nil if there was none
	closed  bool
}

var errClosed = errors.New("the link is closed")

// Connect opens a link to the card in a reader. The card is shared with other programs, but not while the link is
// open: Connect waits until no other program has a transaction, and they wait until Close. It fails with
// card.ErrNoReader, card.ErrNoCard or, when another program has the card for itself, card.ErrSharing. When ctx ends
// while another program keeps the card busy, errors.Is finds card.ErrSharing and the context's error.
func (s *Context) Connect(ctx context.Context, reader string) (card.Link, error) {
	l := &link{service: s, reader: reader}
	if err := l.open(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *link) open(ctx context.Context) error {
	op := "connect to " + l.reader
	var asked atomic.Bool
	s, err := ask(ctx, l.service, op, func(c *client) (*session, error) {
		asked.Store(true)
		s, err := c.connectTo(l.reader)
		if err != nil {
			c.close()
			return nil, err
		}
		if err := s.begin(); err != nil {
			s.close(leaveCard)
			return nil, err
		}
		return s, nil
	}, func(s *session) { s.close(leaveCard) })
	switch {
	case err == nil:
		l.session, l.info = s, card.Info{Reader: l.reader, ATR: s.atr, Extended: s.takesExtended()}
		return nil
	case isEnd(err) && asked.Load():
		return &card.Error{Op: op, Kind: card.ErrSharing, Err: fmt.Errorf("it does not let go of the card: %w", err)}
	}
	return err
}

// Info describes the reader and the card.
func (l *link) Info() card.Info { return l.info }

// Transmit sends a command of at least 4 bytes. Errors wrap card.ErrRemoved, card.ErrReset, card.ErrInterrupted,
// card.ErrReader and others; nobody knows then whether the card acted. After an interruption they wrap
// card.ErrPoisoned until Reset.
func (l *link) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	return l.run(ctx, func(s *session) ([]byte, error) { return s.exchange(command) })
}

// Reset powers the card off and on. After an interruption it waits for the exchange to come back, and connects again.
func (l *link) Reset(ctx context.Context) error {
	if l.closed {
		return errClosed
	}
	if l.session != nil {
		atr, err := l.run(ctx, (*session).reset)
		if err == nil {
			l.info.ATR = atr
		}
		return err
	}
	select {
	case <-l.lost:
		return l.open(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run lets f work with the session. When ctx ends first the session is lost, and ended as soon as f has returned.
func (l *link) run(ctx context.Context, f func(*session) ([]byte, error)) ([]byte, error) {
	if l.closed {
		return nil, errClosed
	}
	if l.session == nil {
		return nil, card.ErrPoisoned
	}
	if err := ctx.Err(); err != nil {
		return nil, err // nothing was sent, nothing is lost
	}
	s, lost := l.session, make(chan struct{})
	answer, err := await(ctx, func() ([]byte, error) { return f(s) }, func([]byte, error) {
		s.close(resetCard)
		close(lost)
	})
	if err == nil || !isEnd(err) {
		return answer, err
	}
	l.session, l.lost = nil, lost
	return nil, fmt.Errorf("%w: %w", card.ErrInterrupted, err)
}

// Close resets the card and lets other programs have it. It does not wait for an interrupted exchange, after which the
// card is reset all the same.
func (l *link) Close() error {
	if l.session != nil {
		l.session.close(resetCard)
	}
	l.session, l.closed = nil, true
	return nil
}
