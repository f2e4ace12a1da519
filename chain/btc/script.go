package btc

import (
	"crypto/sha256"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/txscript/v2"
)

// ScriptType is a way to lock a coin.
type ScriptType int

// The kinds of scripts. Those with one key come first; the others hold a multisig script.
const (
	P2PKH      ScriptType = iota // to the hash of a key: addresses 1…, BIP-44
	P2SHP2WPKH                   // the same in segwit, wrapped: 3…, BIP-49
	P2WPKH                       // the same in segwit: bc1q…, BIP-84
	P2SH                         // multisig, 3…
	P2SHP2WSH                    // multisig in segwit, wrapped: 3…
	P2WSH                        // multisig in segwit: bc1q…, long
)

var scriptNames = []string{"p2pkh", "p2sh-p2wpkh", "p2wpkh", "p2sh", "p2sh-p2wsh", "p2wsh"}

// String is the name that wallets use: "p2sh-p2wpkh".
func (t ScriptType) String() string {
	if t < 0 || int(t) >= len(scriptNames) {
		return "unknown script"
	}
	return scriptNames[t]
}

// segwit says whether signatures commit to the coin's amount (BIP-143).
func (t ScriptType) segwit() bool { return t != P2PKH && t != P2SH }

// Script is what an address stands for: the script in the output, and what its spender must show besides.
type Script struct {
	Type    ScriptType
	Output  []byte // scriptPubKey
	Redeem  []byte // what an output P2SH hashes, or nil
	Witness []byte // what a P2WSH program hashes, or nil
}

// KeyScript is the script of one of the types with one key. Public keys are compressed: segwit knows no others
// (BIP-143), and no card here has ever used another.
func KeyScript(t ScriptType, public [33]byte) (Script, error) {
	hash := address.Hash160(public[:])
	program := append([]byte{txscript.OP_0, 20}, hash...)
	switch t {
	case P2PKH:
		return Script{Type: t, Output: payToKeyHash(hash)}, nil
	case P2WPKH:
		return Script{Type: t, Output: program}, nil
	case P2SHP2WPKH:
		return Script{Type: t, Output: payToScriptHash(program), Redeem: program}, nil
	}
	return Script{}, ErrScript
}

func payToKeyHash(hash []byte) []byte {
	script := append([]byte{txscript.OP_DUP, txscript.OP_HASH160, 20}, hash...)
	return append(script, txscript.OP_EQUALVERIFY, txscript.OP_CHECKSIG)
}

func payToScriptHash(redeem []byte) []byte {
	script := append([]byte{txscript.OP_HASH160, 20}, address.Hash160(redeem)...)
	return append(script, txscript.OP_EQUAL)
}

func payToWitnessScriptHash(witness []byte) []byte {
	hash := sha256.Sum256(witness)
	return append([]byte{txscript.OP_0, 32}, hash[:]...)
}

// multisigScript puts a multisig script (BIP-383) where t wants it. The keys are taken in the order given.
func multisigScript(t ScriptType, threshold int, keys [][]byte) (Script, error) {
	b := txscript.NewScriptBuilder().AddInt64(int64(threshold))
	for _, k := range keys {
		b.AddData(k)
	}
	script, err := b.AddInt64(int64(len(keys))).AddOp(txscript.OP_CHECKMULTISIG).Script()
	if err != nil {
		return Script{}, err
	}
	program := payToWitnessScriptHash(script)
	switch t {
	case P2SH:
		return Script{Type: t, Output: payToScriptHash(script), Redeem: script}, nil
	case P2WSH:
		return Script{Type: t, Output: program, Witness: script}, nil
	case P2SHP2WSH:
		return Script{Type: t, Output: payToScriptHash(program), Redeem: program, Witness: script}, nil
	}
	return Script{}, ErrScript
}

// parseMultisig is the inverse: threshold and keys of a multisig script, ok only for one with 33-byte keys.
func parseMultisig(script []byte) (threshold int, keys [][]byte, ok bool) {
	t := txscript.MakeScriptTokenizer(0, script)
	threshold, ok = nextNumber(&t)
	if !ok {
		return 0, nil, false
	}
	for t.Next() && len(t.Data()) == 33 {
		keys = append(keys, t.Data())
	}
	count, ok := number(&t)
	last := t.Next() && t.Opcode() == txscript.OP_CHECKMULTISIG
	ok = ok && last && t.Done() && t.Err() == nil
	return threshold, keys, ok && count == len(keys) && threshold >= 1 && threshold <= count && count <= maxKeys
}

// maxKeys is how many keys a multisig script holds at most (consensus).
const maxKeys = 20

func nextNumber(t *txscript.ScriptTokenizer) (int, bool) {
	if !t.Next() {
		return 0, false
	}
	return number(t)
}

// number reads the number at t: 1 to 16 are opcodes, those up to 20 one byte of data.
func number(t *txscript.ScriptTokenizer) (int, bool) {
	if op := t.Opcode(); op >= txscript.OP_1 && op <= txscript.OP_16 {
		return int(op-txscript.OP_1) + 1, true
	}
	if d := t.Data(); len(d) == 1 && d[0] > 16 && d[0] <= maxKeys {
		return int(d[0]), true
	}
	return 0, false
}
