package eth_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/chain/eth"
	"tapcard.example/signer"
)

// addSamples seeds a fuzz target with the inputs of the summaries.
func addSamples(f *testing.F, pattern string) {
	inputs, err := filepath.Glob(filepath.Join("testdata", "summaries", pattern))
	if err != nil || len(inputs) == 0 {
		f.Fatalf("%s: %v, %v", pattern, inputs, err)
	}
	for _, input := range inputs {
		raw, err := os.ReadFile(input)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
}

// checkSummary wants a summary of which every line stays one line and shows only what is printable.
func checkSummary(t *testing.T, s signer.Summary) {
	t.Helper()
	text := s.String()
	if got, want := strings.Count(text, "\n"), 1+len(s.Lines)+len(s.Warnings); got != want {
		t.Errorf("%d lines, want %d: %q", got, want, text)
	}
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%q holds %q", text, r)
		}
	}
}

func FuzzTransactionJSON(f *testing.F) {
	addSamples(f, "tx_*.json")
	f.Add([]byte(eip155JSON))
	key := keyFromHex(f, anvilKey)
	from := eth.Address(publicKey(key))
	f.Fuzz(func(t *testing.T, in []byte) {
		tx, err := eth.ParseTransactionJSON(in)
		if err != nil {
			return
		}
		checkSummary(t, tx.Summary(from))
		signed, err := tx.Attach(sign(key, tx.Digest()), from)
		if err != nil {
			t.Fatalf("accepted but cannot be signed: %v", err)
		}
		checkSigned(t, signed, tx)
	})
}

// checkSigned reads a signed transaction back as a node does.
func checkSigned(t *testing.T, signed *eth.Signed, tx *eth.Transaction) {
	t.Helper()
	back := new(types.Transaction)
	if err := back.UnmarshalBinary(signed.Raw); err != nil {
		t.Fatal(err)
	}
	sender, err := types.Sender(types.LatestSignerForChainID(tx.ChainID()), back)
	if err != nil || sender != signed.From || back.ChainId().Cmp(tx.ChainID()) != 0 {
		t.Errorf("sender %v, chain %v, %v", sender, back.ChainId(), err)
	}
}

func FuzzTransactionRLP(f *testing.F) {
	for _, digits := range []string{eip155Unsigned, eip155Signed, "0x04c0",
		"0x02e10180010282520894000000000000000000000000000000000000000180821234c0",
		"0x01df0180018252089400000000000000000000000000000000000000018080c0"} {
		f.Add(unhex(f, digits))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		tx, err := eth.ParseTransactionRLP(bytes.Clone(in))
		if err != nil {
			return
		}
		if tx.Digest() != [32]byte(crypto.Keccak256(in)) {
			t.Errorf("%x is not what would be signed", in)
		}
		checkSummary(t, tx.Summary(common.Address{}))
	})
}

func FuzzTypedData(f *testing.F) {
	addSamples(f, "typed_*.json")
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := eth.ParseTypedData(in)
		if err != nil {
			return
		}
		again, err := eth.ParseTypedData(in)
		if err != nil || again.Digest() != d.Digest() {
			t.Errorf("the same data has two digests, %v", err)
		}
		checkSummary(t, d.Summary(common.Address{}))
	})
}

func FuzzMessage(f *testing.F) {
	addSamples(f, "message_*.message")
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := eth.NewMessage(in)
		if err != nil {
			return
		}
		checkSummary(t, m.Summary(common.Address{}))
	})
}
