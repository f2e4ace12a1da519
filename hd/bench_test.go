package hd_test

import (
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

// BenchmarkDerive5 is what a software card does for each signature with a path. Compare it with two multiplications of
// the base point, BenchmarkPoint, and the inversions that make them affine: no way is known with fewer.
func BenchmarkDerive5(b *testing.B) {
	m := master(b, "000102030405060708090a0b0c0d0e0f")
	p := parsePath(b, "m/44'/60'/0'/0/0")
	b.ReportAllocs()
	for b.Loop() {
		k, err := m.Derive(p)
		if err != nil {
			b.Fatal(err)
		}
		k.Destroy()
	}
}

func BenchmarkPoint(b *testing.B) {
	var d secp256k1.ModNScalar
	d.SetByteSlice(unhex(b, "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35"))
	for b.Loop() {
		var p secp256k1.JacobianPoint
		secp256k1.ScalarBaseMultNonConst(&d, &p)
	}
}

func BenchmarkMaster(b *testing.B) {
	seed := secret.New(make([]byte, 64))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := hd.Master(seed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeed(b *testing.B) {
	mnemonic := sealed(junk)
	for b.Loop() {
		hd.Seed(mnemonic, secret.Bytes{})
	}
}

func BenchmarkPublicChild(b *testing.B) {
	x := master(b, "000102030405060708090a0b0c0d0e0f").Neuter()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Child(1); err != nil {
			b.Fatal(err)
		}
	}
}
