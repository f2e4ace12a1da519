package monitor_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
)

func TestAReorganisationIsForgotten(t *testing.T) {
	w := newWorld(t)
	w.tomorrow(1)
	w.pay(w.cards[0], w.rogue, 5e6)
	before := rpc[string](w, "evm_snapshot")
	w.pay(w.cards[1], w.rogue, 7e6)
	w.pay(w.cards[2], w.rogue, 8e6)
	m := w.open()
	must[[]monitor.Finding](t)(m.Round(t.Context(), nil))
	number := m.Today()
	first := m.Leaves(w.rogue.Address, number)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	rpc[bool](w, "evm_revert", before)
	w.counters[address(w.cards[1])]--
	testnode.Mine(t, w.url, 1)
	w.pay(w.cards[1], w.rogue, 9e6)
	testnode.Mine(t, w.url, 3)
	m = w.open()
	defer m.Close()
	if found := must[[]monitor.Finding](t)(m.Round(t.Context(), nil)); len(found) != 0 {
		t.Fatal(found)
	}
	second := m.Leaves(w.rogue.Address, number)
	if len(first) != 3 || len(second) != 2 || first[0][0] != second[0][0] || first[1][0] == second[1][0] {
		t.Fatalf("before %v, after %v", first, second)
	}
	rpc[any](w, "anvil_reorg", 2, []any{})
	w.tomorrow(1)
	found := kinds(must[[]monitor.Finding](t)(m.Round(t.Context(), nil)))
	if found["mismatch"] != 0 || !m.Checked(w.rogue.Address, number) {
		t.Fatal(found)
	}
}

func TestAReorganisationDeeperThanRememberedIsReadAgain(t *testing.T) {
	w := newWorld(t)
	w.tomorrow(1)
	before := rpc[string](w, "evm_snapshot")
	w.pay(w.cards[1], w.rogue, 7e6)
	testnode.Mine(t, w.url, 70)
	w.round(nil)
	rpc[bool](w, "evm_revert", before)
	w.counters[address(w.cards[1])]--
	testnode.Pass(t, w.url, 100)
	w.pay(w.cards[1], w.rogue, 9e6)
	w.pay(w.cards[1], w.rogue, 10e6)
	testnode.Mine(t, w.url, 80)
	m := w.open()
	defer m.Close()
	if found := must[[]monitor.Finding](t)(m.Round(t.Context(), nil)); len(found) != 0 {
		t.Fatal(found)
	}
	if leaves := m.Leaves(w.rogue.Address, m.Today()); len(leaves) != 2 {
		t.Fatal(leaves)
	}
}

// stingy is a node that gives the events of three blocks at most.
func (w *world) stingy() (url string, refused *atomic.Int32) {
	refused = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, _ := io.ReadAll(in.Body)
		var call struct {
			ID     json.RawMessage
			Method string
			Params []struct{ FromBlock, ToBlock hexutil.Uint64 }
		}
		_ = json.Unmarshal(body, &call) // other calls have other parameters
		if call.Method == "eth_getLogs" && call.Params[0].ToBlock-call.Params[0].FromBlock > 2 {
			refused.Add(1)
			out.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(out, `{"jsonrpc":"2.0","id":%s,"error":{"code":-32005,"message":"too many blocks"}}`, call.ID)
			return
		}
		answer, err := http.Post(w.url, "application/json", bytes.NewReader(body))
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		out.Header().Set("Content-Type", "application/json")
		io.Copy(out, answer.Body)
	}))
	w.Cleanup(s.Close)
	return s.URL, refused
}

func TestANodeThatGivesFewBlocksAtOnceIsAskedForFew(t *testing.T) {
	w := newWorld(t)
	w.tomorrow(1)
	w.pay(w.cards[1], w.rogue, 7e6)
	url, refused := w.stingy()
	chain := must[*vault.Chain](t)(vault.Dial(t.Context(), url))
	defer chain.Close()
	m := must[*monitor.Monitor](t)(monitor.Open(must[*vault.Vault](t)(chain.Vault(t.Context(), w.v.Address)), w.state, 0))
	defer m.Close()
	if found := must[[]monitor.Finding](t)(m.Round(t.Context(), nil)); len(found) != 0 || refused.Load() == 0 {
		t.Fatal(found, refused.Load())
	}
	if leaves := m.Leaves(w.rogue.Address, m.Today()); len(leaves) != 1 {
		t.Fatal(leaves)
	}
}

func TestAStateFileBelongsToOneVaultAndOneProcess(t *testing.T) {
	w := newWorld(t)
	w.round(nil)
	m := w.open()
	if _, err := monitor.Open(w.v, w.state, 0); err == nil {
		t.Fatal("two monitors have one file")
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	other := *w.v
	other.Address = common.Address{1}
	if _, err := monitor.Open(&other, w.state, 0); !errors.Is(err, monitor.ErrOtherState) {
		t.Fatal(err)
	}
	if _, err := monitor.Open(&other, filepath.Join(t.TempDir(), "new.json"), 0); err != nil {
		t.Fatal(err)
	}
}
