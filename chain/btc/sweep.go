package btc

import (
	"fmt"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Coin is something to be swept: an output to the P2WPKH address of a key.
type Coin struct {
	ID       [32]byte // of the transaction that made it, in the order of hashing: the reverse of how it is displayed
	Index    uint32
	Previous []byte   // that transaction, whole: it proves what the coin is worth
	Key      [33]byte // compressed
}

// Sweep is how keys are emptied.
type Sweep struct {
	Coins       []Coin
	Destination string // an address of any kind
	FeeRate     FeeRate
	Network     Network
	LowR        bool // the card makes short signatures, as those of Coinkite do; otherwise one byte more is paid for each
}

// SweepPlan is a sweep that is ready to be signed.
type SweepPlan struct {
	PSBT   *Packet `json:"-"`
	Total  int64   `json:"total"`  // satoshi, of all coins
	Fee    int64   `json:"fee"`    // satoshi
	Amount int64   `json:"amount"` // what arrives
	Size   int64   `json:"vsize"`  // virtual bytes; a signature that comes out shorter is paid for all the same
}

// maxSweep is how many coins fit into a transaction that nodes pass on: 100,000 virtual bytes at most (Bitcoin Core,
// MAX_STANDARD_TX_WEIGHT), 68 for each.
const maxSweep = 1_400

// Plan makes the transaction that moves everything to the destination, less the fee. It can be replaced by one with a
// higher fee (BIP-125), in case this one does not get through. Errors: ErrCoin, ErrAddress, and ErrDust when fee or
// dust limit leave nothing to send.
func (s Sweep) Plan() (SweepPlan, error) {
	destination, err := ParseAddress(s.Destination, s.Network)
	if err != nil {
		return SweepPlan{}, err
	}
	if len(s.Coins) == 0 || len(s.Coins) > maxSweep {
		return SweepPlan{}, fmt.Errorf("%w: %d coins to sweep, between 1 and %d can be", ErrCoin, len(s.Coins), maxSweep)
	}
	if s.FeeRate <= 0 || s.FeeRate > maxFeeRate {
		return SweepPlan{}, fmt.Errorf("%w: a fee rate of %v", ErrAmount, s.FeeRate)
	}
	tx, plan := wire.NewMsgTx(2), SweepPlan{}
	scripts := make([]Script, len(s.Coins))
	from := make([]*wire.MsgTx, len(s.Coins))
	for i, c := range s.Coins {
		if from[i], scripts[i], err = c.check(); err != nil {
			return SweepPlan{}, fmt.Errorf("coin %d: %w", i, err)
		}
		if plan.Total, err = addAmounts(plan.Total, from[i].TxOut[c.Index].Value); err != nil {
			return SweepPlan{}, err
		}
		in := wire.NewTxIn(wire.NewOutPoint((*chainhash.Hash)(&c.ID), c.Index), nil, nil)
		in.Sequence = wire.MaxTxInSequenceNum - 2
		tx.AddTxIn(in)
	}
	tx.AddTxOut(wire.NewTxOut(0, destination))
	if err := plan.price(tx, scripts, s); err != nil {
		return SweepPlan{}, err
	}
	tx.TxOut[0].Value = plan.Amount
	return plan, plan.pack(tx, from, scripts)
}

// check holds a coin against the transaction that made it.
func (c Coin) check() (*wire.MsgTx, Script, error) {
	from, err := DecodeTransaction(c.Previous)
	if err != nil {
		return nil, Script{}, fmt.Errorf("%w: %w", ErrCoin, err)
	}
	if from.TxHash() != c.ID || uint64(c.Index) >= uint64(len(from.TxOut)) {
		return nil, Script{}, fmt.Errorf("%w: it is not in the transaction given for it", ErrCoin)
	}
	script, err := KeyScript(P2WPKH, c.Key)
	if err == nil && string(from.TxOut[c.Index].PkScript) != string(script.Output) {
		err = fmt.Errorf("%w: it is not locked to the key given for it", ErrCoin)
	}
	return from, script, err
}

// price finds out the size by signing with zeros, and from it the fee.
func (p *SweepPlan) price(tx *wire.MsgTx, scripts []Script, s Sweep) error {
	signature := longSignature
	if s.LowR {
		signature = lowRSignature
	}
	signed := tx.Copy()
	for i, in := range signed.TxIn {
		l, err := readLock(scripts[i].Output, nil, nil)
		if err != nil {
			return err
		}
		l.pretend(in, signature)
	}
	p.Size = virtualSize(signed)
	p.Fee = s.FeeRate.Fee(p.Size)
	p.Amount = p.Total - p.Fee
	if limit := dustLimit(tx.TxOut[0].PkScript); p.Amount < limit {
		return fmt.Errorf("%w: %s in the coins, a fee of %s at %v, and less than %d satoshi are not passed on", ErrDust,
			FormatAmount(p.Total), FormatAmount(p.Fee), s.FeeRate, limit)
	}
	return nil
}

// pack makes the PSBT, with everything that Sign wants to see.
func (p *SweepPlan) pack(tx *wire.MsgTx, from []*wire.MsgTx, scripts []Script) (err error) {
	if p.PSBT, err = NewPSBT(tx); err != nil {
		return err
	}
	for i := range from {
		p.PSBT.addCoin(i, from[i], scripts[i])
	}
	return p.PSBT.refresh()
}
