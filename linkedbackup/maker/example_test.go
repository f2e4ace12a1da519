package maker_test

import (
	"crypto/rand"
	"fmt"

	"tapcard.example/linkedbackup/maker"
	"tapcard.example/linkedbackup/wire"
)

// A maker certifies the key that a card has made for itself.
func ExampleKey_Certify() {
	root, _ := maker.New(rand.Reader)
	card, _ := wire.NewKeyPair(rand.Reader) // in real life only card.Public leaves the card
	id, err := root.Certify(card.Public, true)
	fmt.Println(err, id.Check(), id.Root == root.Public(), id.Software())
	// Output: <nil> <nil> true true
}
