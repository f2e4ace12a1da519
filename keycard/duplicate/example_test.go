package duplicate_test

import (
	"context"
	"fmt"
	"testing"

	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/secret"
	"tapcard.example/softcard/softcardtest"
)

// A key that a card has made itself is copied to another card, with the help of a friend's computer.
func Example() {
	t := new(testing.B) // two software cards; yours are on a reader
	ctx := context.Background()
	source, target := softcardtest.ReadyKeycard(t), softcardtest.ReadyKeycard(t)
	source.Open(t).GenerateKey(ctx)
	target.Open(t).RemoveKey(ctx)
	pairings := map[keycard.UID]keycard.Pairing{ // keycard.Store keeps them, in a program
		source.Select(t).UID(): source.Pairing, target.Select(t).UID(): target.Pairing}

	owner, _ := duplicate.NewTrusted(duplicate.Callback{
		Pairing: func(_ context.Context, c *keycard.Card) (keycard.Pairing, bool, error) {
			return copyOf(pairings[c.UID()]), false, nil // the duplicator destroys what it is given
		},
		PIN: func(_ context.Context, c *keycard.Card, tries int) (secret.PIN, error) {
			return secret.NewPIN([]byte(softcardtest.PIN), 6) // ask the user
		},
	}, duplicate.Options{Clients: 2})
	defer owner.Close()
	friend, _ := duplicate.NewUntrusted(duplicate.Options{}) // on another computer
	defer friend.Close()

	fmt.Println("start:", owner.StartDuplication(ctx, source.Select(t), duplicate.Source),
		owner.StartDuplication(ctx, target.Select(t), duplicate.Target))
	fmt.Println("entropy:", friend.AddEntropy(ctx, target.Select(t)), friend.AddEntropy(ctx, source.Select(t)))
	export, err := owner.ExportKey(ctx, source.Select(t))
	fmt.Println("export:", err)
	defer export.Destroy()
	fmt.Println("import:", owner.ImportKey(ctx, target.Select(t), export))
	fmt.Println("same key:", string(target.Select(t).Info().KeyUID) == string(source.Select(t).Info().KeyUID))
	// Output:
	// start: <nil> <nil>
	// entropy: <nil> <nil>
	// export: <nil>
	// import: <nil>
	// same key: true
}
