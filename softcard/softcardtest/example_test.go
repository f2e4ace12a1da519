package softcardtest_test

import (
	"context"
	"fmt"
	"testing"

	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/softcard/softcardtest"
)

// testWallet would be TestWallet(t *testing.T) in a test of yours.
func testWallet(t testing.TB) {
	session := softcardtest.ReadyKeycard(t, softcardtest.Profile("3.1")).Open(t)
	path := hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 0}
	signature, err := session.Sign(context.Background(), [32]byte{1, 2, 3}, keycard.At(path))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("signed by the key %X…\n", signature.PublicKey[:4])
}

func Example() {
	testing.Benchmark(func(b *testing.B) { // stands in for `go test`, because an example gets no t
		if b.N == 1 {
			testWallet(b)
		}
	})
	// Output: signed by the key 04831853…
}
