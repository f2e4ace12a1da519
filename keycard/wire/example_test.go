package wire_test

import (
	"crypto/rand"
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// Both sides of a secure channel: the card's key pair and the pairing key are known to both, the host brings a fresh
// key, the card the salt and the IV.
func Example() {
	card, _, err := wire.NewChannelKey(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	host, _, err := wire.NewChannelKey(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	pairingKey, open := make([]byte, 32), wire.OpenAnswer{} // from PAIR, and from OPEN SECURE CHANNEL

	hostSecret, _ := host.Agree(card.Public[:])
	cardSecret, _ := card.Agree(host.Public[:])
	hostSide := wire.NewChannel(wire.SessionKeys(hostSecret[:], pairingKey, open.Salt[:]), open.IV)
	cardSide := wire.NewChannel(wire.SessionKeys(cardSecret[:], pairingKey, open.Salt[:]), open.IV)

	sent, _ := hostSide.WrapCommand(wire.StatusCommand())
	asked, _ := cardSide.UnwrapCommand(sent)
	status := wire.ApplicationStatus{PINTries: 3, PUKTries: 5}
	reply, _ := cardSide.WrapResponse(iso7816.Response{Data: status.Encode(wire.V2_3), SW: iso7816.OK})
	answer, err := hostSide.UnwrapResponse(reply)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range wire.Describe(asked, answer) {
		fmt.Println(f.Name+":", f.Value)
	}
	// Output:
	// command: GET STATUS
	// status: 9000, done
	// PIN tries left: 3
	// PUK tries left: 5
	// key loaded: false
}

func ExampleLookup() {
	spec, _ := wire.Lookup(wire.InsDuplicate)
	fmt.Println(spec.Name, "needs", spec.Security)
	fmt.Println("in 2.3:", spec.Known(wire.V2_3), "in 3.1:", spec.Known(wire.V3_1))
	fmt.Println("6F02:", spec.Meaning(0x6F02).Text)
	// Output:
	// DUPLICATE KEY needs secure channel and PIN
	// in 2.3: true in 3.1: false
	// 6F02: no key to duplicate; the session is over
}
