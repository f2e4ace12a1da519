package btc

import (
	"github.com/btcsuite/btcd/wire/v2"
)

// The length of a signature with its kind. Low S makes it 72 bytes at most; cards that also look for a low R, as those
// of Coinkite do, 71. One in 128 is a byte shorter still.
const (
	longSignature = 72
	lowRSignature = 71
)

// signedSize is how large the transaction will be, in virtual bytes. guessed says that the scripts of some inputs are
// not known, and it will be larger.
func (p *Packet) signedSize(locks []lock) (size int64, guessed bool) {
	tx := p.Unsigned()
	for i, in := range tx.TxIn {
		fields := p.fields.Inputs[i]
		if fields.FinalScriptSig != nil || fields.FinalScriptWitness != nil {
			in.SignatureScript = fields.FinalScriptSig
			in.Witness, _ = decodeWitness(fields.FinalScriptWitness)
			continue
		}
		guessed = !locks[i].pretend(in, longSignature) || guessed
	}
	return virtualSize(tx), guessed
}

// pretend opens a lock with signatures of zeros, for their size.
func (l lock) pretend(in *wire.TxIn, signature int) bool {
	if l.code == nil {
		return false
	}
	if l.hash != nil {
		// The key is not known, only its hash. For the size any will do.
		stack := wire.TxWitness{make([]byte, signature), make([]byte, 33)}
		in.SignatureScript, in.Witness = l.show(stack)
		return true
	}
	zeros := map[[33]byte][]byte{}
	for _, k := range l.keys {
		zeros[[33]byte(k)] = make([]byte, signature)
	}
	var ok bool
	in.SignatureScript, in.Witness, ok = l.open(zeros)
	return ok
}
