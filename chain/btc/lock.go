package btc

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// lock is how a coin is locked: which keys open it, and over what they sign.
type lock struct {
	Script
	code      []byte   // the script that signatures commit to
	hash      []byte   // of the one key, if there is one
	threshold int      // of a multisig
	keys      [][]byte // of a multisig, in the order of the script
}

// readLock takes an output script apart, with the scripts that a PSBT claims are behind its hashes. A script whose hash
// is another gives ErrCoin, a script that is not one of the known kinds ErrScript.
func readLock(output, redeem, witness []byte) (lock, error) {
	l := lock{Script: Script{Output: output, Redeem: redeem, Witness: witness}}
	program := output
	switch {
	case txscript.IsPayToScriptHash(output):
		if !bytes.Equal(payToScriptHash(redeem), output) {
			return l, fmt.Errorf("%w: its redeem script is not the one of its address", ErrCoin)
		}
		program = redeem
	case redeem != nil:
		return l, fmt.Errorf("%w: a redeem script where there can be none", ErrCoin)
	}
	wrapped := redeem != nil
	switch {
	case txscript.IsPayToWitnessPubKeyHash(program):
		l.Type, l.code, l.hash = either(wrapped, P2SHP2WPKH, P2WPKH), program, program[2:]
	case txscript.IsPayToWitnessScriptHash(program):
		if hash := sha256.Sum256(witness); !bytes.Equal(hash[:], program[2:]) {
			return l, fmt.Errorf("%w: its witness script is not the one of its address", ErrCoin)
		}
		return l, l.setMultisig(either(wrapped, P2SHP2WSH, P2WSH), witness)
	case wrapped:
		if err := l.setMultisig(P2SH, redeem); err != nil {
			return l, err
		}
	case txscript.IsPayToPubKeyHash(program):
		l.Type, l.code, l.hash = P2PKH, program, program[3:23]
	default:
		return l, fmt.Errorf("%w: %v", ErrScript, txscript.GetScriptClass(program))
	}
	if witness != nil {
		return l, fmt.Errorf("%w: a witness script where there can be none", ErrCoin)
	}
	return l, nil
}

func either(wrapped bool, inside, plain ScriptType) ScriptType {
	if wrapped {
		return inside
	}
	return plain
}

func (l *lock) setMultisig(t ScriptType, script []byte) (err error) {
	var ok bool
	l.Type, l.code = t, script
	if l.threshold, l.keys, ok = parseMultisig(script); !ok {
		err = fmt.Errorf("%w: %v, and not of the multisig kind", ErrScript, t)
	}
	return err
}

// holds says whether a key, compressed, is one of those that open the lock.
func (l lock) holds(public [33]byte) bool {
	if l.hash != nil {
		return bytes.Equal(l.hash, address.Hash160(public[:]))
	}
	for _, k := range l.keys {
		if bytes.Equal(k, public[:]) {
			return true
		}
	}
	return false
}

// digest is what a signature for input i of tx is over: the hash of BIP-143 in segwit, which commits to the amount, and
// the original one elsewhere.
func (l lock) digest(tx *wire.MsgTx, hashes *txscript.TxSigHashes, i int, amount int64,
	kind txscript.SigHashType) ([32]byte, error) {
	var digest []byte
	var err error
	if l.Type.segwit() {
		digest, err = txscript.CalcWitnessSigHash(l.code, hashes, kind, tx, i, amount)
	} else {
		digest, err = txscript.CalcSignatureHash(l.code, kind, tx, i)
	}
	if err != nil {
		return [32]byte{}, fmt.Errorf("input %d: %w", i, err)
	}
	return [32]byte(digest), nil
}

// open makes what the spender shows, of signatures by public key. It gives false when there are not enough of them.
// More than enough are left out: a script that wants two takes two.
func (l lock) open(signatures map[[33]byte][]byte) (sigScript []byte, witness wire.TxWitness, ok bool) {
	var stack [][]byte
	if l.hash != nil {
		for public, signature := range signatures {
			if l.holds(public) {
				stack = [][]byte{signature, public[:]}
			}
		}
		ok = stack != nil
	} else {
		stack, ok = l.openMultisig(signatures)
	}
	if !ok {
		return nil, nil, false
	}
	sigScript, witness = l.show(stack)
	return sigScript, witness, true
}

// show puts a stack where the script expects it, behind it the redeem script. An item that is
// too long gives a script that no engine accepts.
func (l lock) show(stack wire.TxWitness) (sigScript []byte, witness wire.TxWitness) {
	if l.Type.segwit() {
		witness, stack = stack, nil
	}
	b := txscript.NewScriptBuilder()
	for _, item := range stack {
		b.AddData(item)
	}
	if l.Redeem != nil {
		b.AddData(l.Redeem)
	}
	sigScript, _ = b.Script()
	return sigScript, witness
}

// openMultisig begins with an empty item, which the script takes off the stack for no reason (BIP-147).
func (l lock) openMultisig(signatures map[[33]byte][]byte) (stack [][]byte, ok bool) {
	stack = [][]byte{nil}
	for _, k := range l.keys {
		if signature, found := signatures[[33]byte(k)]; found && len(stack) <= l.threshold {
			stack = append(stack, signature)
		}
	}
	ok = len(stack) == l.threshold+1
	if l.Witness != nil {
		stack = append(stack, l.Witness)
	}
	return stack, ok
}
