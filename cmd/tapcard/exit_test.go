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
	"tapcard.example/internal/cli"
)

func TestInterruptionsNameWhatIsUncertain(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		hint string
	}{
		{context.Canceled, cli.ExitInterrupted, "nothing was lost"},
		{fmt.Errorf("%w: %w", card.ErrInterrupted, context.Canceled), cli.ExitInterrupted, "nobody knows whether the card acted"},
		{fmt.Errorf("%w: %w", card.ErrInterrupted, context.DeadlineExceeded), cli.ExitCard, "nobody knows"},
		{fmt.Errorf("%w: %w", card.ErrSharing, context.Canceled), cli.ExitInterrupted, "another program holds the reader"},
		{card.ErrSharing, cli.ExitNoCard, "another program holds the reader"},
	} {
		if f := classify(c.err); f.Code != c.code || !strings.Contains(f.Hint, c.hint) {
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
	if code != cli.ExitInterrupted || !strings.HasPrefix(errOut.String(), "tapcard: interrupt") {
		t.Errorf("exit code %d: %s", code, errOut.String())
	}
}
