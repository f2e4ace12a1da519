// Package term talks to the person at the terminal: questions go to the terminal itself, never to standard input or
// output, so that a pipe can carry data while a person types a PIN.
//
// The rules of the interface: prompts and progress appear on the terminal, results on standard output; secrets are
// read without echo and are never echoed as dots; a question names what the answer will do; without a terminal every
// question is an error that says which flag answers it instead.
package term

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// ErrNoTerminal is returned when a question cannot be asked because there is nobody to ask.
var ErrNoTerminal = errors.New("no terminal to ask on")

// Terminal is the person's terminal.
type Terminal struct{ in, out *os.File }

// Open opens the controlling terminal, or fails with ErrNoTerminal.
func Open() (*Terminal, error) {
	in, out, err := open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	return &Terminal{in, out}, nil
}

// Close closes the terminal.
func (t *Terminal) Close() error {
	if t.in == t.out {
		return t.in.Close()
	}
	return errors.Join(t.in.Close(), t.out.Close())
}

// Secret asks for a line that is not echoed. The caller owns and clears the bytes.
func (t *Terminal) Secret(ctx context.Context, prompt string) ([]byte, error) {
	fmt.Fprintf(t.out, "%s: ", prompt)
	defer fmt.Fprintln(t.out)
	fd := int(t.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	return await(ctx, func() { term.Restore(fd, before) }, func() ([]byte, error) { return term.ReadPassword(fd) })
}

// Line asks for a line of text.
func (t *Terminal) Line(ctx context.Context, prompt string) (string, error) {
	fmt.Fprintf(t.out, "%s: ", prompt)
	b, err := await(ctx, func() {}, func() ([]byte, error) {
		line, err := bufio.NewReader(t.in).ReadString('\n')
		if err == io.EOF && line != "" {
			err = nil
		}
		return []byte(line), err
	})
	return strings.TrimSpace(string(b)), err
}

// Confirm asks a question that only "yes" answers with yes; Enter is no.
func (t *Terminal) Confirm(ctx context.Context, question string) (bool, error) {
	answer, err := t.Line(ctx, question+` Type "yes" to go on`)
	return strings.EqualFold(answer, "yes"), err
}

// Show writes text to the terminal.
func (t *Terminal) Show(text string) { fmt.Fprintln(t.out, text) }

// await runs a read that nobody can interrupt and gives up on it when ctx ends; restore puts the terminal back. The
// read is left behind: the program is about to end.
func await(ctx context.Context, restore func(), read func() ([]byte, error)) ([]byte, error) {
	type result struct {
		b   []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		b, err := read()
		done <- result{b, err}
	}()
	select {
	case <-ctx.Done():
		restore()
		return nil, ctx.Err()
	case r := <-done:
		return r.b, r.err
	}
}
