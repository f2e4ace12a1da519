package btc

import (
	"fmt"

	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// verifySimple takes a witness for the one input of to_sign.
func verifySimple(output []byte, message string, raw []byte) (Verdict, error) {
	witness, err := decodeWitness(raw)
	if err != nil || len(raw) == 0 {
		return Verdict{}, fmt.Errorf("%w: neither a witness nor of BIP-137", ErrSignature)
	}
	coin := messageCoin(output, message)
	tx := messageSpend(coin)
	tx.TxIn[0].Witness = witness
	return Verdict{Format: "BIP-322 simple"}, verifySpend(tx, coin, nil)
}

// verifyFull takes the whole of to_sign.
func verifyFull(output []byte, message string, raw []byte) (Verdict, error) {
	tx, err := DecodeTransaction(raw)
	if err != nil {
		return Verdict{}, fmt.Errorf("%w: no transaction in it", ErrSignature)
	}
	if len(tx.TxIn) != 1 {
		return Verdict{}, fmt.Errorf("%w: its transaction has %d inputs, not 1", ErrSignature, len(tx.TxIn))
	}
	v := Verdict{Format: "BIP-322 full", LockTime: tx.LockTime, Age: tx.TxIn[0].Sequence}
	return v, verifySpend(tx, messageCoin(output, message), nil)
}

// verifyFunds takes to_sign as a finalized PSBT, with more coins as inputs.
func verifyFunds(output []byte, message string, raw []byte) (Verdict, error) {
	p, err := ParsePSBT(raw)
	if err != nil {
		return Verdict{}, fmt.Errorf("%w: no PSBT in it", ErrSignature)
	}
	tx := p.fields.UnsignedTx
	coin := messageCoin(output, message)
	if len(tx.TxIn) == 0 || tx.TxIn[0].PreviousOutPoint != messageSpend(coin).TxIn[0].PreviousOutPoint {
		return Verdict{}, fmt.Errorf("%w: it is of another message or address", ErrSignature)
	}
	p.addCoin(0, coin, Script{})
	p.shareTransactions()
	if err := p.refresh(); err != nil {
		return Verdict{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	signed, err := p.assemble()
	if err != nil {
		return Verdict{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	v := Verdict{Format: "BIP-322 proof of funds", LockTime: tx.LockTime, Age: tx.TxIn[0].Sequence}
	others := map[wire.OutPoint]*wire.TxOut{}
	for i, in := range signed.TxIn[1:] {
		c, err := p.coin(i + 1)
		if err != nil {
			return Verdict{}, fmt.Errorf("%w: %w", ErrSignature, err)
		}
		others[in.PreviousOutPoint] = c.out
		v.Coins = append(v.Coins, in.PreviousOutPoint.String())
	}
	return v, verifySpend(signed, coin, others)
}

// shareTransactions gives an input that comes without its transaction the one of an earlier input that has it.
func (p *Packet) shareTransactions() {
	known := map[string][]byte{}
	for i, in := range p.fields.UnsignedTx.TxIn {
		id := string(in.PreviousOutPoint.Hash[:])
		if raw, ok := p.inputs[i].get(inPreviousTx); ok {
			known[id] = raw
		} else if raw, ok := known[id]; ok {
			p.inputs[i].set([]byte{inPreviousTx}, raw)
		}
	}
}

// verifySpend holds to_sign against everything that BIP-322, "Verification Process", demands.
func verifySpend(tx, coin *wire.MsgTx, others map[wire.OutPoint]*wire.TxOut) error {
	want := messageSpend(coin)
	if tx.TxIn[0].PreviousOutPoint != want.TxIn[0].PreviousOutPoint || !sameOutputs(tx, want) {
		return fmt.Errorf("%w: it is of another message or address", ErrSignature)
	}
	fetcher := txscript.NewMultiPrevOutFetcher(others)
	fetcher.AddPrevOut(want.TxIn[0].PreviousOutPoint, coin.TxOut[0])
	for i, in := range tx.TxIn {
		if fetcher.FetchPrevOutput(in.PreviousOutPoint) == nil {
			return fmt.Errorf("%w: input %d twice or without its coin", ErrSignature, i)
		}
		if err := checkStack(in, fetcher.FetchPrevOutput(in.PreviousOutPoint).PkScript); err != nil {
			return fmt.Errorf("%w: input %d: %w", ErrSignature, i, err)
		}
	}
	if err := verifyScripts(tx, fetcher); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if tx.Version != 0 && tx.Version != 2 {
		return fmt.Errorf("%w: version %d of the signed transaction", ErrUnsure, tx.Version)
	}
	return nil
}

// checkStack looks for what the script engine allows and BIP-322 forbids: signatures for less than everything, and
// OP_CODESEPARATOR (in taproot, where nothing here can sign, only the former).
func checkStack(in *wire.TxIn, output []byte) error {
	pushed, _ := txscript.PushedData(in.SignatureScript)
	taproot := txscript.IsPayToTaproot(output)
	items := append(pushed, in.Witness...)
	if taproot && len(items) > 1 {
		items = items[:len(items)-2] // script and control block
	}
	for _, item := range items {
		if kind, ok := signatureKind(item, taproot); ok && kind != txscript.SigHashAll {
			return fmt.Errorf("a signature of kind %#x, not ALL", byte(kind))
		}
	}
	if txscript.IsPayToScriptHash(output) && len(pushed) > 0 {
		output = pushed[len(pushed)-1]
		if hasCodeSeparator(output) {
			return fmt.Errorf("OP_CODESEPARATOR in its script")
		}
	}
	last := len(in.Witness) - 1
	if txscript.IsPayToWitnessScriptHash(output) && last >= 0 && hasCodeSeparator(in.Witness[last]) {
		return fmt.Errorf("OP_CODESEPARATOR in its script")
	}
	return nil
}

// signatureKind is the last byte of what looks like a signature: DER, or 65 bytes for taproot.
func signatureKind(item []byte, taproot bool) (txscript.SigHashType, bool) {
	der := len(item) >= 9 && len(item) <= 73 && item[0] == 0x30 && int(item[1]) == len(item)-3 && item[2] == 2
	if !der && !(taproot && len(item) == 65) {
		return 0, false
	}
	return txscript.SigHashType(item[len(item)-1]), true
}

func hasCodeSeparator(script []byte) bool {
	t := txscript.MakeScriptTokenizer(0, script)
	for t.Next() {
		if t.Opcode() == txscript.OP_CODESEPARATOR {
			return true
		}
	}
	return false
}
