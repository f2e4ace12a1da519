package trace

import (
	"context"
	"fmt"
	"io"
	"time"

	"tapcard.example/card"
	"tapcard.example/iso7816"
)

const header = "# tapcard trace 1"

// Field is one value that may be shown.
type Field struct{ Name, Value string }

// Describe names what may be shown of an exchange: the allow-list of an applet.
type Describe func(iso7816.Command, iso7816.Response) []Field

// Recorder is a card.Link that writes down what passes through another one.
type Recorder struct {
	card.Link
	w        io.Writer
	describe Describe
	pending  *card.Exchange // an outer exchange, until it is known whether an inner one follows
	err      error
}

// Record makes a recorder over l that writes to w. describe may be nil: then only lengths and status words are shown.
// To have names and plaintext fields in the trace, give Observe to the channel made over the recorder:
//
//	rec := trace.Record(link, file, describe)
//	ch := card.NewChannel(rec)
//	ch.Observe(rec.Observe)
func Record(l card.Link, w io.Writer, describe Describe) *Recorder {
	r := &Recorder{Link: l, w: w, describe: describe}
	r.printf("%s\n# reader: %s\n# atr: %X\n", header, l.Info().Reader, l.Info().ATR)
	return r
}

// Transmit passes an exchange on and writes it down. An exchange without an answer is written as "< !" and the error.
func (r *Recorder) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	r.flush(false)
	r.printf("> %X\n", command)
	start := time.Now()
	answer, err := r.Link.Transmit(ctx, command)
	took := time.Since(start)
	if err != nil {
		r.printf("< ! %v\n", err)
		return answer, err
	}
	r.printf("< %X +%.3fms\n", answer, float64(took.Microseconds())/1000)
	return answer, nil
}

// Reset resets the card and says so in the trace.
func (r *Recorder) Reset(ctx context.Context) error {
	r.flush(false)
	r.printf("# reset\n")
	return r.Link.Reset(ctx)
}

// Close writes what is pending, closes the link, and reports the first error of writing.
func (r *Recorder) Close() error {
	r.flush(false)
	if err := r.Link.Close(); err != nil {
		return err
	}
	return r.err
}

// Observe explains an exchange; see card.Channel.Observe.
func (r *Recorder) Observe(e card.Exchange) {
	r.flush(e.Inner)
	if !e.Inner {
		r.pending = &e
		return
	}
	r.explain(";;", e, true)
}

// flush explains the pending outer exchange. One that carried an inner one is ciphertext: its fields mean nothing.
func (r *Recorder) flush(carried bool) {
	if r.pending != nil {
		e := *r.pending
		r.pending = nil
		r.explain(";", e, !carried)
	}
}

func (r *Recorder) explain(mark string, e card.Exchange, fields bool) {
	r.printf("%s %s, %d bytes -> %d bytes, %v", mark, e.Op, len(e.Command.Data), len(e.Response.Data), e.Response.SW)
	if fields && r.describe != nil {
		for _, f := range r.describe(e.Command, e.Response) {
			r.printf("; %s %s", f.Name, f.Value)
		}
	}
	r.printf("\n")
}

func (r *Recorder) printf(format string, a ...any) {
	if _, err := fmt.Fprintf(r.w, format, a...); err != nil && r.err == nil {
		r.err = err
	}
}
