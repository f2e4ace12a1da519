package testnode

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
)

// User and Password are what btcd wants with every call.
const (
	User     = "user"
	Password = "password"
)

// patience is how long btcd may take to answer its first call.
const patience = 30 * time.Second

// Btcd is a Bitcoin node on a regression-test chain. Its word on a transaction is what counts.
type Btcd struct {
	testing.TB
	URL string // of JSON-RPC
}

// StartBtcd starts a node that mines to an address, and stops it when the test ends. What it said is logged if the test
// fails.
func StartBtcd(t testing.TB, miner string) *Btcd {
	t.Helper()
	program, dir := Find(t, "btcd/current/btcd", "btcd", "scripts/setup-btc.sh"), t.TempDir()
	address := freeAddress(t)
	cmd := exec.Command(program, "--regtest", "--nolisten", "--nodnsseed", "--notls", "--txindex", "--addrindex",
		"--rpclisten="+address, "--rpcuser="+User, "--rpcpass="+Password, "--miningaddr="+miner,
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
	b := &Btcd{t, "http://" + address}
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		err := b.Call(nil, "getblockcount")
		if err == nil {
			return b
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// freeAddress is a loopback address with a port that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Call asks the node, apart from any code that is tested. result may be nil. An answer that says what is wrong is an error
// with the node's words.
func (b *Btcd) Call(result any, method string, params ...any) error {
	params = append([]any{}, params...) // none are an empty list, not null
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(User, Password)
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

// Must is Call for what cannot fail.
func (b *Btcd) Must(result any, method string, params ...any) {
	b.Helper()
	if err := b.Call(result, method, params...); err != nil {
		b.Fatal(err)
	}
}

// Mine adds blocks to the chain.
func (b *Btcd) Mine(blocks int) {
	b.Helper()
	b.Must(nil, "generate", blocks)
}
