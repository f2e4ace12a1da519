package eth_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"tapcard.example/chain/eth"
)

// The example in the documentation of web3.js (eth.accounts.sign).
const (
	web3Key       = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
	web3Digest    = "1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655"
	web3Signature = "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da16" +
		"7c747ef045e5d18a5f5d4300f8e1a0291c"
)

func TestAMessageIsSignedAsWeb3Does(t *testing.T) {
	text, err := eth.NewMessage([]byte("Some data"))
	if err != nil {
		t.Fatal(err)
	}
	hexed, err := eth.ParseMessageHex("0x" + hex.EncodeToString([]byte("Some data")))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*eth.Message{text, hexed} {
		s, _ := newSigner(t, keyFromHex(t, web3Key))
		signed, err := eth.SignMessage(t.Context(), s, path(t), m)
		if err != nil {
			t.Fatal(err)
		}
		if signed.Digest.String() != "0x"+web3Digest || signed.Signature.String() != web3Signature {
			t.Errorf("%+v", signed)
		}
		checkRecovers(t, signed)
	}
}

func TestMessagesHaveABound(t *testing.T) {
	if _, err := eth.NewMessage(make([]byte, eth.MaxMessage)); err != nil {
		t.Error(err)
	}
	if _, err := eth.NewMessage(make([]byte, eth.MaxMessage+1)); !errors.Is(err, eth.ErrMessage) {
		t.Error(err)
	}
	for _, bad := range []string{"", "00", "0x0", "0xzz"} {
		if _, err := eth.ParseMessageHex(bad); !errors.Is(err, eth.ErrMessage) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestChangingTheCallersBytesDoesNotChangeTheMessage(t *testing.T) {
	text := []byte("pay 1")
	m, err := eth.NewMessage(text)
	if err != nil {
		t.Fatal(err)
	}
	before := m.Digest()
	text[4] = '9'
	if m.Digest() != before || !strings.Contains(m.Summary([20]byte{}).String(), "pay 1") {
		t.Error("what was approved is not what would be signed")
	}
}
