package signer_test

import "testing"

// BenchmarkVerify is what every signature costs on its way out: one recovery.
func BenchmarkVerify(b *testing.B) {
	digest := [32]byte{1}
	sig := sign(privateKey(7), digest)
	expected := publicKey(privateKey(7))
	for b.Loop() {
		if err := sig.Verify(digest, expected); err != nil {
			b.Fatal(err)
		}
	}
}
