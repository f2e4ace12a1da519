package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/transport/loopback"
	"tapcard.example/transport/trace"
)

// connect finds the card a command is about: the software card of --card, or the one in a reader that fits. It is
// closed when the command ends.
func (a *app) connect(ctx context.Context, want card.Wanted) (*card.Channel, error) {
	link, err := a.link(ctx, want)
	if err != nil {
		return nil, err
	}
	ch, closers, err := traced(link, a.traceTo)
	a.closers = append(a.closers, closers...)
	return ch, err
}

// traced makes a channel over a link, recorded in a file unless its name is empty, and says what to close in the end,
// last first.
func traced(link card.Link, file string) (*card.Channel, []io.Closer, error) {
	if file == "" {
		return card.NewChannel(link), []io.Closer{link}, nil
	}
	f, err := createTrace(file)
	if err != nil {
		return nil, []io.Closer{link}, err
	}
	rec := trace.Record(link, f, describer())
	ch := card.NewChannel(rec)
	ch.Observe(rec.Observe)
	return ch, []io.Closer{f, rec}, nil
}

func (a *app) link(ctx context.Context, want card.Wanted) (card.Link, error) {
	if a.cardFile != "" {
		c, err := openVirtual(a.cardFile)
		if err != nil {
			return nil, err
		}
		a.atEnd(c.file)
		return loopback.Connect(c.Card, "software card "+a.cardFile), nil
	}
	want.Reader = a.reader
	return a.FindCard(ctx, want)
}

// traceMark begins every trace, of whatever version.
const traceMark = "# tapcard trace "

// createTrace opens the file of --trace. An older trace is replaced; anything else, such as the card's own file, is not.
func createTrace(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	start := make([]byte, len(traceMark))
	n, err := io.ReadFull(f, start)
	if n > 0 && string(start[:n]) != traceMark {
		return nil, errors.Join(cli.UsageError{Err: fmt.Errorf("%s is there already and is no trace", path)}, f.Close())
	}
	if n > 0 {
		_, err = f.Seek(0, io.SeekStart)
		err = errors.Join(err, f.Truncate(0))
	} else if err == io.EOF {
		err = nil
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
