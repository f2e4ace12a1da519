package vpcd_test

import (
	"context"
	"fmt"
	"time"

	"tapcard.example/softcard"
	"tapcard.example/transport/vpcd"
)

// A card without applets spends a tenth of a second in the reader, or waiting for one.
func Example() {
	atr := []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
	card := softcard.NewCard(atr, softcard.NewMux(), softcard.NewStore())
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := vpcd.Serve(ctx, vpcd.FirstSlot, card); err != nil {
		fmt.Println(err)
	}
	fmt.Println("out of the reader again")
	// Output: out of the reader again
}
