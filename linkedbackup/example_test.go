package linkedbackup_test

import (
	"context"
	"crypto/rand"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/linkedbackup"
	"tapcard.example/linkedbackup/applet"
	"tapcard.example/linkedbackup/maker"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// Two cards made of software, certified by a maker of our own, become a set.
func ExampleBackup() {
	ctx := context.Background()
	root, _ := maker.New(rand.Reader)
	opts := linkedbackup.Options{Trusted: func(key []byte) (string, bool) {
		return "example maker", wire.Key(key) == root.Public()
	}}
	tap := func(c *softcard.Card) *linkedbackup.Card {
		c.PowerOff()
		selected, err := opts.Select(ctx, card.NewChannel(loopback.Connect(c, "example")))
		if err != nil {
			panic(err)
		}
		return selected
	}
	var cards [2]*softcard.Card
	for i := range cards {
		cards[i], _ = applet.NewCard(applet.Options{Env: softcard.NewEnv(softcard.NewStore())})
		id, _ := root.Certify(tap(cards[i]).Info().Card, true)
		fmt.Println("certified:", tap(cards[i]).Personalize(ctx, id))
	}
	code := func() (secret.Bytes, error) { return secret.Copy([]byte("correct horse")), nil }
	session, _ := tap(cards[0]).Open(ctx)
	chosen, _ := code()
	fmt.Println("activated:", session.Activate(ctx, chosen))

	b, _ := linkedbackup.StartBackup("", 2)
	for _, i := range []int{0, 1, 0, 1} {
		fmt.Println(b.Next().Action, b.Tap(ctx, tap(cards[i]), code))
	}
	for _, c := range cards {
		a, _ := tap(c).Attest(ctx)
		fmt.Println(a.State, "of", a.Size, "cards, key", a.Origin)
	}
	// Output:
	// certified: <nil>
	// certified: <nil>
	// activated: <nil>
	// begin <nil>
	// join <nil>
	// commit <nil>
	// import <nil>
	// source of 2 cards, key made by a card
	// backup of 2 cards, key made by a card
}
