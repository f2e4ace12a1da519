package btc

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/psbt/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Finalize turns the signatures of every input into what the transaction shows for it, and drops what was there for
// the signers (BIP-174, "Input Finalizer"). Every input is run through a script engine first. ErrIncomplete says that
// signatures are missing; then, and with any other error, the PSBT is as it was.
func (p *Packet) Finalize() error {
	tx, err := p.assemble()
	if err != nil {
		return err
	}
	for i, in := range tx.TxIn {
		m := p.inputs[i].without(inPartialSig, inSighash, inRedeem, inWitness, inDerivation)
		if len(in.SignatureScript) > 0 {
			m.set([]byte{inFinalScript}, in.SignatureScript)
		}
		if len(in.Witness) > 0 {
			m.set([]byte{inFinalWitness}, encodeWitness(in.Witness))
		}
		p.inputs[i] = m
	}
	return p.refresh()
}

// Transaction is the signed transaction, for DecodeTransaction and nodes. The PSBT need not be finalized. Errors are
// those of Finalize.
func (p *Packet) Transaction() (*wire.MsgTx, error) { return p.assemble() }

// complete says whether nothing is missing.
func (p *Packet) complete() bool {
	_, err := p.assemble()
	return err == nil
}

// assemble makes the signed transaction and verifies it.
func (p *Packet) assemble() (*wire.MsgTx, error) {
	tx := p.Unsigned()
	fetcher := txscript.NewMultiPrevOutFetcher(nil)
	for i, in := range tx.TxIn {
		c, err := p.coin(i)
		if err != nil {
			return nil, err
		}
		fetcher.AddPrevOut(in.PreviousOutPoint, c.out)
		if err := p.assembleInput(in, i, c); err != nil {
			return nil, err
		}
	}
	return tx, verifyScripts(tx, fetcher)
}

// assembleInput takes what an earlier finalizer left, or makes it of the signatures.
func (p *Packet) assembleInput(in *wire.TxIn, i int, c coin) error {
	fields := p.fields.Inputs[i]
	if fields.FinalScriptSig != nil || fields.FinalScriptWitness != nil {
		witness, err := decodeWitness(fields.FinalScriptWitness)
		in.SignatureScript, in.Witness = fields.FinalScriptSig, witness
		return err
	}
	l, err := p.lock(i, c)
	if err != nil {
		return err
	}
	signatures, err := p.signatures(i)
	if err != nil {
		return err
	}
	var ok bool
	if in.SignatureScript, in.Witness, ok = l.open(signatures); !ok {
		return fmt.Errorf("%w: input %d has %d of %d", ErrIncomplete, i, len(signatures), max(1, l.threshold))
	}
	return nil
}

// signatures are those of input i by their keys. Each must be of the kind that the input asks for (BIP-174).
func (p *Packet) signatures(i int) (map[[33]byte][]byte, error) {
	fields := p.fields.Inputs[i]
	want := byte(txscript.SigHashAll)
	if fields.SighashType != 0 {
		want = byte(fields.SighashType)
	}
	signatures := map[[33]byte][]byte{}
	for _, s := range fields.PartialSigs {
		if len(s.Signature) == 0 || s.Signature[len(s.Signature)-1] != want {
			return nil, fmt.Errorf("%w: input %d has a signature of another kind than it asks for", ErrSighash, i)
		}
		if len(s.PubKey) == 33 {
			signatures[[33]byte(s.PubKey)] = s.Signature
		}
	}
	return signatures, nil
}

// verifyScripts runs every input of a transaction the way nodes do.
func verifyScripts(tx *wire.MsgTx, coins txscript.PrevOutputFetcher) error {
	hashes := txscript.NewTxSigHashes(tx, coins)
	for i, in := range tx.TxIn {
		out := coins.FetchPrevOutput(in.PreviousOutPoint)
		engine, err := txscript.NewEngine(out.PkScript, tx, i, txscript.StandardVerifyFlags, nil, hashes, out.Value, coins)
		if err == nil {
			err = engine.Execute()
		}
		if err != nil {
			return fmt.Errorf("input %d would not be accepted: %w", i, err)
		}
	}
	return nil
}

// Combine adds what other knows of the same transaction: the signatures of other cards, above all (BIP-174,
// "Combiner"). What both have stays as it is here.
func (p *Packet) Combine(other *Packet) error {
	mine, theirs := encodeUnsigned(p.fields.UnsignedTx), encodeUnsigned(other.fields.UnsignedTx)
	if p.version != other.version || !bytes.Equal(mine, theirs) {
		return fmt.Errorf("%w: the other one is for another transaction", ErrPSBT)
	}
	p.global.merge(other.global)
	for i := range p.inputs {
		p.inputs[i].merge(other.inputs[i])
	}
	for i := range p.outputs {
		p.outputs[i].merge(other.outputs[i])
	}
	return p.refresh()
}

func (m *pairs) merge(other pairs) {
	for _, p := range other {
		if _, have := m.find(p.key); !have {
			m.set(p.key, p.value)
		}
	}
}

func encodeWitness(w wire.TxWitness) []byte {
	var b bytes.Buffer
	_ = psbt.WriteTxWitness(&b, w) // a buffer never fails
	return b.Bytes()
}

// decodeWitness reads a witness stack: a count, and so many items with their lengths.
func decodeWitness(raw []byte) (wire.TxWitness, error) {
	if raw == nil {
		return nil, nil
	}
	r := &reader{raw}
	count, err := r.length(len(raw))
	if err != nil {
		return nil, err
	}
	witness := make(wire.TxWitness, 0, count)
	for range count {
		length, err := r.length(len(raw))
		if err != nil {
			return nil, err
		}
		witness = append(witness, r.take(length))
	}
	if len(r.rest) != 0 {
		return nil, fmt.Errorf("%w: %d bytes follow a witness", ErrPSBT, len(r.rest))
	}
	return witness, nil
}
