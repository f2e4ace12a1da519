package cli

import (
	"errors"
	"io"

	"tapcard.example/card"
)

// Exit codes that mean the same in all our programs. They are part of the interface: a number never changes its meaning.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitNoCard      = 3
	ExitRefused     = 6
	ExitCard        = 7
	ExitSecurity    = 8
	ExitInterrupted = 130
)

// Known is one row of a program's table of errors: how it ends with this one.
type Known struct {
	Err  error
	Code int
	Name string
	Hint string
}

// Explain finds the first row that explains an error. Wrong usage is the same in every program; what no row names is the
// card's failure if the card said it. A hint at the error itself is better than the row's.
func Explain(program string, err error, rows []Known) Failure {
	var usage UsageError
	if errors.As(err, &usage) {
		return Failure{ExitUsage, "usage", hintOf(err, `see "`+program+` help"`)}
	}
	for _, row := range rows {
		if errors.Is(err, row.Err) {
			return Failure{row.Code, row.Name, hintOf(err, row.Hint)}
		}
	}
	var said *card.Error
	if errors.As(err, &said) {
		return Failure{ExitCard, "card", hintOf(err, "")}
	}
	return Failure{ExitFailed, "failed", hintOf(err, "")}
}

func hintOf(err error, otherwise string) string {
	var h Hinted
	if errors.As(err, &h) {
		return h.Hint
	}
	return otherwise
}

// Finish closes what is open, last opened first, reports an error, and returns the exit code.
func (o Output) Finish(program string, err error, open []io.Closer, explain func(error) Failure) int {
	for i := len(open) - 1; i >= 0; i-- {
		if closeErr := open[i].Close(); err == nil {
			err = closeErr
		}
	}
	if err == nil {
		return ExitOK
	}
	return o.Fail(program, err, explain(err))
}
