package hd

import (
	"errors"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/secret"
)

// The only way to a public child that is the point at infinity is to know the parent's private key.
func TestAnInvalidPublicChildIsSaidToBeOne(t *testing.T) {
	k, err := Master(secret.New(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	var minus secp256k1.ModNScalar
	k.Private().Reveal(func(b []byte) { minus.SetByteSlice(b) })
	minus.Negate()
	infinity := func(_, _ []byte) (sum [64]byte) {
		minus.PutBytesUnchecked(sum[:32])
		return sum
	}
	tooLarge := func(_, _ []byte) (sum [64]byte) {
		for i := range 32 {
			sum[i] = 0xFF
		}
		return sum
	}
	for what, prf := range map[string]HMAC512{"the point at infinity": infinity, "left half too large": tooLarge} {
		if c, err := k.Neuter().childWith(prf, 0); !errors.Is(err, ErrInvalidChild) || c != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	same := func(_, _ []byte) (sum [64]byte) { return sum }
	if c, err := k.Neuter().childWith(same, 0); err != nil || c.public != k.PublicKey() {
		t.Errorf("left half zero must keep the public key: %v", err)
	}
}

func TestWorkingMemoryIsZeroed(t *testing.T) {
	k, err := Master(secret.New(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	var data, chain []byte
	if _, err := k.DeriveWith(func(key, d []byte) [64]byte {
		chain, data = key, d
		return StandardHMAC512(key, d)
	}, Path{Hardened, 1, Hardened}); err != nil {
		t.Fatal(err)
	}
	for _, b := range append(chain, data...) {
		if b != 0 {
			t.Fatal("a private key or chain code is left in memory")
		}
	}
}
