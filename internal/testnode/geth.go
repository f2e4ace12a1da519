package testnode

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// richAddress is the account of Rich.
const richAddress = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"

// Osaka and Amsterdam are the rules that Geth can start with.
var (
	Osaka     = []string{"shanghai", "cancun", "prague", "osaka"}
	Amsterdam = append(Osaka[:len(Osaka):len(Osaka)], "amsterdam")
)

// genesis is a chain with the rules of these forks from its first block, and nothing later. geth's own development chain,
// whose system contracts it takes, has a mixture that no chain has.
func genesis(program string, forks []string) ([]byte, error) {
	text, err := exec.Command(program, "--dev", "dumpgenesis").Output()
	if err != nil {
		return nil, err
	}
	chain := struct {
		Config   map[string]any            `json:"config"`
		GasLimit string                    `json:"gasLimit"`
		Alloc    map[string]map[string]any `json:"alloc"`
		BaseFee  string                    `json:"baseFeePerGas"`
		Hard     string                    `json:"difficulty"`
	}{}
	if err := json.Unmarshal(text, &chain); err != nil {
		return nil, err
	}
	chain.Config = map[string]any{"chainId": 31337, "terminalTotalDifficulty": 0}
	for _, block := range strings.Fields("homestead eip150 eip155 eip158 byzantium constantinople petersburg istanbul berlin london mergeNetsplit") {
		chain.Config[block+"Block"] = 0
	}
	blobs := map[string]any{}
	for _, fork := range forks {
		chain.Config[fork+"Time"] = 0
		if fork != "shanghai" {
			blobs[fork] = map[string]any{"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716} // EIP-7691
		}
	}
	chain.Config["blobSchedule"] = blobs
	chain.Alloc[richAddress] = map[string]any{"balance": "0xffffffffffffffffffffff"}
	chain.GasLimit, chain.BaseFee, chain.Hard = "0x8f0d180", "0x3b9aca00", "0x0" // 150 million: Amsterdam's deployments are dear
	return json.Marshal(chain)
}

// Geth starts geth on a free loopback port with a chain of its own, which makes a block for each transaction, and ends it
// with the test. It returns the node's URL.
func Geth(t testing.TB, forks []string) string {
	t.Helper()
	program, dir := Find(t, "geth/geth", "geth", "scripts/setup-geth.sh"), t.TempDir()
	text, err := genesis(program, forks)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "genesis.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "--datadir", dir, "init", file).CombinedOutput(); err != nil {
		t.Fatalf("geth init: %v\n%s", err, out)
	}
	host, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--dev", "--datadir", dir, "--ipcdisable", "--nodiscover", "--port", "0", "--authrpc.port", other,
		"--http", "--http.addr", host, "--http.port", port, "--rpc.allow-unprotected-txs", "--rpc.gascap", "0")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if said, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("geth said:\n%s", said)
		}
		log.Close()
	})
	url := "http://" + net.JoinHostPort(host, port)
	for range 200 {
		if err = call(url, "eth_chainId"); err == nil {
			return url
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("geth does not answer: %v", err)
	return ""
}
