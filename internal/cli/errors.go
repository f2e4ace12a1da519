package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tapcard.example/card"
)

// UsageError is a mistake in how a command was called.
type UsageError struct{ Err error }

// Error is the mistake.
func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the mistake.
func (e UsageError) Unwrap() error { return e.Err }

// Usage makes a UsageError.
func Usage(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// Hinted adds what to do next to an error.
type Hinted struct {
	Err  error
	Hint string
}

// Error is the error without the hint, which goes on a line of its own.
func (h Hinted) Error() string { return h.Err.Error() }

// Unwrap returns the error.
func (h Hinted) Unwrap() error { return h.Err }

// Hint adds what to do next to an error.
func Hint(err error, hint string) error { return Hinted{err, hint} }

// Failure is how a program ends that did not do what was asked.
type Failure struct {
	Code int    // exit code
	Name string // for programs
	Hint string // what to do next
}

// Fail reports an error on one line, with its hint on a second one, and returns the exit code. With JSON it is also an
// object on standard output: error, code, exit, hint, and the tries left of a wrong code.
func (o Output) Fail(program string, err error, f Failure) int {
	message := strings.ReplaceAll(err.Error(), "\n", "; ")
	message = strings.ReplaceAll(message, context.Canceled.Error(), "interrupted")
	if o.JSON {
		out := struct {
			Error string `json:"error"`
			Code  string `json:"code"`
			Exit  int    `json:"exit"`
			Tries *int   `json:"tries_left,omitempty"`
			Hint  string `json:"hint,omitempty"`
		}{message, f.Name, f.Code, nil, f.Hint}
		var pin *card.PINError
		if errors.As(err, &pin) {
			out.Tries = &pin.Remaining
		}
		json.NewEncoder(o.Out).Encode(out)
	}
	fmt.Fprintf(o.Err, "%s: %s\n", program, message)
	if f.Hint != "" {
		fmt.Fprintf(o.Err, "%s: hint: %s\n", program, f.Hint)
	}
	return f.Code
}
