package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/psbt/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"tapcard.example/chain/btc"
	"tapcard.example/internal/matrix"
	"tapcard.example/internal/testnode"
)

// minedPayee is somebody on the test chain, BIP-173's example key, and minedScript the output script of this address.
const (
	minedPayee  = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
	minedScript = "0014751e76e8199196d454941c45d1b3a323f1433bd6"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// script is the P2WPKH output script of a key, and its address on the node's chain.
func script(t *testing.T, key [33]byte) ([]byte, string) {
	t.Helper()
	s, err := btc.KeyScript(btc.P2WPKH, key)
	if err != nil {
		t.Fatal(err)
	}
	address, err := btc.KeyAddress(btc.P2WPKH, key, btc.Regtest)
	if err != nil {
		t.Fatal(err)
	}
	return s.Output, address
}

// spend is a PSBT, made with btcd's own code, that spends the first coin of a transaction: a third goes to the payee, a
// third less a fee to change, a third to another script.
func spend(t *testing.T, coin *wire.MsgTx, payee, change, other []byte) *psbt.Packet {
	t.Helper()
	id, third := coin.TxHash(), coin.TxOut[0].Value/3
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&id, 0), nil, nil))
	tx.AddTxOut(wire.NewTxOut(third, payee))
	tx.AddTxOut(wire.NewTxOut(third-2_000, change))
	tx.AddTxOut(wire.NewTxOut(third, other))
	p, err := psbt.NewFromUnsignedTx(tx)
	if err != nil {
		t.Fatal(err)
	}
	p.Inputs[0].NonWitnessUtxo, p.Inputs[0].WitnessUtxo = coin, coin.TxOut[0]
	return p
}

// change is the output script of the first address for change.
func (o origin) change(t *testing.T) []byte {
	t.Helper()
	output, _ := script(t, o.key(t, 1, 0))
	return output
}

// named adds the names of the account's keys: the coin's is at 0/0, the change's at 1/0.
func (o origin) named(t *testing.T, p *psbt.Packet) {
	name := func(branch uint32) []*psbt.Bip32Derivation {
		key := o.key(t, branch, 0)
		return []*psbt.Bip32Derivation{{PubKey: key[:], MasterKeyFingerprint: binary.LittleEndian.Uint32(o.fingerprint[:]),
			Bip32Path: append(slices.Clone(o.path), branch, 0)}}
	}
	p.Inputs[0].Bip32Derivation, p.Outputs[1].Bip32Derivation = name(0), name(1)
}

// signs has the card sign a PSBT, which it must complete; the result is the transaction in hexadecimal.
func (c *minedCard) signs(p *psbt.Packet, command ...string) string {
	c.Helper()
	var b bytes.Buffer
	if err := p.Serialize(&b); err != nil {
		c.Fatal(err)
	}
	file := c.write("coin.psbt", b.String())
	said := c.run(append(command, "sign-psbt", file, "--finalize", "--network", "regtest")...)
	return said["transaction"].(string)
}

func TestANodeMinesThePSBTsThatCardsSign(t *testing.T) {
	for name, card := range map[string]struct{ command, kind, flags string }{
		"TAPSIGNER":   {"tapsigner", "tapsigner", "--testnet"},
		"SATSCHIP":    {"tapsigner", "satschip", "--testnet"},
		"Keycard 2.3": {"btc", "keycard", "--profile=2.3"},
		"Keycard 3.1": {"btc", "keycard", "--profile=3.1"},
	} {
		t.Run(name, func(t *testing.T) {
			c := makeCard(t, name, card.kind, card.flags)
			account := c.account()
			_, address := script(t, account.key(t, 0, 0))
			node := startBitcoin(t, address)
			node.Mine(101)
			payee, change := unhex(t, minedScript), account.change(t)
			p := spend(t, node.coin(1), payee, change, payee)
			account.named(t, p)
			node.accepts(c.signs(p, card.command))
			matrix.Shows(t, minedTable, name, "Bitcoin: PSBT")
			c.signsMessages(node)
			matrix.Shows(t, minedTable, name, "Bitcoin: message")
		})
	}
}

// signsMessages has the node verify a message that the card signs for an address of the oldest kind, the only one that
// nodes verify.
func (c *minedCard) signsMessages(node *bitcoinNode) {
	c.Helper()
	const text = "whoever reads this has my card's word"
	said := c.run("btc", "sign-message", c.write("text", text), "--format", "bip137", "--type", "pkh",
		"--network", "regtest")
	for message, want := range map[string]bool{text: true, strings.ToUpper(text): false} {
		var valid bool
		node.Must(&valid, "verifymessage", said["address"], said["signature"], message)
		if valid != want {
			c.Errorf("the node says %v about the signature of %q", valid, message)
		}
	}
}

// fund starts a node whose miner is the owner of a Keycard, and has that card pay to a slot, twice.
func fund(t *testing.T, slot []byte) (*bitcoinNode, *wire.MsgTx) {
	t.Helper()
	miner := makeCard(t, "Keycard 3.1", "keycard", "--profile", "3.1")
	account := miner.account()
	_, address := script(t, account.key(t, 0, 0))
	node := startBitcoin(t, address)
	node.Mine(101)
	p := spend(t, node.coin(1), slot, account.change(t), slot)
	account.named(t, p)
	raw := miner.signs(p, "btc")
	node.accepts(raw)
	coin, err := btc.DecodeTransaction(unhex(t, raw))
	if err != nil {
		t.Fatal(err)
	}
	return node, coin
}

func TestANodeMinesWhatIsSweptAndSignedFromASatscard(t *testing.T) {
	c := makeCard(t, "SATSCARD", "satscard", "--testnet")
	key := [33]byte(unhex(t, c.run("satscard", "address")["public_key"].(string)))
	slot, address := script(t, key)
	node, coin := fund(t, slot)
	sweep := []string{"satscard", "sweep", minedPayee, "--network", "regtest", "--fee-rate", "3", "--rpc", node.URL,
		"--rpc-user", testnode.User, "--rpc-password-file", c.write("rpc", testnode.Password)}
	if _, err := c.try(sweep...); err == nil || !strings.Contains(err.Error(), "unsealed") {
		t.Errorf("a sealed slot was swept: %v", err)
	}
	c.run("satscard", "unseal")

	node.accepts(c.signs(spend(t, coin, unhex(t, minedScript), slot, slot), "satscard", "--slot", "1"))
	matrix.Shows(t, minedTable, c.name, "Bitcoin: PSBT")

	swept := c.run(sweep...)["slots"].([]any)[0].(map[string]any)
	if swept["coins"].(float64) != 3 || swept["address"] != address {
		t.Errorf("swept: %v", swept)
	}
	node.mines(swept["txid"].(string))
	var tx struct {
		Vout []struct {
			ScriptPubKey struct{ Hex string }
		}
	}
	node.Must(&tx, "getrawtransaction", swept["txid"], 1)
	if len(tx.Vout) != 1 || tx.Vout[0].ScriptPubKey.Hex != minedScript {
		t.Errorf("the coins went to %v", tx.Vout)
	}
	matrix.Shows(t, minedTable, c.name, "Bitcoin: sweep")
}
