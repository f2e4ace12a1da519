package btc

import (
	"errors"
	"fmt"
	"time"

	"github.com/btcsuite/btcd/psbt/v2"
	"github.com/btcsuite/btcd/txscript/v2"

	"tapcard.example/signer"
)

// Options are what a PSBT does not say and its owner may want otherwise. The zero value is strict, and for mainnet.
type Options struct {
	Network Network

	// TrustAmounts accepts coins whose transactions are not in the PSBT (non_witness_utxo). A signature in segwit
	// commits to the amount of its own coin only: shown a wrong amount for one coin in one PSBT and for another in the
	// next, a card would make signatures that together pay a fee nobody saw. With a single input this cannot happen,
	// so there the amount is believed without this option.
	TrustAmounts bool

	// AnySighash signs for less than the whole transaction where the PSBT asks for it: others can change the rest.
	AnySighash bool

	Tip uint32    // height of the chain, to tell how far away a lock time is; 0 if not known
	Now time.Time // the same for lock times that are times; zero if not known
}

// Review is what a transaction does, as far as its PSBT proves it. It marshals to JSON.
type Review struct {
	Network  Network        `json:"-"`
	Inputs   []Input        `json:"inputs"`
	Outputs  []Output       `json:"outputs"`
	Message  *string        `json:"message,omitempty"` // a signed message (BIP-322), and not a transaction
	Fee      int64          `json:"fee"`               // satoshi; -1 if a coin's worth is not known
	Size     int64          `json:"vsize"`             // virtual bytes once it is signed; at least this, when Guessed
	Guessed  bool           `json:"vsize_is_guess,omitempty"`
	LockTime uint32         `json:"lock_time"`
	Summary  signer.Summary `json:"summary"`

	items   []signer.Item
	targets []target
	locks   []lock
	types   []ScriptType // of our coins
}

// Input is one coin that a transaction spends.
type Input struct {
	Transaction string `json:"txid"`
	Index       uint32 `json:"vout"`
	Value       int64  `json:"value"` // satoshi; -1 if not known
	Proven      bool   `json:"proven"`
	Address     string `json:"address,omitempty"`
	Kind        string `json:"kind,omitempty"`
	Signatures  int    `json:"signatures"`       // there already
	Needed      int    `json:"needed,omitempty"` // in all, if the script is known
	Ours        bool   `json:"ours"`
	Path        string `json:"path,omitempty"` // of our key
	Done        bool   `json:"done"`           // needs no signature of ours any more
}

// Output is one payment.
type Output struct {
	Value   int64  `json:"value"`
	Address string `json:"address,omitempty"`
	Script  []byte `json:"script"` // in base64, as JSON has bytes
	Ours    bool   `json:"ours"`
	Change  bool   `json:"change"`
	Path    string `json:"path,omitempty"` // of our key; branch and index for a multisig
	Odd     string `json:"odd,omitempty"`  // why to look twice
}

// target is where a signature goes.
type target struct {
	input  int
	public [33]byte
	kind   txscript.SigHashType
}

// Review says what the transaction does and what a card would sign. It gives what can be said even with an error, which
// is the first reason not to sign: ErrCoin, ErrKey, ErrScript, ErrSighash or ErrAmount.
func (p *Packet) Review(w Wallet, o Options) (*Review, error) {
	tx := p.fields.UnsignedTx
	r := &Review{Network: o.Network, LockTime: tx.LockTime, locks: make([]lock, len(tx.TxIn))}
	fetcher := txscript.NewMultiPrevOutFetcher(nil)
	coins := make([]coin, len(tx.TxIn))
	var problems []error
	for i, in := range tx.TxIn {
		c, err := p.coin(i)
		if err == nil {
			coins[i] = c
			fetcher.AddPrevOut(in.PreviousOutPoint, c.out)
		}
		problems = append(problems, err, p.reviewInput(r, w, i, coins[i]))
	}
	problems = append(problems, r.checkProofs(o), p.reviewOutputs(r, w))
	var err error
	r.Fee, err = r.fee()
	problems = append(problems, err)
	if first := firstOf(problems); first == nil {
		problems = append(problems, p.prepare(r, coins, fetcher, o))
	}
	r.Size, r.Guessed = p.signedSize(r.locks)
	r.Message = p.message(coins)
	r.summarise(tx, o)
	return r, firstOf(problems)
}

func firstOf(problems []error) error {
	for _, err := range problems {
		if err != nil {
			return err
		}
	}
	return nil
}

// reviewInput describes an input and finds the keys that are to sign it.
func (p *Packet) reviewInput(r *Review, w Wallet, i int, c coin) error {
	fields, spent := p.fields.Inputs[i], p.fields.UnsignedTx.TxIn[i].PreviousOutPoint
	in := Input{Transaction: spent.Hash.String(), Index: spent.Index, Value: -1}
	defer func() { r.Inputs = append(r.Inputs, in) }()
	if c.out == nil {
		return nil // which is a problem of its own
	}
	in.Value, in.Proven = c.out.Value, c.proven
	in.Address, _ = AddressOf(c.out.PkScript, r.Network)
	if in.Done = fields.FinalScriptSig != nil || fields.FinalScriptWitness != nil; in.Done {
		return nil // and what its scripts and keys were is not in the PSBT any more
	}
	l, err := p.lock(i, c)
	if err != nil {
		if _, ours := w.names(fields.Bip32Derivation); errors.Is(err, ErrScript) && !ours {
			return nil // somebody else's affair
		}
		return err
	}
	r.locks[i], in.Kind = l, l.Type.String()
	in.Signatures, in.Needed = len(fields.PartialSigs), max(1, l.threshold)
	keys, err := w.keys(fields.Bip32Derivation)
	if err != nil {
		return fmt.Errorf("input %d: %w", i, err)
	}
	for _, k := range keys {
		switch {
		case l.holds(k.compressed()):
			in.Ours, in.Path = true, k.path.String()
			r.types = append(r.types, l.Type)
			r.addTarget(p, i, k, &in)
		case !k.single:
			return fmt.Errorf("%w: input %d is not locked to the key at %v that it names", ErrKey, i, k.path)
		}
	}
	return nil
}

// names says whether a PSBT names a key as one of the wallet's, right or wrong.
func (w Wallet) names(named []*psbt.Bip32Derivation) (ownKey, bool) {
	keys, err := w.keys(named)
	for _, k := range keys {
		if !k.single {
			return k, true
		}
	}
	return ownKey{}, err != nil
}

// addTarget notes a signature to make, unless it is there already.
func (r *Review) addTarget(p *Packet, i int, k ownKey, in *Input) {
	public := k.compressed()
	if _, in.Done = p.inputs[i].find(append([]byte{inPartialSig}, public[:]...)); in.Done {
		return
	}
	r.targets = append(r.targets, target{input: i, public: public})
	r.items = append(r.items, signer.Item{Path: k.path, PublicKey: k.public})
}

// checkProofs wants every coin's transaction as soon as there are several coins; see Options.TrustAmounts. It wants
// those of other people's coins too, and of every kind of script: without it, whose a coin is and of which kind are
// claims as well, and a coin of ours can be passed off as somebody else's.
func (r *Review) checkProofs(o Options) error {
	if len(r.Inputs) < 2 || o.TrustAmounts {
		return nil
	}
	for i, in := range r.Inputs {
		if in.Value >= 0 && !in.Proven {
			return fmt.Errorf("%w: input %d comes without its transaction (non_witness_utxo), so its amount, "+
				"and with it the fee, could be a lie", ErrCoin, i)
		}
	}
	return nil
}

// reviewOutputs describes the outputs. A key that an output names wrongly is a warning and no more: money is then going
// to somebody else than said, and the output is shown as going there.
func (p *Packet) reviewOutputs(r *Review, w Wallet) error {
	for i, out := range p.fields.UnsignedTx.TxOut {
		if out.Value < 0 || out.Value > MaxMoney {
			return fmt.Errorf("%w: output %d pays %d satoshi", ErrAmount, i, out.Value)
		}
		o := Output{Value: out.Value, Script: out.PkScript}
		o.Address, _ = AddressOf(out.PkScript, r.Network)
		b, ours, err := w.recognise(out.PkScript, p.fields.Outputs[i], r.types)
		if err != nil {
			o.Odd = "said to be ours, with a key that is not: " + err.Error()
		}
		if ours {
			o.Ours, o.Change, o.Path, o.Odd = true, b.change, b.path.String(), b.odd
		}
		r.Outputs = append(r.Outputs, o)
	}
	return nil
}

// fee is what the coins are worth more than the payments.
func (r *Review) fee() (int64, error) {
	var in, out int64
	var err error
	for _, o := range r.Outputs {
		if out, err = addAmounts(out, o.Value); err != nil {
			return -1, err
		}
	}
	for _, i := range r.Inputs {
		if i.Value < 0 {
			return -1, nil
		}
		if in, err = addAmounts(in, i.Value); err != nil {
			return -1, err
		}
	}
	if out > in {
		return -1, fmt.Errorf("%w: coins of %s, payments of %s", ErrAmount, FormatAmount(in), FormatAmount(out))
	}
	return in - out, nil
}
