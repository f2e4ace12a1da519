package applet_test

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/applet"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/softcard"
)

// A new card is blank until a maker certifies it.
func ExampleNewCard() {
	c, err := applet.NewCard(applet.Options{Env: softcard.NewEnv(softcard.NewStore())})
	if err != nil {
		panic(err)
	}
	c.PowerOn()
	apdu, _ := iso7816.Command{INS: iso7816.InsSelect, P1: 4, Data: wire.AID(), Ne: 256}.Bytes()
	raw, _ := c.Transmit(apdu)
	answer, _ := iso7816.ParseResponse(raw)
	info, err := wire.ParseInfo(answer.Data)
	fmt.Println(info.State, info.Software(), err)
	// Output: blank true <nil>
}
