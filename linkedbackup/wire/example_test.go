package wire_test

import (
	"fmt"
	"math/rand/v2"

	"tapcard.example/linkedbackup/wire"
)

// A card believes an offer when its own maker has certified the card that makes it.
func ExampleOffer_Check() {
	random := rand.NewChaCha8([32]byte{1}) // crypto/rand.Reader everywhere else
	maker, _ := wire.NewKeyPair(random)
	source, _ := wire.NewKeyPair(random)
	backup, _ := wire.NewKeyPair(random)
	identity := func(k *wire.KeyPair) wire.Identity {
		return wire.Identity{Card: k.Public, Root: maker.Public, Cert: wire.Certify(maker, k.Public, 0)}
	}
	link, _ := wire.NewKeyPair(random)
	wallet, _ := wire.NewKeyPair(random)

	offer := wire.Offer{Size: 2, Slot: 1, Link: link.Public, Wallet: wallet.Public}
	offer.Sign(identity(source), source)
	fmt.Println(offer.Check(identity(backup)))
	offer.Size = 3
	fmt.Println(offer.Check(identity(backup)))
	// Output:
	// <nil>
	// a signature does not verify; the message was changed
}
