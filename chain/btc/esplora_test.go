package btc_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"tapcard.example/chain/btc"
	"tapcard.example/chain/btc/node"
)

// esplora puts the six paths of Esplora that node.Esplora uses in front of a btcd.
func (b *btcd) esplora(t testing.TB) *node.Esplora {
	mux := http.NewServeMux()
	text := func(pattern, method string, params func(*http.Request) []any) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			var result any
			if err := b.Call(&result, method, params(r)...); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			fmt.Fprint(w, result)
		})
	}
	text("GET /blocks/tip/height", "getblockcount", func(*http.Request) []any { return []any{} })
	text("GET /block-height/{height}", "getblockhash", func(r *http.Request) []any {
		return []any{must(strconv.Atoi(r.PathValue("height")))}
	})
	text("GET /tx/{id}/hex", "getrawtransaction", func(r *http.Request) []any { return []any{r.PathValue("id"), 0} })
	text("POST /tx", "sendrawtransaction", func(r *http.Request) []any { return []any{string(must(io.ReadAll(r.Body)))} })
	mux.HandleFunc("GET /fee-estimates", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"1":3.5,"2":2.25,"25":1.0}`)
	})
	mux.HandleFunc("GET /address/{address}/utxo", func(w http.ResponseWriter, r *http.Request) { b.utxo(w, r) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return must(node.NewEsplora(server.URL))
}

// utxo writes the coins of an address the way Esplora does, from what btcd knows.
func (b *btcd) utxo(w http.ResponseWriter, r *http.Request) {
	address := r.PathValue("address")
	var txs []struct {
		Txid          string
		Confirmations int
		Vout          []struct {
			Value        float64
			N            int
			ScriptPubKey struct{ Hex string }
		}
	}
	_ = b.Call(&txs, "searchrawtransactions", address, 1, 0, 1_000) // an error means that there are none
	script := hexOf(must(btc.ParseAddress(address, btc.Regtest)))
	list := ""
	for _, tx := range txs {
		for _, out := range tx.Vout {
			var state *struct{ Confirmations int }
			if out.ScriptPubKey.Hex != script || b.Call(&state, "gettxout", tx.Txid, out.N, true) != nil || state == nil {
				continue
			}
			if list != "" {
				list += ","
			}
			list += fmt.Sprintf(`{"txid":%q,"vout":%d,"value":%.0f,"status":{"confirmed":%t,"block_height":1}}`,
				tx.Txid, out.N, out.Value*1e8, state.Confirmations > 0)
		}
	}
	fmt.Fprintf(w, "[%s]", list)
}
