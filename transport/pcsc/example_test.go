package pcsc_test

import (
	"context"
	"fmt"
	"time"

	"tapcard.example/transport/pcsc"
)

// Waits for a card in any reader and asks it for its directory of applets. (This example is compiled and not run: it
// needs a reader.)
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	service, err := pcsc.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	readers, err := service.Readers(ctx)
	for err == nil {
		for _, r := range readers {
			if r.Present {
				link, err := service.Connect(ctx, r.Name)
				if err != nil {
					fmt.Println(err)
					return
				}
				defer link.Close()
				answer, err := link.Transmit(ctx, []byte{0x00, 0xA4, 0x04, 0x00, 0x00})
				fmt.Printf("%s: % X, %v\n", r.Name, answer, err)
				return
			}
		}
		readers, err = service.WaitChange(ctx, readers)
	}
	fmt.Println(err)
}
