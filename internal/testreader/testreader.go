// Package testreader puts software cards into the private reader of scripts/in-reader, for tests.
package testreader

import (
	"context"
	"os"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/transport/pcsc"
	"tapcard.example/transport/vpcd"
)

// patience is how long pcscd may take to notice a card.
const patience = 10 * time.Second

// Insert puts a card into the first slot and connects to it, until the test ends. Outside scripts/in-reader it skips
// the test: who knows whose reader that would be.
func Insert(t testing.TB, c vpcd.Card) card.Link {
	t.Helper()
	if os.Getenv("TAPCARD_PCSCD") == "" {
		t.Skip("needs a private reader: run it through scripts/in-reader")
	}
	service, err := pcsc.Open()
	if err != nil {
		t.Fatal(err)
	}
	inserted, remove := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- vpcd.Serve(inserted, vpcd.FirstSlot, c) }()
	t.Cleanup(func() {
		remove()
		if err := <-served; err != nil {
			t.Error(err)
		}
		waitFor(t, service, func(r pcsc.Reader) bool { return !r.Present })
	})
	name := waitFor(t, service, func(r pcsc.Reader) bool { return r.Present && !r.Mute })
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	link, err := service.Connect(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { link.Close() })
	return link
}

// waitFor waits until the first reader is as it should be, and returns its name.
func waitFor(t testing.TB, service *pcsc.Context, right func(pcsc.Reader) bool) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	readers, err := service.Readers(ctx)
	for err == nil {
		if len(readers) > 0 && right(readers[0]) {
			return readers[0].Name
		}
		readers, err = service.WaitChange(ctx, readers)
	}
	t.Fatalf("waiting for the reader: %v", err)
	return ""
}
