package applet_test

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// A card fresh from the factory shows its channel key and nothing else.
func Example() {
	card, err := applet.NewCard(applet.Options{Profile: applet.V3_1, Env: softcard.NewEnv(softcard.NewStore())})
	if err != nil {
		fmt.Println(err)
		return
	}
	card.PowerOn()
	apdu, _ := wire.SelectCommand(wire.KeycardAID(1)).Bytes()
	answer, err := card.Transmit(apdu)
	if err != nil {
		fmt.Println(err)
		return
	}
	response, _ := iso7816.ParseResponse(answer)
	info, err := wire.ParseApplicationInfo(response.Data)
	fmt.Println(response.SW, info.Initialized, len(info.PublicKey), err)
	// Output: 9000 false 65 <nil>
}
