package btc

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/wire/v2"
)

// coin is what an input spends.
type coin struct {
	out *wire.TxOut
	// proven says that the transaction that made the coin is in the PSBT. Without it the amount is a claim.
	proven bool
}

// coin finds out what input i spends. It fails with ErrCoin when the PSBT does not say, or contradicts itself.
func (p *Packet) coin(i int) (coin, error) {
	in, spent := p.fields.Inputs[i], p.fields.UnsignedTx.TxIn[i].PreviousOutPoint
	claimed := in.WitnessUtxo
	if in.NonWitnessUtxo == nil {
		if claimed == nil {
			return coin{}, fmt.Errorf("%w: input %d: neither the coin nor its transaction is given", ErrCoin, i)
		}
		return checkAmount(coin{out: claimed}, i)
	}
	if in.NonWitnessUtxo.TxHash() != spent.Hash {
		return coin{}, fmt.Errorf("%w: input %d: another transaction is given than the one spent from", ErrCoin, i)
	}
	if uint64(spent.Index) >= uint64(len(in.NonWitnessUtxo.TxOut)) {
		return coin{}, fmt.Errorf("%w: input %d: its transaction has no output %d", ErrCoin, i, spent.Index)
	}
	real := in.NonWitnessUtxo.TxOut[spent.Index]
	if claimed != nil && (claimed.Value != real.Value || !bytes.Equal(claimed.PkScript, real.PkScript)) {
		return coin{}, fmt.Errorf("%w: input %d: the coin is said to be another than in its transaction", ErrCoin, i)
	}
	return checkAmount(coin{real, true}, i)
}

func checkAmount(c coin, i int) (coin, error) {
	if c.out.Value < 0 || c.out.Value > MaxMoney {
		return coin{}, fmt.Errorf("%w: input %d: the coin is worth %d satoshi", ErrCoin, i, c.out.Value)
	}
	return c, nil
}

// lock reads the scripts of input i, a coin that was found.
func (p *Packet) lock(i int, c coin) (lock, error) {
	in := p.fields.Inputs[i]
	l, err := readLock(c.out.PkScript, in.RedeemScript, in.WitnessScript)
	if err != nil {
		return l, fmt.Errorf("input %d: %w", i, err)
	}
	if !l.Type.segwit() && !c.proven {
		// Such a signature does not commit to the amount, so the amount would be anybody's guess.
		return l, fmt.Errorf("%w: input %d is %v and comes without its transaction (non_witness_utxo)", ErrCoin, i, l.Type)
	}
	return l, nil
}
