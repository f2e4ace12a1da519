package wire_test

import (
	"fmt"

	"tapcard.example/paycard/wire"
)

func ExamplePayment_Digest() {
	p := wire.Payment{
		Purse:   wire.Purse{Chain: 1, Vault: wire.Address{1}, Token: wire.Address{2}},
		Order:   wire.Order{Merchant: wire.Address{3}, Amount: 2_500_000, Anchor: 21_000_000},
		Counter: 7,
	}
	digest := p.Digest()
	fmt.Printf("%d bytes, digest %x…\n", len(p.Encode()), digest[:4])
	// Output: 160 bytes, digest 8fe33830…
}
