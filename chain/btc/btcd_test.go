package btc_test

import (
	"fmt"
	"testing"

	"tapcard.example/chain/btc/node"
	"tapcard.example/internal/testnode"
	"tapcard.example/secret"
)

// btcd is a node that judges transactions, and the code under test that speaks to it.
type btcd struct {
	*testnode.Btcd
	RPC *node.RPC
}

func startBtcd(t testing.TB, miner string) *btcd {
	t.Helper()
	b := testnode.StartBtcd(t, miner)
	password := secret.Copy([]byte(testnode.Password))
	return &btcd{b, must(node.NewRPC(node.RPCConfig{URL: b.URL, User: testnode.User, Password: password}))}
}

// mined says whether a transaction is in a block.
func (b *btcd) mined(id fmt.Stringer) bool {
	var tx struct{ Confirmations int }
	return b.Call(&tx, "getrawtransaction", id.String(), 1) == nil && tx.Confirmations > 0
}
