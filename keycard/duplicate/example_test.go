package duplicate_test

import (
	"context"
	"fmt"
	"testing"

	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/secret"
)

// A key that was generated on a card is copied to another one with the help of a friend's computer.
func Example() {
	t := &testing.B{} // makes two software cards that are paired with us; yours are on a reader
	f := cards(t, "2.3")
	source, target := f.holding(generated), f.ready()
	byUID := map[keycard.UID]*plastic{source.uid: source, target.uid: target}
	tap := func(p *plastic) *keycard.Card { return p.tap(t) } // keycard.Select over a new channel
	ctx := context.Background()

	owner, _ := duplicate.NewTrusted(duplicate.Callback{
		Pairing: func(_ context.Context, c *keycard.Card) (keycard.Pairing, bool, error) {
			return copyOf(byUID[c.UID()].pairing), false, nil // keycard.Store.Pairing, in a program
		},
		PIN: func(_ context.Context, c *keycard.Card, tries int) (secret.PIN, error) {
			return secret.NewPIN([]byte(byUID[c.UID()].pin), 6) // ask the user
		},
	}, duplicate.Options{Clients: 2})
	defer owner.Close()
	friend, _ := duplicate.NewUntrusted(duplicate.Options{})
	defer friend.Close()

	fmt.Println(owner.StartDuplication(ctx, tap(source), duplicate.Source))
	fmt.Println(owner.StartDuplication(ctx, tap(target), duplicate.Target))
	fmt.Println(friend.AddEntropy(ctx, tap(target)), friend.AddEntropy(ctx, tap(source))) // any order
	export, err := owner.ExportKey(ctx, tap(source))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer export.Destroy()
	fmt.Println(owner.ImportKey(ctx, tap(target), export))
	fmt.Println("same key:", string(tap(target).Info().KeyUID) == string(tap(source).Info().KeyUID))
	// Output:
	// <nil>
	// <nil>
	// <nil> <nil>
	// <nil>
	// same key: true
}
