package testnode

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Rich is the private key of the first account that anvil gives money to, as everybody knows: from the mnemonic
// "test test test test test test test test test test test junk".
const Rich = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

// Anvil starts anvil on a loopback port of its choice with the rules of Osaka, makes some blocks, and ends it with the test.
// It returns the node's URL. Without the program, which scripts/setup.sh installs, the test is skipped and says so.
func Anvil(t testing.TB) string {
	t.Helper()
	cmd := exec.Command(Find(t, "anvil/anvil", "anvil", "scripts/setup.sh anvil"), "--host", "127.0.0.1", "--port", "0", "--hardfork", "osaka")
	said, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // always "signal: killed"
	})
	late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "Listening on "); ok {
			go io.Copy(io.Discard, said) // it tells of every call
			Mine(t, "http://"+address, 16)
			return "http://" + address
		}
	}
	t.Fatalf("anvil does not listen: %v", lines.Err())
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
