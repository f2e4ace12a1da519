package btc_test

import (
	"context"
	"fmt"
	"testing"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

// A wallet program made a PSBT; a card signs it, and a node can have the result.
func ExamplePacket_Sign() {
	t := new(testing.T)
	payment, card, wallet := simple(t)
	file := payment.packet().Base64()

	packet, err := btc.ParsePSBT([]byte(file))
	if err != nil {
		fmt.Println(err)
		return
	}
	s := signer.Signer{Card: card.Card, Approve: func(_ context.Context, summary signer.Summary) error {
		fmt.Print(summary)
		return nil // the owner says yes
	}}
	result, err := packet.Sign(context.Background(), &s, wallet, btc.Options{Network: btc.Regtest})
	if err != nil {
		fmt.Println(err)
		return
	}
	tx, err := packet.Transaction()
	fmt.Println(result.Signed, result.Complete, len(btc.EncodeTransaction(tx)) > 0, err)
	// Output:
	// Bitcoin transaction on regtest
	//   Pay:               0.00060000 BTC to bcrt1qa9mkwvn6n0wf963zgezu2dkv2l0sxutcdus96e
	//   Change:            0.00039000 BTC to bcrt1qzrzfc9lzcntvddmgsrw3cnfhzvldcmwmtfl6al (our m/84'/1'/0'/1/7)
	//   Coins:             1 of this wallet
	//   Leaves the wallet: 0.00061000 BTC
	//   Fee:               0.00001000 BTC, 7.1 sat/vB
	//   Card:              soft 01020304
	//   Path:              m/84'/1'/0'/0/0
	// 1 true true <nil>
}

func ExampleSignMessage() {
	t := new(testing.T)
	m := master(t, 1)
	card := newDesk(&softCard{master: m})
	signed, err := btc.SignMessage(context.Background(), &card.Signer, btc.Message{
		Text: "I am here", Account: account(t, m, "m/84'/1'/0'"), Below: hd.Path{0, 0},
		Type: btc.P2WPKH, Network: btc.Regtest})
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := btc.VerifyMessage(signed, btc.Regtest)
	fmt.Println(signed.Address, verdict.Format, err)
	// Output: bcrt1q022amqf3jv7mg744rcjmst222dfazqvmurt943 BIP-322 simple <nil>
}

func ExampleParseDescriptor() {
	d, err := btc.ParseDescriptor("wpkh([73c5da0a/84h/0h/0h]" +
		"xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3XyuvPEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6V" +
		"/<0;1>/*)")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Address(0, 0, btc.Mainnet))
	fmt.Println(d.Address(1, 0, btc.Mainnet))
	// Output:
	// bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu <nil>
	// bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el <nil>
}
