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

// A SATSCARD is verified before anybody pays to its address. Here the card is software, of a factory of our own, which
// has to be trusted first.
func Example() {
	factory, err := applet.NewFactory(secret.Copy([]byte("a root key that is for tests only")[:32]))
	if err != nil {
		fmt.Println(err)
		return
	}
	env := softcard.NewEnv(softcard.NewStore())
	soft, label, err := applet.NewCard(applet.Options{Product: wire.Satscard, Factory: factory, Env: env})
	if err != nil {
		fmt.Println(err)
		return
	}
	link := loopback.Connect(soft, "example")
	defer link.Close()
	show := func(o cktap.Options) {
		c, err := o.Select(context.Background(), card.NewChannel(link))
		if err != nil {
			fmt.Println(err)
			return
		}
		s, err := c.Satscard()
		if err != nil {
			fmt.Println(err)
			return
		}
		proof, err := s.Verify(context.Background(), nil)
		if err != nil {
			fmt.Println("refused")
			return
		}
		fmt.Println(proof.Verdict.Reason, proof.Address == label.Address)
	}
	show(cktap.Options{}) // trusts the maker alone
	show(cktap.Options{Authorities: func(key []byte) (string, bool) {
		root := factory.Root()
		return "our factory", string(key) == string(root[:])
	}})
	// Output:
	// refused
	// our factory vouches for its key true
}
