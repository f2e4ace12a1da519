package loopback_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

var aid = []byte{0xF0, 0, 0, 0, 1}

// echo answers with the data it was sent.
func echo() *softcard.Card {
	m := softcard.NewMux()
	m.Handle(aid, softcard.AppletFunc(func(_ context.Context, _ *softcard.Session, c iso7816.Command) iso7816.Response {
		return iso7816.Response{Data: c.Data, SW: iso7816.OK}
	}))
	return softcard.NewCard([]byte{0x3B, 0x00}, m, softcard.NewStore())
}

func TestEveryLengthComesBack(t *testing.T) {
	ch := card.NewChannel(loopback.Connect(echo(), "test"))
	if _, err := ch.Select(t.Context(), aid); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 254, 255, 256, 257, 65535} {
		r, err := ch.Send(t.Context(), "ECHO", iso7816.Command{INS: 1, Data: make([]byte, n), Ne: 65536})
		if err != nil || len(r.Data) != n {
			t.Errorf("%d bytes: %v, %v", n, r, err)
		}
	}
}

func TestCardWithoutPowerIsRemoved(t *testing.T) {
	c := echo()
	l := loopback.Connect(c, "test")
	c.PowerOff()
	if _, err := l.Transmit(t.Context(), []byte{0, 1, 0, 0}); !errors.Is(err, card.ErrRemoved) {
		t.Error(err)
	}
	if err := l.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Transmit(t.Context(), []byte{0, 1, 0, 0}); err != nil {
		t.Errorf("after reset: %v", err)
	}
}

func ExampleConnect() {
	link := loopback.Connect(echo(), "my software card")
	fmt.Println(link.Info().Reader, link.Info().Software, link.Close())
	// Output: my software card true <nil>
}
