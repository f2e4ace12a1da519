package interop

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	pcsc "github.com/gballet/go-libpcsclite"

	"tapcard.example/transport/vpcd"
)

// needReader skips where scripts/in-reader has not put a pcscd. `make test` always does.
func needReader(t *testing.T) {
	t.Helper()
	if os.Getenv("TAPCARD_PCSCD") != "1" {
		t.Skip("no private smart card reader: run this through scripts/in-reader")
	}
}

// insert makes a card of that kind and puts it into the first slot until the test ends. client names the record.
func insert(t *testing.T, client string, k kind) *inserted {
	t.Helper()
	needReader(t)
	c := &inserted{recorder: newRecorder(t, client, k.String())}
	putIn(t, c.make(t, k))
	return c
}

// putIn puts a card into the first slot until the test ends.
func putIn(t *testing.T, card vpcd.Card) {
	t.Helper()
	ctx, out := context.WithCancel(context.Background())
	in, served := make(chan bool, 8), make(chan error, 1)
	slot := vpcd.Slot{Addr: vpcd.FirstSlot, Changed: func(inserted bool, _ error) { in <- inserted }}
	go func() { served <- slot.Serve(ctx, card) }()
	t.Cleanup(func() {
		out()
		if err := <-served; err != nil {
			t.Error(err)
		}
		waitFor(t, "the card to leave", func(n int) bool { return n == 0 })
	})
	select {
	case <-in:
	case err := <-served:
		t.Fatal(err)
	case <-time.After(10 * time.Second):
		t.Fatal("pcscd did not notice the card within 10 seconds")
	}
	waitFor(t, "the card to arrive", func(n int) bool { return n == 1 })
}

// inserted is a card in the reader and what passed at its applet.
type inserted struct {
	*recorder
	authority []byte // who signed its certificate, compressed; nil where the profile has none
}

// waitFor waits until the number of cards that can be connected to is right, as programs see it.
func waitFor(t *testing.T, what string, right func(cards int) bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		cards, err := cardsPresent()
		if err == nil && right(cards) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waiting for %s: %d cards, %v", what, cards, err)
		}
	}
}

func cardsPresent() (n int, err error) {
	client, readers, err := establish()
	if err != nil {
		return 0, err
	}
	for _, r := range readers {
		if card, err := client.Connect(r, pcsc.ShareShared, pcsc.ProtocolAny); err == nil {
			n++
			err = card.Disconnect(pcsc.LeaveCard)
			if err != nil {
				return n, err
			}
		}
	}
	return n, client.ReleaseContext()
}

func establish() (*pcsc.Client, []string, error) {
	client, err := pcsc.EstablishContext(pcsc.PCSCDSockName, pcsc.ScopeSystem)
	if err != nil {
		return nil, nil, err
	}
	readers, err := client.ListReaders()
	return client, readers, err
}

// connect is the PC/SC connection keycard-go is given: go-libpcsclite, a client of pcscd that geth uses too.
func connect(t *testing.T) transmitter {
	t.Helper()
	client, readers, err := establish()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range readers {
		if card, err := client.Connect(r, pcsc.ShareShared, pcsc.ProtocolAny); err == nil {
			t.Logf("reader %q, pcscd %s", strings.TrimRight(r, "\x00"), os.Getenv("TAPCARD_PCSCD_VERSION"))
			t.Cleanup(func() {
				if err := errors.Join(card.Disconnect(pcsc.ResetCard), client.ReleaseContext()); err != nil {
					t.Log(err)
				}
			})
			return transmitter{card}
		}
	}
	t.Fatalf("no card in any of %q", readers)
	return transmitter{}
}

// transmitter fits go-libpcsclite to keycard-go.
type transmitter struct{ card *pcsc.Card }

// Transmit passes one APDU on.
func (t transmitter) Transmit(command []byte) ([]byte, error) {
	answer, _, err := t.card.Transmit(command)
	return answer, err
}
