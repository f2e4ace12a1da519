package btc_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tapcard.example/chain/btc/node"
	"tapcard.example/secret"
)

// btcd is a Bitcoin node on a chain of its own, on this machine only.
type btcd struct {
	t        testing.TB
	url      string
	RPC      *node.RPC
	password string
}

// findBtcd looks where scripts/setup-btc.sh puts it, and in the PATH.
func findBtcd(t testing.TB) string {
	t.Helper()
	cache := filepath.Join(os.Getenv("TAPCARD_CACHE"), "btcd/current/btcd")
	for _, file := range []string{os.Getenv("TAPCARD_BTCD"), cache, "../../.cache/btcd/current/btcd"} {
		if file, err := filepath.Abs(file); err == nil {
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				return file
			}
		}
	}
	file, err := exec.LookPath("btcd")
	if err != nil {
		t.Skip("there is no btcd here to judge transactions: scripts/setup-btc.sh installs it")
	}
	return file
}

// startBtcd starts a node that mines to an address, and stops it when the test ends.
func startBtcd(t testing.TB, miner string) *btcd {
	t.Helper()
	binary, dir := findBtcd(t), t.TempDir()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	address := listener.Addr().String()
	listener.Close()
	cmd := exec.Command(binary, "--regtest", "--nolisten", "--nodnsseed", "--notls", "--txindex", "--addrindex",
		"--rpclisten="+address, "--rpcuser=user", "--rpcpass=password", "--miningaddr="+miner,
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
	b := &btcd{t: t, url: "http://" + address, password: "password"}
	b.RPC = must(node.NewRPC(node.RPCConfig{URL: b.url, User: "user", Password: secret.Copy([]byte("password"))}))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, err := b.RPC.Tip(t.Context())
		if err == nil {
			return b
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// call is a second way to btcd, apart from the code that is tested. result may be nil.
func (b *btcd) call(result any, method string, params ...any) error {
	body := must(json.Marshal(map[string]any{"jsonrpc": "1.0", "id": 1, "method": method, "params": params}))
	req := must(http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url, bytes.NewReader(body)))
	req.SetBasicAuth("user", b.password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Result json.RawMessage
		Error  *struct {
			Code    int
			Message string
		}
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

// mine adds blocks to the chain.
func (b *btcd) mine(blocks int) {
	b.t.Helper()
	if err := b.call(nil, "generate", blocks); err != nil {
		b.t.Fatal(err)
	}
}

// mined says whether a transaction is in a block.
func (b *btcd) mined(id fmt.Stringer) bool {
	var tx struct{ Confirmations int }
	return b.call(&tx, "getrawtransaction", id.String(), 1) == nil && tx.Confirmations > 0
}
