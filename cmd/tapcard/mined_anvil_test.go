package main

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"tapcard.example/internal/matrix"
	"tapcard.example/internal/testnode"
)

// startEthereum starts anvil, an Ethereum node with a chain of its own, until the test ends.
func startEthereum(t *testing.T) *ethNode {
	t.Helper()
	return &ethNode{url: testnode.Anvil(t), client: http.Client{Timeout: 10 * time.Second}}
}

func TestANodeExecutesTheTransactionsThatCardsSign(t *testing.T) {
	for name, options := range map[string][]string{
		"TAPSIGNER": {"tapsigner"}, "SATSCHIP": {"satschip"},
		"Keycard 2.3": {"keycard", "--profile", "2.3"}, "Keycard 3.1": {"keycard", "--profile", "3.1"},
	} {
		t.Run(name, func(t *testing.T) {
			c := makeCard(t, name, options[0], options[1:]...)
			node := startEthereum(t)
			address := c.run("eth", "address", "--path", "m/44h/60h/0h/0/7")["address"]
			if err := node.call(t.Context(), new(any), "anvil_setBalance", address, "0xde0b6b3a7640000"); err != nil {
				t.Fatal(err)
			}
			for nonce := range 2 {
				c.pays(node, address, nonce)
			}
			matrix.Shows(t, minedTable, name, "Ethereum: transaction")
		})
	}
}

// pays has the card sign a transfer, and the node execute it.
func (c *minedCard) pays(node *ethNode, from any, nonce int) {
	c.Helper()
	tx, err := json.Marshal(map[string]any{"chainId": 31337, "nonce": nonce, "gas": 21000, "to": demoPayee,
		"maxFeePerGas": "4000000000", "maxPriorityFeePerGas": "1000000000", "value": "10000000000000000"})
	if err != nil {
		c.Fatal(err)
	}
	said := c.run("eth", "sign-tx", c.write("tx.json", string(tx)), "--path", "m/44h/60h/0h/0/7")
	var hash string
	if err := node.call(c.Context(), &hash, "eth_sendRawTransaction", said["raw"]); err != nil || hash != said["hash"] {
		c.Fatalf("%s, %v; it is %v", hash, err, said["hash"])
	}
	var r *receipt
	for range 100 {
		if err := node.call(c.Context(), &r, "eth_getTransactionReceipt", hash); err != nil {
			c.Fatal(err)
		}
		if r != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if r == nil || r.Status != "0x1" {
		c.Fatalf("the receipt is %+v", r)
	}
}
