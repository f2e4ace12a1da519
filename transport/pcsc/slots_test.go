package pcsc_test

import (
	"errors"
	"testing"

	"tapcard.example/card"
	"tapcard.example/transport/vpcd"
)

func TestTheReaderWithTheCardIsFoundWhicheverItIs(t *testing.T) {
	s := service(t)
	insert(t, s, vpcd.SecondSlot, secondReader, newEcho())
	slots, err := s.Slots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	link, err := card.Find(t.Context(), slots, card.Wanted{Name: "echo"})
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	if got := link.Info().Reader; got != secondReader {
		t.Errorf("found in %q", got)
	}
	if _, err := card.Find(t.Context(), slots, card.Wanted{Reader: "00 00"}); !errors.Is(err, card.ErrNoCard) {
		t.Errorf("the empty reader: %v", err)
	}
}
