package vpcd_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"tapcard.example/softcard"
	"tapcard.example/transport/vpcd"
)

// Keeps a card without applets in the first slot until Ctrl-C. (This example is compiled and not run: it would put the
// card into a reader that others may be using.)
func Example() {
	atr := []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
	card := softcard.NewCard(atr, softcard.NewMux(), softcard.NewStore())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	slot := vpcd.Slot{Addr: vpcd.FirstSlot, Changed: func(inserted bool, why error) {
		fmt.Println("in the reader:", inserted, why)
	}}
	if err := slot.Serve(ctx, card); err != nil {
		fmt.Println(err)
	}
}
