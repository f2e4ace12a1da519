package paycard_test

import (
	"context"
	"fmt"
	"testing"

	"tapcard.example/paycard/wire"
)

// A terminal asks an approval service between the two commands; here a test's fake one signs at once.
func Example() {
	testing.Benchmark(func(b *testing.B) { // stands in for `go test`, because an example gets no t
		if b.N > 1 {
			return
		}
		k, ctx := payable(b), context.Background()
		c := k.tap()
		profile, _ := c.ProfileFor(purse)
		tap, err := c.Challenge(ctx, profile, purse, order(5, 1))
		if err != nil {
			panic(err)
		}
		fmt.Println("needs an approval:", tap.Needs(wire.NeedsApproval))
		signed, _, err := tap.Pay(ctx, k.approve(tap, approver))
		fmt.Println("payment", signed.Counter, err)
	})
	// Output:
	// needs an approval: true
	// payment 1 <nil>
}
