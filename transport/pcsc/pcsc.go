// Package pcsc reaches cards in real readers through PC/SC, the service for smart cards that Linux (pcscd), macOS and
// Windows have. It loads the platform's library when it is first needed and uses no cgo, so that programs with it
// cross-compile.
//
//	service, err := pcsc.Open()
//	readers, err := service.Readers(ctx)
//	readers, err = service.WaitChange(ctx, readers) // a card came or went, or a reader
//	link, err := service.Connect(ctx, readers[0].Name)
//
// What PC/SC shares between programs, and how this package deals with it:
//
//   - A card is shared. Any program may speak with it between two commands of ours, select another applet and so end a
//     secure channel. A link therefore holds a transaction from Connect to Close: others wait, and so does Connect when
//     they hold one.
//   - Waiting, for cards, readers and transactions, ends with its context. A command in flight cannot be called back.
//     When its context ends first, the link says card.ErrInterrupted at once, resets the card as soon as that answers,
//     and is of no use until Reset.
//   - A link that is closed leaves the card reset, so that the next program finds no open session.
//
// Errors are card.Error or wrap the sentinels of package card; behind them is the Code of PC/SC.
package pcsc

import (
	"context"
	"errors"

	"tapcard.example/card"
)

// Context is the platform's smart card service. It is safe for concurrent use, holds nothing open between calls, and
// survives a restart of the service.
type Context struct{ lib *library }

// Open finds the service. It fails with card.ErrNoService when the library is not installed or the service is not
// running.
func Open() (*Context, error) {
	const op = "open PC/SC"
	lib, err := load()
	if err != nil {
		return nil, &card.Error{Op: op, Kind: card.ErrNoService, Err: err}
	}
	c, err := lib.newClient()
	if err != nil {
		return nil, failed(op, err)
	}
	c.close()
	return &Context{lib}, nil
}

// ask runs f with a client of its own and returns what f returns, or the context's error when that ends first. f goes
// on then, and late, unless nil, is given what it returned in the end. Closing the client is up to f.
func ask[T any](ctx context.Context, s *Context, op string, f func(*client) (T, error), late func(T)) (T, error) {
	value, err := await(ctx, func() (value T, err error) {
		c, err := s.lib.newClient()
		if err != nil {
			return value, err
		}
		return f(c)
	}, func(value T, err error) {
		if err == nil && late != nil {
			late(value)
		}
	})
	if err == nil || isEnd(err) {
		return value, err
	}
	return value, failed(op, err)
}

// await runs f in the background and returns what f returns. When ctx ends first it returns the context's error, and
// late is called in the background as soon as f has returned.
func await[T any](ctx context.Context, f func() (T, error), late func(T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := f()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
	}
	go func() {
		o := <-done
		late(o.value, o.err)
	}()
	return none, ctx.Err()
}

// isEnd tells whether err is that of a context that ended.
func isEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Slots lists the readers in the form in which card.Find chooses among them.
func (s *Context) Slots(ctx context.Context) ([]card.Slot, error) {
	readers, err := s.Readers(ctx)
	if err != nil {
		return nil, err
	}
	slots := make([]card.Slot, len(readers))
	for i, r := range readers {
		slots[i] = card.Slot{Reader: r.Name, ATR: r.ATR, Connect: func(ctx context.Context) (card.Link, error) {
			return s.Connect(ctx, r.Name)
		}}
	}
	return slots, nil
}
