package btc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"tapcard.example/signer"
)

// messageCoin is the transaction to_spend of BIP-322, "Full": it has a coin that only the owner of the address could
// spend, and spends one that does not exist and names the message.
func messageCoin(output []byte, message string) *wire.MsgTx {
	tag := sha256.Sum256([]byte("BIP0322-signed-message"))
	hash := sha256.Sum256(append(append(tag[:], tag[:]...), message...))
	tx := wire.NewMsgTx(0)
	in := wire.NewTxIn(wire.NewOutPoint(&chainhash.Hash{}, wire.MaxPrevOutIndex),
		append([]byte{txscript.OP_0, 32}, hash[:]...), nil)
	in.Sequence = 0
	tx.AddTxIn(in)
	tx.AddTxOut(wire.NewTxOut(0, output))
	return tx
}

// messageSpend is the transaction to_sign, without its signatures.
func messageSpend(coin *wire.MsgTx) *wire.MsgTx {
	hash := coin.TxHash()
	tx := wire.NewMsgTx(0)
	in := wire.NewTxIn(wire.NewOutPoint(&hash, 0), nil, nil)
	in.Sequence = 0
	tx.AddTxIn(in)
	tx.AddTxOut(wire.NewTxOut(0, []byte{txscript.OP_RETURN}))
	return tx
}

// MessagePSBT is a PSBT that signs a message for an address (BIP-322, "PSBT creator"), as multisig wallets need it:
// every signer adds a signature, and MessageSignature makes one of them all.
func MessagePSBT(script Script, message string) (*Packet, error) {
	coin := messageCoin(script.Output, message)
	p, err := NewPSBT(messageSpend(coin))
	if err != nil {
		return nil, err
	}
	p.global.set([]byte{globalMessage}, []byte(message))
	p.addCoin(0, coin, script)
	return p, p.refresh()
}

// addCoin gives the signers of input i what they need to know: the transaction that made the coin, and its scripts.
func (p *Packet) addCoin(i int, from *wire.MsgTx, script Script) {
	p.inputs[i].set([]byte{inPreviousTx}, EncodeTransaction(from))
	if script.Redeem != nil {
		p.inputs[i].set([]byte{inRedeem}, script.Redeem)
	}
	if script.Witness != nil {
		p.inputs[i].set([]byte{inWitness}, script.Witness)
	}
}

func signBIP322(ctx context.Context, s *signer.Signer, m Message, k ownKey, script Script) (string, error) {
	p, err := MessagePSBT(script, m.Text)
	if err != nil {
		return "", err
	}
	w := Wallet{Accounts: []Account{SingleKey(k.public, k.path)}}
	if _, err := p.Sign(ctx, s, w, Options{Network: m.Network}); err != nil {
		return "", err
	}
	return p.MessageSignature()
}

// MessageSignature is the BIP-322 signature that the signatures in a PSBT amount to: simple if the address is in segwit
// and nothing is locked in time, full if there is a single input, and a proof of funds otherwise. It fails with ErrPSBT
// for a PSBT that signs no message, and as Finalize does.
func (p *Packet) MessageSignature() (string, error) {
	tx, err := p.assemble()
	if err != nil {
		return "", err
	}
	if len(tx.TxIn) == 0 {
		return "", fmt.Errorf("%w: it signs no message", ErrPSBT)
	}
	first, err := p.coin(0)
	if err != nil || p.message([]coin{first}) == nil {
		return "", fmt.Errorf("%w: it signs no message", ErrPSBT)
	}
	if len(tx.TxIn) > 1 {
		if err := p.Finalize(); err != nil {
			return "", err
		}
		return "pof" + p.Base64(), nil
	}
	in := tx.TxIn[0]
	plain := tx.Version == 0 && tx.LockTime == 0 && in.Sequence == 0
	if plain && len(in.SignatureScript) == 0 {
		return "smp" + base64.StdEncoding.EncodeToString(encodeWitness(in.Witness)), nil
	}
	return "ful" + base64.StdEncoding.EncodeToString(EncodeTransaction(tx)), nil
}

// message is the message that a PSBT signs if it really signs one (BIP-322, "PSBT signer"); if it only says so it is a
// transaction like any other.
func (p *Packet) message(coins []coin) *string {
	text, ok := p.global.get(globalMessage)
	tx := p.fields.UnsignedTx
	if !ok || len(coins) == 0 || coins[0].out == nil {
		return nil
	}
	want := messageSpend(messageCoin(coins[0].out.PkScript, string(text)))
	if tx.TxIn[0].PreviousOutPoint != want.TxIn[0].PreviousOutPoint || !sameOutputs(tx, want) {
		return nil
	}
	message := string(text)
	return &message
}

// sameOutputs compares all outputs; for to_sign that is the one that pays nothing to nobody.
func sameOutputs(a, b *wire.MsgTx) bool {
	if len(a.TxOut) != len(b.TxOut) {
		return false
	}
	for i := range a.TxOut {
		if a.TxOut[i].Value != b.TxOut[i].Value || !bytes.Equal(a.TxOut[i].PkScript, b.TxOut[i].PkScript) {
			return false
		}
	}
	return true
}

// summariseMessage shows a signed message as one, although it is a transaction.
func (r *Review) summariseMessage() {
	const most = 4 << 10
	text := *r.Message
	long := len(text) > most
	if long {
		text = text[:most]
	}
	r.Summary = messageSummary(text, r.Inputs[0].Address)
	if long {
		r.Summary.Warn("the message has %d bytes, only the first %d are shown", len(*r.Message), most)
	}
	if more := len(r.Inputs) - 1; more > 0 {
		r.Summary.Add("Proves", "that %d coins are yours; they are not spent", more)
	}
	if r.Inputs[0].Address == "" {
		r.Summary.Add("Script", "%s", fmt.Sprintf("%x", r.locks[0].Output))
	}
}
