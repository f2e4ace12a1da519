package btc

import (
	"fmt"

	"github.com/btcsuite/btcd/txscript/v2"
)

// prepare computes the digests, once nothing speaks against signing.
func (p *Packet) prepare(r *Review, coins []coin, fetcher txscript.PrevOutputFetcher, o Options) error {
	tx := p.fields.UnsignedTx
	if len(r.targets) == 0 {
		return nil
	}
	for i := range coins {
		if coins[i].out == nil {
			return fmt.Errorf("%w: input %d", ErrCoin, i)
		}
	}
	hashes := txscript.NewTxSigHashes(tx, fetcher)
	for i := range r.targets {
		t := &r.targets[i]
		kind, err := p.sighash(t.input, o)
		if err != nil {
			return err
		}
		t.kind = kind
		r.items[i].Digest, err = r.locks[t.input].digest(tx, hashes, t.input, coins[t.input].out.Value, kind)
		if err != nil {
			return err
		}
	}
	return nil
}

// sighash is what the signature for an input is to cover: everything, unless the PSBT asks for less and the owner too.
func (p *Packet) sighash(i int, o Options) (txscript.SigHashType, error) {
	asked, given, err := p.inputs[i].number(inSighash)
	if err != nil {
		return 0, err
	}
	kind := txscript.SigHashType(asked)
	if !given || kind == txscript.SigHashAll {
		return txscript.SigHashAll, nil
	}
	base := kind &^ txscript.SigHashAnyOneCanPay
	switch {
	case base < txscript.SigHashAll || base > txscript.SigHashSingle:
		return 0, fmt.Errorf("%w: input %d asks for %#x, which is no kind of signature", ErrSighash, i, asked)
	case base == txscript.SigHashSingle && i >= len(p.outputs):
		// Without an output to match, the original scheme signs the number one: good for every such transaction.
		return 0, fmt.Errorf("%w: input %d asks for SINGLE and has no output", ErrSighash, i)
	case !o.AnySighash:
		return 0, fmt.Errorf("%w: input %d asks for %s, not ALL", ErrSighash, i, sighashName(kind))
	}
	return kind, nil
}

func sighashName(kind txscript.SigHashType) string {
	name := map[txscript.SigHashType]string{txscript.SigHashAll: "ALL", txscript.SigHashNone: "NONE",
		txscript.SigHashSingle: "SINGLE"}[kind&^txscript.SigHashAnyOneCanPay]
	if kind&txscript.SigHashAnyOneCanPay != 0 {
		name += "|ANYONECANPAY"
	}
	return name
}
