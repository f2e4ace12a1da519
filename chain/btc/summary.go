package btc

import (
	"fmt"
	"time"

	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"tapcard.example/signer"
)

// What makes a fee absurd: more than this for a byte, or more than a share of everything that is paid. Real fees have
// reached such rates for hours, so it is a warning and not an error.
const (
	absurdRate  = FeeRate(500_000) // satoshi per 1000 virtual bytes
	absurdShare = 10               // percent
	smallFee    = 10_000           // satoshi that nobody calls absurd whatever their share
)

// summarise writes what the user is asked to approve.
func (r *Review) summarise(tx *wire.MsgTx, o Options) {
	if r.Message != nil {
		r.summariseMessage()
		return
	}
	s := &r.Summary
	s.Title = "Bitcoin transaction"
	if r.Network != Mainnet {
		s.Title += " on " + r.Network.String()
	}
	for i, out := range r.Outputs {
		r.summariseOutput(i, out)
	}
	r.summariseInputs()
	r.summariseFee()
	r.summariseLockTime(tx, o)
	r.warnOfRepeats()
	r.warnOfSighash()
	if tx.Version < 1 || tx.Version > 3 {
		s.Warn("the transaction has version %d, which no wallet makes", tx.Version)
	}
}

func (r *Review) summariseOutput(i int, out Output) {
	s := &r.Summary
	to := out.Address
	if to == "" {
		to = scriptText(out.Script)
	}
	text := fmt.Sprintf("%s to %s", FormatAmount(out.Value), to)
	switch {
	case out.Ours && out.Odd != "":
		s.Flag(returns(out), "%s (our %v), %s", text, out.Path, out.Odd)
		s.Warn("output %d returns to this wallet %s", i, out.Odd)
	case out.Ours:
		s.Add(returns(out), "%s (our %v)", text, out.Path)
	case out.Odd != "":
		s.Flag("Pay", "%s, %s", text, out.Odd)
		s.Warn("output %d is %s", i, out.Odd)
	case out.Address == "" && !txscript.IsNullData(out.Script):
		s.Flag("Pay", "%s", text)
		s.Warn("output %d pays to a script that has no address", i)
	default:
		s.Add("Pay", "%s", text)
	}
	if limit := dustLimit(out.Script); out.Value < limit {
		s.Warn("output %d pays %d satoshi, which is dust: nodes do not pass on less than %d", i, out.Value, limit)
	}
	if limit := dustLimit(out.Script); limit == 0 && out.Value > 0 {
		s.Warn("output %d destroys %s: nobody can ever spend it", i, FormatAmount(out.Value))
	}
}

func returns(out Output) string {
	if out.Change {
		return "Change"
	}
	return "To self"
}

// scriptText shows a script without an address: data as text, anything else in hex.
func scriptText(script []byte) string {
	const most = 80
	if data, err := txscript.PushedData(script); err == nil && txscript.IsNullData(script) && len(data) == 1 {
		text, _ := signer.Printable(string(data[0][:min(most, len(data[0]))]))
		return fmt.Sprintf("data “%s” (%x)", text, data[0][:min(most, len(data[0]))])
	}
	return fmt.Sprintf("script %x", script[:min(most, len(script))])
}

// summariseInputs says how many coins are spent, and how much leaves the wallet with them.
func (r *Review) summariseInputs() {
	s := &r.Summary
	var ours, others, done int
	var mine int64
	for _, in := range r.Inputs {
		switch {
		case in.Ours:
			ours++
			mine += max(0, in.Value)
		case in.Done:
			done++
		default:
			others++
		}
	}
	for _, out := range r.Outputs {
		if out.Ours {
			mine -= out.Value
		}
	}
	s.Add("Coins", "%d of this wallet", ours)
	if done > 0 {
		s.Add("Coins", "%d signed already", done)
	}
	if others > 0 {
		s.Flag("Coins", "%d not of this wallet", others)
		s.Warn("%d of the inputs are not this card's: others must sign too, and can keep the transaction back", others)
	}
	if ours > 0 {
		s.Add("Leaves the wallet", "%s", FormatAmount(mine))
	}
	for i, in := range r.Inputs {
		if in.Value >= 0 && !in.Proven && len(r.Inputs) > 1 {
			s.Warn("the amount of input %d is not proven: the fee may be more than shown", i)
		}
	}
}

func (r *Review) summariseFee() {
	s := &r.Summary
	if r.Fee < 0 {
		s.Flag("Fee", "not known")
		s.Warn("the fee is not known: the PSBT does not say what all coins are worth")
		return
	}
	var paid int64
	for _, out := range r.Outputs {
		paid += out.Value
	}
	rate := feeRateOf(r.Fee, r.Size)
	about := ""
	if r.Guessed {
		about = "at most "
	}
	text := fmt.Sprintf("%s, %s%.1f sat/vB", FormatAmount(r.Fee), about, float64(rate)/1000)
	share := r.Fee > smallFee && r.Fee*100 > paid*absurdShare
	if rate <= absurdRate && !share {
		s.Add("Fee", "%s", text)
		return
	}
	s.Flag("Fee", "%s", text)
	if share {
		s.Warn("the fee is more than %d %% of what is paid", absurdShare)
	}
	if rate > absurdRate {
		s.Warn("the fee is more than %v", absurdRate)
	}
}

// summariseLockTime says from when a transaction can be mined. It has no effect if every input is final.
func (r *Review) summariseLockTime(tx *wire.MsgTx, o Options) {
	final, replaceable := true, false
	for _, in := range tx.TxIn {
		final = final && in.Sequence == wire.MaxTxInSequenceNum
		replaceable = replaceable || in.Sequence < wire.MaxTxInSequenceNum-1 // BIP-125
	}
	s := &r.Summary
	if replaceable {
		s.Add("Replaceable", "yes, by one with a higher fee")
	}
	if final || r.LockTime == 0 {
		return
	}
	if r.LockTime >= lockTimeIsTime {
		when := time.Unix(int64(r.LockTime), 0).UTC()
		s.Add("Not before", "%s", when.Format(time.DateTime)+" UTC")
		if o.Now.Before(when) {
			s.Warn("the transaction cannot be mined before %s UTC", when.Format(time.DateTime))
		}
		return
	}
	s.Add("Not before", "block %d", r.LockTime)
	switch {
	case o.Tip == 0:
		s.Warn("the transaction cannot be mined before block %d, and the height of the chain is not known here", r.LockTime)
	case r.LockTime > o.Tip:
		s.Warn("the transaction cannot be mined before block %d, %d from now", r.LockTime, r.LockTime-o.Tip)
	}
}

// warnOfRepeats finds payments to one address twice, a sign of a slip.
func (r *Review) warnOfRepeats() {
	seen := map[string]bool{}
	for i, out := range r.Outputs {
		if seen[string(out.Script)] && out.Value > 0 {
			r.Summary.Warn("output %d pays to the same address as one before it", i)
		}
		seen[string(out.Script)] = true
	}
}

func (r *Review) warnOfSighash() {
	for _, t := range r.targets {
		if t.kind != 0 && t.kind != txscript.SigHashAll {
			name := sighashName(t.kind)
			r.Summary.Flag("Signature", "input %d: %s", t.input, name)
			r.Summary.Warn("the signature for input %d is of kind %s: others can change the transaction after it", t.input, name)
		}
	}
}
