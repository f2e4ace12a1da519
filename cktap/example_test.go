package cktap_test

import (
	"context"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// A SATSCARD proves its address, to a user who trusts the factory of this software card.
func Example() {
	factory, err := applet.NewFactory(secret.New(append(make([]byte, 31), 7)))
	if err != nil {
		fmt.Println(err)
		return
	}
	soft, label, err := applet.NewCard(applet.Options{Product: wire.Satscard, Env: softcard.NewEnv(softcard.NewStore()), Factory: factory})
	if err != nil {
		fmt.Println(err)
		return
	}
	root := factory.Root()
	trusted := func(key []byte) (string, bool) { return "my factory", string(key) == string(root[:]) }

	ctx := context.Background()
	c, err := cktap.Options{Authorities: trusted}.Select(ctx, card.NewChannel(loopback.Connect(soft, "example")))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := c.Satscard()
	if err != nil {
		fmt.Println(err)
		return
	}
	proof, err := s.Verify(ctx, nil)
	fmt.Println(err, proof.Address == label.Address, proof.Verdict.Authenticity)
	// Output: <nil> true genuine
}
