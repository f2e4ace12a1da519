package eth_test

import (
	"os"
	"testing"

	"tapcard.example/chain/eth"
)

func BenchmarkParseTransaction(b *testing.B) {
	for b.Loop() {
		tx, err := eth.ParseTransaction([]byte(eip155JSON))
		if err != nil {
			b.Fatal(err)
		}
		tx.Digest()
	}
}

func BenchmarkParseTypedData(b *testing.B) {
	raw, err := os.ReadFile("testdata/summaries/typed_permit.json")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := eth.ParseTypedData(raw); err != nil {
			b.Fatal(err)
		}
	}
}
