package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os/exec"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"tapcard.example/chain/eth"
	"tapcard.example/internal/cli"
)

// ethNode is an Ethereum node of the demo's own: anvil, on a loopback port.
type ethNode struct {
	url    string
	client http.Client
}

// startNode starts anvil if it is there. It ends with the demo.
func (d *demo) startNode() error {
	program, err := exec.LookPath("anvil")
	if err != nil {
		d.said = "left out: the program anvil is not on the PATH (make demo installs it)"
		return nil
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	cmd := exec.Command(program, "--host", "127.0.0.1", "--port", fmt.Sprint(port), "--silent")
	if err := cmd.Start(); err != nil {
		return err
	}
	d.atEnd(ender(func() error {
		err := cmd.Process.Kill()
		cmd.Wait() // always "signal: killed"
		return err
	}))
	n := &ethNode{url: fmt.Sprintf("http://127.0.0.1:%d", port), client: http.Client{Timeout: 10 * time.Second}}
	version, err := n.ready(d.ctx)
	if err != nil {
		return err
	}
	d.node = n
	d.said = fmt.Sprintf("%s at %s", cli.Printable(version), n.url)
	return nil
}

// freePort finds a port that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// ready waits until the node answers.
func (n *ethNode) ready(ctx context.Context) (version string, err error) {
	for range 200 {
		if err = n.call(ctx, &version, "web3_clientVersion"); err == nil {
			return version, nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return "", fmt.Errorf("the node does not answer: %w", err)
}

// account asks for the chain and the next nonce of an account.
func (n *ethNode) account(ctx context.Context, address string) (*big.Int, uint64, error) {
	var chain hexutil.Big
	var nonce hexutil.Uint64
	err := errors.Join(n.call(ctx, &chain, "eth_chainId"), n.call(ctx, &nonce, "eth_getTransactionCount", address, "latest"))
	return chain.ToInt(), uint64(nonce), err
}

// receipt is what a node says about an executed transaction.
type receipt struct {
	From        string `json:"from"`
	Status      string `json:"status"`
	BlockNumber string `json:"blockNumber"`
	GasUsed     string `json:"gasUsed"`
}

// send sends a signed transaction and waits for its receipt.
func (n *ethNode) send(ctx context.Context, tx *eth.Signed) (receipt, error) {
	var hash string
	if err := n.call(ctx, &hash, "eth_sendRawTransaction", tx.Raw.String()); err != nil {
		return receipt{}, err
	}
	if hash != tx.Hash.Hex() {
		return receipt{}, fmt.Errorf("the node calls the transaction %q, it is %s", cli.Printable(hash), tx.Hash.Hex())
	}
	for range 100 {
		var r *receipt
		if err := n.call(ctx, &r, "eth_getTransactionReceipt", hash); err != nil {
			return receipt{}, err
		}
		if r != nil {
			return *r, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return receipt{}, errors.New("no receipt after five seconds")
}

// call makes one JSON-RPC call.
func (n *ethNode) call(ctx context.Context, result any, method string, params ...any) error {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": append([]any{}, params...)})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := n.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Message string }
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&answer); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("%s: %s", method, cli.Printable(answer.Error.Message))
	}
	return json.Unmarshal(answer.Result, result)
}
