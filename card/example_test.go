package card_test

import (
	"context"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

func Example() {
	mux := softcard.NewMux()
	aid := []byte{0xF0, 0, 0, 0, 1}
	mux.Handle(aid, softcard.AppletFunc(
		func(context.Context, *softcard.Session, iso7816.Command) iso7816.Response {
			return iso7816.Response{Data: []byte("hello"), SW: iso7816.OK}
		}))
	link := loopback.Connect(softcard.NewCard([]byte{0x3B, 0x00}, mux, softcard.NewStore()), "example")
	defer link.Close()

	ch := card.NewChannel(link)
	r, err := ch.Select(context.Background(), aid)
	fmt.Printf("%s %v %d APDU\n", r.Data, err, ch.APDUs())
	// Output: hello <nil> 1 APDU
}
