package bench

import (
	"context"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/internal/testreader"
	"tapcard.example/iso7816"
	"tapcard.example/softcard"
)

// apduSize is the length of the commands and answers that are sent through the reader, in bytes.
const apduSize = 64

// readerFigures measures one APDU on its way through pcscd and vpcd to a card that only echoes, and back. What it
// cannot do without is two sockets: a Unix one to pcscd and a TCP one to the card.
func readerFigures(t *testing.T) []figure {
	link := insertEcho(t)
	command := make([]byte, apduSize)
	command[4] = apduSize - 5
	through := median(t, func() error {
		_, err := link.Transmit(t.Context(), command)
		return err
	})
	local, loopback := pingPong(t, "unix", t.TempDir()+"/socket"), pingPong(t, "tcp", "127.0.0.1:0")
	bare := median(t, local) + median(t, loopback)
	return []figure{{"an APDU through pcscd and vpcd, median", milliseconds(through), "ms", 0.25, false,
		milliseconds(bare), "a round trip over a Unix socket and one over TCP"}}
}

// insertEcho puts a card that echoes into the reader.
func insertEcho(t *testing.T) card.Link {
	aid := []byte{0xF0, 0, 0, 0, 1}
	mux := softcard.NewMux()
	mux.Handle(aid, softcard.AppletFunc(func(_ context.Context, _ *softcard.Session, c iso7816.Command) iso7816.Response {
		return iso7816.Response{Data: c.Data, SW: iso7816.OK}
	}))
	atr := []byte{0x3B, 0x80, 0x80, 0x01, 0x01} // T=1
	link := testreader.Insert(t, softcard.NewCard(atr, mux, softcard.NewStore()))
	if _, err := card.NewChannel(link).Select(t.Context(), aid); err != nil {
		t.Fatal(err)
	}
	return link
}

// pingPong returns a function that sends apduSize bytes to a server and reads them back.
func pingPong(t *testing.T, network, address string) func() error {
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		server, err := listener.Accept()
		if err == nil {
			_, _ = io.Copy(struct{ io.Writer }{server}, server) // ends when the client hangs up
			server.Close()
		}
	}()
	client, err := net.Dial(network, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	buf := make([]byte, apduSize)
	return func() error {
		if _, err := client.Write(buf); err != nil {
			return err
		}
		_, err := io.ReadFull(client, buf)
		return err
	}
}

// median is the median time of 500 runs; of several such medians the best.
func median(t *testing.T, f func() error) time.Duration {
	best := time.Duration(0)
	times := make([]time.Duration, 500)
	for range rounds {
		for i := range times {
			start := time.Now()
			if err := f(); err != nil {
				t.Fatal(err)
			}
			times[i] = time.Since(start)
		}
		slices.Sort(times)
		if m := times[len(times)/2]; best == 0 || m < best {
			best = m
		}
	}
	return best
}
