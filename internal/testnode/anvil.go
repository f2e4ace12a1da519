package testnode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"
)

// Rich is the private key of the first account that anvil gives money to, as everybody knows: from the mnemonic
// "test test test test test test test test test test test junk".
const Rich = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

// Anvil starts anvil on a free loopback port with the rules of Osaka, makes some blocks, and ends it with the test. It
// returns the node's URL. Without the program, which scripts/setup.sh installs, the test is skipped and says so.
func Anvil(t testing.TB) string {
	t.Helper()
	program := Find(t, "anvil/anvil", "anvil", "scripts/setup.sh anvil")
	host, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--host", host, "--port", port, "--hardfork", "osaka", "--silent")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // always "signal: killed"
	})
	url := "http://" + net.JoinHostPort(host, port)
	for range 200 {
		if err = call(url, "eth_chainId"); err == nil {
			Mine(t, url, 16)
			return url
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("anvil does not answer: %v", err)
	return ""
}

// Mine makes blocks.
func Mine(t testing.TB, url string, blocks uint64) {
	t.Helper()
	if err := call(url, "anvil_mine", fmt.Sprintf("%#x", blocks)); err != nil {
		t.Fatal(err)
	}
}

// Pass lets seconds pass and makes a block.
func Pass(t testing.TB, url string, seconds int) {
	t.Helper()
	if err := call(url, "evm_increaseTime", seconds); err != nil {
		t.Fatal(err)
	}
	Mine(t, url, 1)
}

// call makes one JSON-RPC call whose result does not matter.
func call(url, method string, params ...any) error {
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	r, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	var answer struct{ Error *struct{ Message string } }
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Error != nil {
		return fmt.Errorf("%s: %s", method, answer.Error.Message)
	}
	return nil
}
