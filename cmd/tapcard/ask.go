package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/term"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

// maxSecret bounds a secret read from a file: the longest is a mnemonic of 24 words.
const maxSecret = 4096

// errTwice says that standard input was asked for two secrets.
var errTwice = errors.New(`"-" can be given to one flag only: standard input is read once`)

// askSecret reads a secret from the file a flag names ("-" for standard input), or asks for it on the terminal.
// One line end at its end is not part of it.
func (a *app) askSecret(ctx context.Context, file, prompt string) ([]byte, error) {
	switch file {
	case "":
		t, err := a.openTerminal()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", prompt, err)
		}
		return t.Secret(ctx, prompt)
	case "-":
		if a.stdinUsed {
			return nil, cli.UsageError{Err: errTwice}
		}
		a.stdinUsed = true
		return interruptible(ctx, func() ([]byte, error) { return readSecret(a.in) })
	}
	return interruptible(ctx, func() ([]byte, error) {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readSecret(f)
	})
}

// interruptible gives up on a read when ctx ends: standard input may be a terminal where nobody types, and a file a pipe
// that nobody writes. The read is left behind, because the program is about to end.
func interruptible(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	done := make(chan struct{})
	var content []byte
	var readErr error
	go func() {
		defer close(done)
		content, readErr = read()
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-done:
		return content, readErr
	}
}

func readSecret(r io.Reader) ([]byte, error) {
	b := make([]byte, 0, maxSecret+1) // large enough that nothing is copied about
	for len(b) < cap(b) {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			clear(b)
			return nil, err
		}
	}
	if len(b) > maxSecret {
		clear(b)
		return nil, fmt.Errorf("a secret of more than %d bytes", maxSecret)
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r")), nil
}

// askDigits reads a PIN or PUK of n digits. With again it is asked for twice on a terminal, because it will be set.
func (a *app) askDigits(ctx context.Context, file, name string, n int, again bool) (secret.PIN, error) {
	b, err := a.askSecret(ctx, file, name)
	if err != nil {
		return secret.PIN{}, err
	}
	pin, err := secret.NewPIN(b, n)
	if err != nil {
		return pin, cli.UsageError{Err: fmt.Errorf("the %s %w", name, err)}
	}
	if !again || file != "" {
		return pin, nil
	}
	b, err = a.askSecret(ctx, "", name+" again")
	if err != nil {
		return pin, err
	}
	if twice := secret.New(b); !twice.Equal(pin.Bytes) {
		return pin, cli.UsageError{Err: fmt.Errorf("the two %ss differ", name)}
	}
	return pin, nil
}

// askKey reads a secret of 32 bytes, in hex, from a file or the terminal like askSecret.
func (a *app) askKey(ctx context.Context, file, what string) (secret.Bytes, error) {
	b, err := a.askSecret(ctx, file, what)
	if err != nil {
		return secret.Bytes{}, err
	}
	defer clear(b)
	raw := make([]byte, hex.DecodedLen(len(b)))
	if _, err := hex.Decode(raw, b); err != nil || len(raw) != 32 {
		clear(raw)
		return secret.Bytes{}, cli.UsageError{Err: fmt.Errorf("a %s is 32 bytes, 64 hexadecimal digits", what)}
	}
	return secret.New(raw), nil
}

// confirm asks a yes-or-no question; no is signer.ErrRefused.
func (a *app) confirm(ctx context.Context, question string) error {
	if a.yes {
		return nil
	}
	t, err := a.openTerminal()
	if err != nil {
		return fmt.Errorf("%s %w", question, err)
	}
	yes, err := t.Confirm(ctx, question)
	if err == nil && !yes || errors.Is(err, io.EOF) {
		err = signer.ErrRefused
	}
	return err
}

func (a *app) openTerminal() (*term.Terminal, error) {
	if a.terminal == nil {
		t, err := term.Open()
		if err != nil {
			return nil, err
		}
		a.terminal = t
		a.atEnd(t)
	}
	return a.terminal, nil
}
