package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"tapcard.example/card"
)

func TestInterruptionsNameWhatIsUncertain(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		hint string
	}{
		{context.Canceled, exitInterrupted, "nothing was lost"},
		{fmt.Errorf("%w: %w", card.ErrInterrupted, context.Canceled), exitInterrupted, "nobody knows whether the card acted"},
		{fmt.Errorf("%w: %w", card.ErrInterrupted, context.DeadlineExceeded), exitCard, "nobody knows"},
		{fmt.Errorf("%w: %w", card.ErrSharing, context.Canceled), exitInterrupted, "another program holds the reader"},
		{card.ErrSharing, exitNoCard, "another program holds the reader"},
	} {
		if f := classify(c.err); f.code != c.code || !strings.Contains(f.hint, c.hint) {
			t.Errorf("%v: %+v", c.err, f)
		}
	}
}

func TestWaitingForStandardInputCanBeInterrupted(t *testing.T) {
	in, typing := io.Pipe() // somebody who never types
	defer typing.Close()
	var errOut strings.Builder
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() { self.Signal(os.Interrupt) })
	code := run([]string{"eth", "sign-tx", "-"}, in, io.Discard, &errOut)
	if code != exitInterrupted || !strings.HasPrefix(errOut.String(), "tapcard: interrupt") {
		t.Errorf("exit code %d: %s", code, errOut.String())
	}
}
