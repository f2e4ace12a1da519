package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/chain/eth"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

// The demo's mnemonic is public and used by every Ethereum test chain; its first account has coins on each of them.
const (
	demoMnemonic = "test test test test test test test test test test test junk"
	demoAddress  = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
	demoPayee    = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" // the second account
)

const demoLong = `Shows the whole way of a signature: a Keycard made of software is set up, gets a key from a public test mnemonic, and signs
an Ethereum transfer.

"make demo" runs it with a real pcscd, in whose virtual reader the card sits, and a real node, which accepts the
transaction. Alone it runs the card in this process, in under two seconds. Nothing is kept.`

func newDemo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Set up a software Keycard and sign a transaction with it, step by step",
		Long:  demoLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.demo(c.Context()) },
	}
}

// demo is one run: what its steps hand on to each other.
type demo struct {
	*app
	ctx     context.Context
	node    *ethNode // nil: there is none
	ch      *card.Channel
	card    *keycard.Card
	session *keycard.Session
	store   *keycard.Store
	pin     secret.PIN
	tx      *eth.Transaction
	signed  *eth.Signed
	said    string // what the present step has to say
}

func (a *app) demo(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tapcard-demo-")
	if err != nil {
		return err
	}
	a.atEnd(removeAll(dir))
	a.home, a.yes = filepath.Join(dir, "home"), true
	d := &demo{app: a, ctx: ctx}
	steps := []step{
		{"make a Keycard of software and put it into a reader", func() error { return d.insert(filepath.Join(dir, "demo.card")) }},
		{"start an Ethereum node", d.startNode},
		{"SELECT: ask the card what it is", d.selectCard},
		{"INIT: give it a PIN, a PUK and a pairing secret", d.init},
		{"PAIR: make this computer known to it", d.pair},
		{"open a secure channel and enter the PIN", d.open},
		{"LOAD KEY: the public test mnemonic", d.loadKey},
		{"build an EIP-1559 transfer of 0.01 ETH", d.build},
		{"SIGN: the card signs it, the host verifies it", d.sign},
		{"send it to the node and wait for the receipt", d.send},
	}
	for i, s := range steps {
		if err := d.run(i+1, s); err != nil {
			return fmt.Errorf("step %d, %s: %w", i+1, s.name, err)
		}
	}
	return nil
}

type step struct {
	name string
	do   func() error
}

// run does one step and says what happened, with what it cost.
func (d *demo) run(n int, s step) error {
	apdus, start := d.apdus(), time.Now()
	d.said = ""
	if err := s.do(); err != nil {
		return err
	}
	took := time.Since(start)
	return d.Print(demoStep{n, s.name, d.said, d.apdus() - apdus, float64(took.Microseconds()) / 1000})
}

func (d *demo) apdus() int {
	if d.ch == nil {
		return 0
	}
	return d.ch.APDUs()
}

// demoStep is what a step has done.
type demoStep struct {
	Step   int     `json:"step"`
	Name   string  `json:"name"`
	Result string  `json:"result"`
	APDUs  int     `json:"apdus"`
	Millis float64 `json:"milliseconds"`
}

// Text prints it for people.
func (s demoStep) Text(w io.Writer) {
	cost := fmt.Sprintf("%.1f ms", s.Millis)
	if s.APDUs > 0 {
		cost = plural(s.APDUs, "APDU") + ", " + cost
	}
	fmt.Fprintf(w, "%2d. %s  (%s)\n    %s\n", s.Step, s.Name, cost, s.Result)
}

func (d *demo) selectCard() (err error) {
	if d.card, err = keycard.Select(d.ctx, d.ch); err != nil {
		return err
	}
	d.said = "an empty Keycard: it shows the public key of its secure channel and nothing else"
	return nil
}

func (d *demo) init() (err error) {
	if d.store, err = d.pairings(); err != nil {
		return err
	}
	if d.pin, err = randomDigits(6); err != nil {
		return err
	}
	puk, err := randomDigits(12)
	if err != nil {
		return err
	}
	defer puk.Destroy()
	if err := d.store.Init(d.ctx, d.card, keycard.InitOptions{PIN: d.pin, PUK: puk}); err != nil {
		return err
	}
	d.said = fmt.Sprintf("now a Keycard %v, instance %x", d.card.Info().Version, d.card.UID())
	return nil
}

func (d *demo) pair() error {
	p, err := d.store.Pair(d.ctx, d.card)
	if err != nil {
		return err
	}
	p.Key.Destroy()
	d.said = fmt.Sprintf("paired in slot %d; from here on everything is encrypted", p.Slot)
	return nil
}

func (d *demo) open() (err error) {
	if d.session, err = d.store.Open(d.ctx, d.card); err != nil {
		return err
	}
	if err := d.session.VerifyPIN(d.ctx, d.pin); err != nil {
		return err
	}
	d.pin.Destroy()
	d.said = "the card has accepted the PIN"
	return nil
}

func (d *demo) loadKey() error {
	mnemonic := secret.Copy([]byte(demoMnemonic))
	seed := hd.Seed(mnemonic, secret.Bytes{})
	defer seed.Destroy()
	uid, err := d.session.LoadSeed(d.ctx, seed)
	if err != nil {
		return err
	}
	d.said = fmt.Sprintf("key UID %x", uid)
	return nil
}

// build makes the transfer. Without a node it is the first transaction of a fresh test chain.
func (d *demo) build() error {
	chainID, nonce := big.NewInt(31337), uint64(0)
	fee, tip := big.NewInt(2_000_000_000), big.NewInt(1_000_000_000)
	if d.node != nil {
		var err error
		if chainID, nonce, err = d.node.account(d.ctx, demoAddress); err != nil {
			return err
		}
	}
	to, from := common.HexToAddress(demoPayee), common.HexToAddress(demoAddress)
	tx, err := eth.NewTransaction(types.NewTx(&types.DynamicFeeTx{ChainID: chainID, Nonce: nonce, GasTipCap: tip,
		GasFeeCap: fee, Gas: 21000, To: &to, Value: big.NewInt(10_000_000_000_000_000)}), chainID, &from)
	if err != nil {
		return err
	}
	d.tx = tx
	d.said = fmt.Sprintf("chain %v, nonce %d, to %s", chainID, nonce, demoPayee)
	return nil
}

func (d *demo) sign() error {
	path, err := hd.ParsePath(eth.DefaultPath)
	if err != nil {
		return err
	}
	keys, err := signer.OpenKeys(filepath.Join(d.home, "keys.json"))
	if err != nil {
		return err
	}
	s := &signer.Signer{Card: keycard.Signer{Session: d.session, Label: "demo"}, Keys: keys, Approve: d.approve, Confirm: d.confirmKey}
	if d.signed, err = eth.SignTransaction(d.ctx, s, path, d.tx); err != nil {
		return err
	}
	if d.signed.From.Hex() != demoAddress {
		return fmt.Errorf("the signature recovers to %s, expected is %s", d.signed.From.Hex(), demoAddress)
	}
	d.said = fmt.Sprintf("transaction %s, recovered sender %s", d.signed.Hash.Hex(), d.signed.From.Hex())
	return nil
}

func (d *demo) send() error {
	if d.node == nil {
		d.said = "left out: there is no node (make demo starts one)"
		return nil
	}
	receipt, err := d.node.send(d.ctx, d.signed)
	if err != nil {
		return err
	}
	if receipt.Status != "0x1" {
		return errors.New("the node has executed the transaction and it failed")
	}
	d.said = fmt.Sprintf("accepted in block %s, from %s, gas %s, status %s", receipt.BlockNumber,
		common.HexToAddress(receipt.From).Hex(), receipt.GasUsed, receipt.Status)
	return nil
}
