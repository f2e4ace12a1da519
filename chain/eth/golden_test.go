package eth_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/chain/eth"
	"tapcard.example/signer"
)

var update = flag.Bool("update", false, "write the summaries in testdata anew")

// TestSummariesSayWhatIsSigned compares what the user would see for every input in testdata/summaries.
func TestSummariesSayWhatIsSigned(t *testing.T) {
	for _, pattern := range []string{"tx_*.json", "typed_*.json", "message_*.message"} {
		inputs, err := filepath.Glob(filepath.Join("testdata", "summaries", pattern))
		if err != nil || len(inputs) == 0 {
			t.Fatalf("%s: %v, %v", pattern, inputs, err)
		}
		for _, input := range inputs {
			raw, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, strings.TrimSuffix(input, filepath.Ext(input))+".golden", summarize(t, pattern, raw).String())
		}
	}
}

func compareGolden(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", golden, got, want)
	}
}

func summarize(t *testing.T, pattern string, raw []byte) signer.Summary {
	t.Helper()
	from := common.HexToAddress(anvilAccount)
	switch pattern {
	case "tx_*.json":
		tx, err := eth.ParseTransaction(raw)
		if err != nil {
			t.Fatal(err)
		}
		return tx.Summary(from)
	case "typed_*.json":
		d, err := eth.ParseTypedData(raw)
		if err != nil {
			t.Fatal(err)
		}
		return d.Summary(from)
	}
	m, err := eth.NewMessage(raw)
	if err != nil {
		t.Fatal(err)
	}
	return m.Summary(from)
}
