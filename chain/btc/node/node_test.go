package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"tapcard.example/chain/btc"
	"tapcard.example/chain/btc/node"
	"tapcard.example/secret"
)

// fakeCore answers the way Bitcoin Core does: errors with status 500, in the same envelope.
type fakeCore struct {
	answers map[string]string // by method, or by method and parameters
	asked   []string
}

func (f *fakeCore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	if user != "user" || password != "password" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var call struct {
		Method string
		Params json.RawMessage
	}
	_ = json.NewDecoder(r.Body).Decode(&call)
	f.asked = append(f.asked, call.Method)
	answer, ok := f.answers[call.Method+string(call.Params)]
	if !ok {
		answer, ok = f.answers[call.Method]
	}
	if !ok {
		answer = `{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":"tapcard"}`
	}
	if strings.Contains(answer, `"code"`) {
		w.WriteHeader(http.StatusInternalServerError)
	}
	fmt.Fprint(w, answer)
}

func result(v string) string { return `{"result":` + v + `,"error":null,"id":"tapcard"}` }

func failure(code int, message string) string {
	return fmt.Sprintf(`{"result":null,"error":{"code":%d,"message":%q},"id":"tapcard"}`, code, message)
}

func core(t testing.TB, answers map[string]string) (*node.RPC, *fakeCore) {
	t.Helper()
	f := &fakeCore{answers: answers}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	rpc, err := node.NewRPC(node.RPCConfig{URL: server.URL, User: "user", Password: secret.Copy([]byte("password"))})
	if err != nil {
		t.Fatal(err)
	}
	return rpc, f
}

// aTransaction is one of 1.2 satoshi of every sort, and what pays to address.
func aTransaction(t testing.TB) (raw []byte, id chainhash.Hash) {
	t.Helper()
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{}, nil, nil))
	script, err := btc.ParseAddress(address, btc.Regtest)
	if err != nil {
		t.Fatal(err)
	}
	tx.AddTxOut(wire.NewTxOut(12_345, script))
	return btc.EncodeTransaction(tx), tx.TxHash()
}

const (
	address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
	script  = "0014751e76e8199196d454941c45d1b3a323f1433bd6"
)

func TestBitcoinCoreIsSearchedForCoins(t *testing.T) {
	_, id := aTransaction(t)
	coin := fmt.Sprintf(`{"txid":"%v","vout":3,"scriptPubKey":"%s","amount":0.00012345,"height":7}`, id, script)
	rpc, _ := core(t, map[string]string{"scantxoutset": result(`{"success":true,"height":9,"unspents":[` + coin + `]}`)})
	coins, err := rpc.Unspent(t.Context(), address, btc.Regtest)
	if err != nil || len(coins) != 1 || coins[0] != (node.Unspent{ID: id, Index: 3, Value: 12_345, Height: 7}) {
		t.Errorf("%+v, %v", coins, err)
	}
}

func TestCoinsOfAnotherAddressOrOfMadeUpWorthAreRefused(t *testing.T) {
	_, id := aTransaction(t)
	for _, coin := range []string{
		fmt.Sprintf(`{"txid":"%v","vout":3,"scriptPubKey":"0014aa","amount":1,"height":7}`, id),
		fmt.Sprintf(`{"txid":"%v","vout":3,"scriptPubKey":"%s","amount":-1,"height":7}`, id, script),
		fmt.Sprintf(`{"txid":"%v","vout":3,"scriptPubKey":"%s","amount":0.000000001,"height":7}`, id, script),
		fmt.Sprintf(`{"txid":"%v","vout":-3,"scriptPubKey":"%s","amount":1,"height":7}`, id, script),
		fmt.Sprintf(`{"txid":"abcd","vout":3,"scriptPubKey":"%s","amount":1,"height":7}`, script),
	} {
		rpc, _ := core(t, map[string]string{"scantxoutset": result(`{"success":true,"unspents":[` + coin + `]}`)})
		if coins, err := rpc.Unspent(t.Context(), address, btc.Regtest); !errors.Is(err, node.ErrAnswer) {
			t.Errorf("%s: %+v, %v", coin, coins, err)
		}
	}
}

func TestATransactionIsFoundThroughItsBlockAndItsHashIsVerified(t *testing.T) {
	raw, id := aTransaction(t)
	block := strings.Repeat("ab", 32)
	rpc, f := core(t, map[string]string{
		"getrawtransaction": failure(-5, "No such mempool transaction. Use -txindex"),
		"getblockhash[7]":   result(`"` + block + `"`),
		fmt.Sprintf(`getrawtransaction["%v",0,"%s"]`, id, block): result(fmt.Sprintf("%q", fmt.Sprintf("%x", raw))),
	})
	if got, err := rpc.Transaction(t.Context(), id, 7); err != nil || string(got) != string(raw) || len(f.asked) != 3 {
		t.Errorf("%x, %v after %v", got, err, f.asked)
	}
	if _, err := rpc.Transaction(t.Context(), id, 0); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("without the block: %v", err)
	}
	other, _ := core(t, map[string]string{"getrawtransaction": result(fmt.Sprintf("%q", fmt.Sprintf("%x", raw)))})
	if _, err := other.Transaction(t.Context(), chainhash.Hash{1}, 0); !errors.Is(err, node.ErrAnswer) {
		t.Errorf("another transaction: %v", err)
	}
}

func TestEstimatesAreReadExactlyOrMissing(t *testing.T) {
	tests := map[string]struct {
		method, answer string
		rate           btc.FeeRate
		kind           error
	}{
		"core":               {"estimatesmartfee", result(`{"feerate":0.00012345,"blocks":2}`), 12_345, nil},
		"core, scientific":   {"estimatesmartfee", result(`{"feerate":1.2e-5,"blocks":2}`), 1_200, nil},
		"core, without data": {"estimatesmartfee", result(`{"errors":["Insufficient data"]}`), 0, node.ErrNoEstimate},
		"btcd":               {"estimatefee", result(`0.00002`), 2_000, nil},
		"btcd, without data": {"estimatefee", failure(-1, "not enough blocks"), 0, node.ErrNoEstimate},
		"nonsense":           {"estimatesmartfee", result(`{"feerate":-5}`), 0, node.ErrNoEstimate},
	}
	for name, test := range tests {
		rpc, _ := core(t, map[string]string{test.method: test.answer})
		if rate, err := rpc.FeeRate(t.Context(), 2); rate != test.rate || !errors.Is(err, test.kind) {
			t.Errorf("%s: %v, %v", name, rate, err)
		}
	}
}

func TestBroadcastSaysWhyANodeRefuses(t *testing.T) {
	raw, id := aTransaction(t)
	sent := result(`"` + id.String() + `"`)
	tests := map[string]struct {
		trial, send string // answers; a method without one is not known
		kind        error
		says        string
	}{
		"accepted":      {result(`[{"allowed":true}]`), sent, nil, ""},
		"an old node":   {"", sent, nil, ""},
		"known already": {result(`[{"allowed":false,"reject-reason":"txn-already-in-mempool"}]`), "", nil, ""},
		"mined already": {"", failure(-27, "Transaction outputs already in utxo set"), nil, ""},
		"rejected": {result(`[{"allowed":false,"reject-reason":"min relay fee not met"}]`), "", node.ErrRejected,
			"min relay fee"},
		"rejected when sent":    {"", failure(-26, "dust"), node.ErrRejected, "dust"},
		"another id":            {"", result(`"00"`), node.ErrAnswer, "it says 00"},
		"a trial of two":        {result(`[{},{}]`), "", node.ErrAnswer, "2 results"},
		"a trial that goes mad": {`<html>`, "", node.ErrAnswer, "<html>"},
	}
	for name, test := range tests {
		answers := map[string]string{"testmempoolaccept": test.trial, "sendrawtransaction": test.send}
		maps.DeleteFunc(answers, func(_, answer string) bool { return answer == "" })
		rpc, _ := core(t, answers)
		got, err := rpc.Broadcast(t.Context(), raw)
		if got != id || !errors.Is(err, test.kind) || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	rpc, f := core(t, nil)
	if _, err := rpc.Broadcast(t.Context(), raw[:20]); !errors.Is(err, node.ErrRejected) || len(f.asked) != 0 {
		t.Errorf("half a transaction: %v", err)
	}
}

func TestAWrongPasswordIsSaidToBeOneAndNeverShown(t *testing.T) {
	server := httptest.NewServer(&fakeCore{})
	defer server.Close()
	rpc, err := node.NewRPC(node.RPCConfig{URL: server.URL, User: "user", Password: secret.Copy([]byte("hunter2"))})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rpc.Tip(t.Context())
	if !errors.Is(err, node.ErrRefused) || !strings.Contains(err.Error(), "password is wrong") {
		t.Errorf("%v", err)
	}
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Error("the password is in the error")
	}
}

func TestPasswordsDoNotCrossTheNetworkInTheClear(t *testing.T) {
	for url, ok := range map[string]bool{
		"http://127.0.0.1:8332": true, "http://localhost:8332": true, "http://[::1]:8332": true,
		"https://node.example/rpc": true, "http://abcdef.onion:8332": true,
		"http://192.168.1.2:8332": false, "http://node.example": false, "ftp://127.0.0.1": false,
		"http://user:password@127.0.0.1": false, "127.0.0.1:8332": false, "https://": false, "https://x/?a=b": false,
	} {
		if _, err := node.NewRPC(node.RPCConfig{URL: url}); (err == nil) != ok {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := node.NewRPC(node.RPCConfig{URL: "http://192.168.1.2:8332", Plaintext: true}); err != nil {
		t.Error(err)
	}
	if _, err := node.NewRPC(node.RPCConfig{URL: "https://x", Roots: []byte("no certificate")}); err == nil {
		t.Error("nonsense was taken for a certificate")
	}
}

func serve(t testing.TB, handler http.HandlerFunc) *node.Esplora {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	e, err := node.NewEsplora(server.URL + "/api/")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEsploraIsAskedAtItsPaths(t *testing.T) {
	raw, id := aTransaction(t)
	paths := map[string]string{
		"GET /api/blocks/tip/height":          "812\n",
		"GET /api/block-height/0":             strings.Repeat("0a", 32),
		"GET /api/tx/" + id.String() + "/hex": fmt.Sprintf("%x\n", raw),
		"GET /api/fee-estimates":              `{"1":12.3456,"6":2.5}`,
		"POST /api/tx":                        id.String(),
		"GET /api/address/" + address + "/utxo": fmt.Sprintf(
			`[{"txid":"%v","vout":1,"value":5,"status":{"confirmed":true,"block_height":3}},`+
				`{"txid":"%v","vout":2,"value":6,"status":{"confirmed":false}}]`, id, id),
	}
	e := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, paths[r.Method+" "+r.URL.Path]) })
	if tip, err := e.Tip(t.Context()); err != nil || tip != 812 {
		t.Errorf("%d, %v", tip, err)
	}
	if hash, err := e.BlockHash(t.Context(), 0); err != nil || hash.String() != strings.Repeat("0a", 32) {
		t.Errorf("%v, %v", hash, err)
	}
	if got, err := e.Transaction(t.Context(), id, 0); err != nil || string(got) != string(raw) {
		t.Errorf("%x, %v", got, err)
	}
	for blocks, want := range map[int]btc.FeeRate{1: 12_346, 3: 12_346, 6: 2_500, 100: 2_500} {
		if rate, err := e.FeeRate(t.Context(), blocks); err != nil || rate != want {
			t.Errorf("%d blocks: %v, %v", blocks, rate, err)
		}
	}
	if _, err := e.FeeRate(t.Context(), 0); !errors.Is(err, node.ErrNoEstimate) {
		t.Errorf("%v", err)
	}
	if got, err := e.Broadcast(t.Context(), raw); err != nil || got != id {
		t.Errorf("%v, %v", got, err)
	}
	coins, err := e.Unspent(t.Context(), address, btc.Regtest)
	if err != nil || len(coins) != 2 || coins[0].Height != 3 || coins[1].Height != 0 || coins[1].Value != 6 {
		t.Errorf("%+v, %v", coins, err)
	}
	if _, err := e.Unspent(t.Context(), "../../tx", btc.Regtest); !errors.Is(err, btc.ErrAddress) {
		t.Errorf("a path for an address: %v", err)
	}
}

func TestAHostileServerCausesErrorsOnly(t *testing.T) {
	huge := strings.Repeat("[", 9<<20)
	for name, handler := range map[string]http.HandlerFunc{
		"status 500":    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "\x1b[2Jno", 500) },
		"status 404":    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404) },
		"nothing":       func(http.ResponseWriter, *http.Request) {},
		"too much":      func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, huge) },
		"a redirection": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/api/elsewhere", http.StatusFound) },
		"another kind":  func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"a":[1]}{}`) },
	} {
		e := serve(t, handler)
		_, err1 := e.Tip(t.Context())
		_, err2 := e.BlockHash(t.Context(), 1)
		_, err3 := e.Unspent(t.Context(), address, btc.Regtest)
		_, err4 := e.Transaction(t.Context(), chainhash.Hash{}, 0)
		_, err5 := e.FeeRate(t.Context(), 1)
		raw, _ := aTransaction(t)
		_, err6 := e.Broadcast(t.Context(), raw)
		for i, err := range []error{err1, err2, err3, err4, err5, err6} {
			if err == nil || strings.ContainsAny(err.Error(), "\x1b\n") || len(err.Error()) > 1_000 {
				t.Errorf("%s: question %d: %q", name, i+1, err)
			}
		}
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	e := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := e.Tip(ctx); !errors.Is(err, node.ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestCheckKnowsTheFirstBlocks(t *testing.T) {
	main := "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
	testnet4 := "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"
	for _, test := range []struct {
		hash string
		n    btc.Network
		ok   bool
	}{
		{main, btc.Mainnet, true}, {main, btc.Testnet, false},
		{testnet4, btc.Testnet, true}, {testnet4, btc.Mainnet, false},
	} {
		rpc, _ := core(t, map[string]string{"getblockhash": result(`"` + test.hash + `"`)})
		err := node.Check(t.Context(), rpc, test.n)
		if (err == nil) != test.ok || err != nil && !errors.Is(err, node.ErrNetwork) {
			t.Errorf("%s on %v: %v", test.hash, test.n, err)
		}
	}
}

// FuzzAnswers gives the same answer to every question.
func FuzzAnswers(f *testing.F) {
	raw, id := aTransaction(f)
	for _, seed := range []string{`{"result":1}`, `[]`, `{"error":{"code":-5,"message":"x"}}`, id.String(), `{"1":2}`,
		`{"result":{"success":true,"unspents":[{"txid":"` + id.String() + `"}]}}`,
		`{"result":["` + fmt.Sprintf("%x", raw) + `"]}`} {
		f.Add([]byte(seed))
	}
	var answer []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(answer) }))
	f.Cleanup(server.Close)
	rpc, err1 := node.NewRPC(node.RPCConfig{URL: server.URL})
	esplora, err2 := node.NewEsplora(server.URL)
	if err := errors.Join(err1, err2); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer = body
		for _, c := range []node.Chain{rpc, esplora} {
			_, _ = c.Tip(t.Context())
			_, _ = c.BlockHash(t.Context(), 1)
			_, _ = c.FeeRate(t.Context(), 2)
			if coins, err := c.Unspent(t.Context(), address, btc.Regtest); err == nil {
				for _, coin := range coins {
					if coin.Value < 0 || coin.Value > btc.MaxMoney {
						t.Errorf("a coin of %d", coin.Value)
					}
				}
			}
			if got, err := c.Transaction(t.Context(), id, 1); err == nil && string(got) != string(raw) {
				t.Error("another transaction")
			}
			_, _ = c.Broadcast(t.Context(), raw)
		}
	})
}

func ExampleNewEsplora() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "850000")
	}))
	defer server.Close()
	chain, err := node.NewEsplora(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(chain.Tip(context.Background()))
	// Output: 850000 <nil>
}
