package applet_test

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

func Example() {
	card, err := applet.NewCard(applet.Options{Env: softcard.NewEnv(softcard.NewStore())})
	if err != nil {
		panic(err)
	}
	card.PowerOn()
	command, _ := wire.SelectCommand().Bytes()
	raw, _ := card.Transmit(command)
	answer, _ := iso7816.ParseResponse(raw)
	info, _ := wire.ParseInfo(answer.Data)
	fmt.Println(answer.SW, info.Initialized)
	// Output: 9000 false
}
