package keycard_test

import (
	"testing"

	"tapcard.example/keycard"
)

func TestAPathIsSignedWithTheKeyThere(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		for _, p := range []string{"m/44'/60'/0'/0/0", "m/44'/60'/0'/0/1", "m", "m/0"} {
			sig, err := s.SignAs(k.ctx, theDigest, keycard.At(path(t, p)), keyAt(t, p).PublicKey())
			must(t, err)
			must(t, sig.Verify(theDigest, keyAt(t, p).PublicKey()))
		}
	})
}
