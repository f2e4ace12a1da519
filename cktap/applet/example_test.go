package applet_test

import (
	"bytes"
	"fmt"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// A SATSCARD as it leaves a factory of one's own.
func ExampleNewCard() {
	factory, err := applet.NewFactory(secret.Copy(bytes.Repeat([]byte{0x42}, 32)))
	if err != nil {
		panic(err)
	}
	card, label, err := applet.NewCard(applet.Options{
		Product: wire.Satscard,
		Factory: factory,
		Env:     softcard.NewEnv(softcard.NewStore()),
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(label.Product, len(label.Ident), label.CVC.Len(), len(label.Address))

	card.PowerOn()
	c, err := wire.SelectCommand().Bytes()
	if err != nil {
		panic(err)
	}
	answer, err := card.Transmit(c)
	if err != nil {
		panic(err)
	}
	status, err := wire.ParseStatusAnswer(answer[:len(answer)-2])
	if err != nil {
		panic(err)
	}
	fmt.Println(status.Version(), status.Birth, status.Slots, wire.Ident(status.PublicKey) == label.Ident)
	// Output:
	// SATSCARD 23 6 42
	// 1.0.3 840000 [0 10] true
}
