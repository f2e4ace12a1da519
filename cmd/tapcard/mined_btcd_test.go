package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"tapcard.example/chain/btc"
)

// bitcoinNode is a btcd with a chain of its own, on this machine only. Its word on a transaction is what counts here.
type bitcoinNode struct {
	*testing.T
	url string
}

// The node's name and password.
const nodeUser, nodePassword = "user", "password"

// findProgram finds a program that the setup scripts leave in the cache, or one on the PATH.
func findProgram(t *testing.T, inCache, name, script string) string {
	t.Helper()
	for _, cache := range []string{os.Getenv("TAPCARD_CACHE"), "../../.cache"} {
		file, err := filepath.Abs(filepath.Join(cache, inCache))
		if err != nil || cache == "" {
			continue
		}
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	file, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s here to judge transactions: %s installs it", name, script)
	}
	return file
}

// startBitcoin starts a node, which pays for its blocks to an address, and stops it when the test ends.
func startBitcoin(t *testing.T, miner string) *bitcoinNode {
	t.Helper()
	program, dir := findProgram(t, "btcd/current/btcd", "btcd", "scripts/setup-btc.sh"), t.TempDir()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	cmd := exec.Command(program, "--regtest", "--nolisten", "--nodnsseed", "--notls", "--txindex", "--addrindex",
		"--rpclisten="+address, "--rpcuser="+nodeUser, "--rpcpass="+nodePassword, "--miningaddr="+miner,
		"--configfile="+filepath.Join(dir, "none"), "--datadir="+dir, "--logdir="+dir, "--debuglevel=warn")
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("btcd said:\n%s", output.String())
		}
	})
	n := &bitcoinNode{t, "http://" + address}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var height int
		if err = n.call(&height, "getblockcount"); err == nil {
			return n
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// call asks the node. result may be nil.
func (n *bitcoinNode) call(result any, method string, params ...any) error {
	params = append([]any{}, params...) // none are an empty list, not null
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(n.Context(), http.MethodPost, n.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(nodeUser, nodePassword)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Message string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Error != nil {
		return fmt.Errorf("%s: %s", method, answer.Error.Message)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Result, result)
}

// must is call for what cannot fail.
func (n *bitcoinNode) must(result any, method string, params ...any) {
	n.Helper()
	if err := n.call(result, method, params...); err != nil {
		n.Fatal(err)
	}
}

// coin is what the miner got for the block at a height.
func (n *bitcoinNode) coin(height int) *wire.MsgTx {
	n.Helper()
	var hash, raw string
	var block struct{ Tx []string }
	n.must(&hash, "getblockhash", height)
	n.must(&block, "getblock", hash, 1)
	n.must(&raw, "getrawtransaction", block.Tx[0], 0)
	b, err := hex.DecodeString(raw)
	if err != nil {
		n.Fatal(err)
	}
	tx, err := btc.DecodeTransaction(b)
	if err != nil {
		n.Fatal(err)
	}
	return tx
}

// accepts gives the node a transaction, which it must let into its mempool and mine.
func (n *bitcoinNode) accepts(raw string) {
	n.Helper()
	var id string
	n.must(&id, "sendrawtransaction", raw)
	n.mines(id)
}

// mines wants a transaction in the mempool, and after one block in that.
func (n *bitcoinNode) mines(id string) {
	n.Helper()
	var pool []string
	n.must(&pool, "getrawmempool")
	if !slices.Contains(pool, id) {
		n.Errorf("%s is not in the mempool", id)
	}
	n.must(nil, "generate", 1)
	var tx struct{ Confirmations int }
	n.must(&tx, "getrawtransaction", id, 1)
	if tx.Confirmations != 1 {
		n.Errorf("%s was not mined", id)
	}
}
