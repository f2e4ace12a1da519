package vault

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/rpc"

	"tapcard.example/paycard"
)

// Reason is why a payment does not settle (Reason.sol; the numbers are part of the contracts' interface).
type Reason uint8

// The reasons.
const (
	None Reason = iota
	BadSignature
	NotBound
	Frozen
	Revoked
	ZeroAmount
	OverPayment
	OverBalance
	CounterUsed
	CounterOld
	Cooldown
	OverDay
	OverMonth
	Unregistered
	Room
	PaysItself
	Unattested
	BadAnchor
	Cosigner
	NotApproved
)

// sentences say it to the person at the terminal.
var sentences = [...]string{
	None:         "it settles",
	BadSignature: "the card's signature is none",
	NotBound:     "the card has no purse here",
	Frozen:       "its owner froze the purse",
	Revoked:      "its owner revoked the card",
	ZeroAmount:   "there is nothing to pay",
	OverPayment:  "the amount is above the purse's limit for one payment",
	OverBalance:  "the purse does not hold that much",
	CounterUsed:  "a payment with this counter has settled before",
	CounterOld:   "the payment is older than the card's last sixteen",
	Cooldown:     "it is too soon after the card's last payment",
	OverDay:      "the amount is above what is left of the purse's day",
	OverMonth:    "the amount is above what is left of the purse's month",
	Unregistered: "the payee is no registered merchant",
	Room:         "the merchant may take no more today: its stake is too small for that",
	PaysItself:   "payee and card are the same key",
	Unattested:   "the card's owner wants merchants attested, and this one is not",
	BadAnchor:    "the payment's anchor is too old, too new, or of another chain",
	Cosigner:     "it needs the owner's phone too",
	NotApproved:  "only what was approved before still settles, and this was not",
}

// String says it to people, in the middle of a sentence.
func (r Reason) String() string {
	if int(r) < len(sentences) {
		return sentences[r]
	}
	return fmt.Sprintf("reason %d", uint8(r))
}

// Refused is what the contracts say when they do nothing.
type Refused struct {
	Name   string // of the contracts' error: "Refused", "TooEarly" ... (Events.sol)
	Args   []any  // as the ABI gives them
	Reason Reason // for "Refused"
}

// Error says why the contracts refused, to people.
func (r *Refused) Error() string {
	if r.Name == "Refused" {
		return "the vault refused: " + r.Reason.String()
	}
	format, known := errorsByName[r.Name]
	if !known || strings.Count(format, "%v") != len(r.Args) {
		return "the vault refused: " + r.Name + fmt.Sprint(r.Args)
	}
	if r.Name == "TooEarly" || r.Name == "StillAGift" {
		return "the vault refused: " + moments(format, r.Args)
	}
	args := slices.Clone(r.Args)
	if n, ok := args0(args); ok && strings.Contains(format, amountMark) {
		args[0] = paycard.AmountText(n)
	}
	return fmt.Sprintf("the vault refused: "+format, args...)
}

// moments fills in arguments of which the last one is a time. Where only a time is waited for, the block is 0.
func moments(format string, args []any) string {
	out := slices.Clone(args)
	last := len(out) - 1
	if t, ok := out[last].(*big.Int); ok && t.IsUint64() {
		out[last] = Moment(t.Uint64())
	}
	if n, ok := args0(out); ok && n == 0 {
		return fmt.Sprint("not before ", out[last])
	}
	return fmt.Sprintf(format, out...)
}

// Moment writes a time in seconds as people read it, in UTC.
func Moment(seconds uint64) string {
	return time.Unix(int64(min(seconds, 1<<40)), 0).UTC().Format("2006-01-02 15:04:05 UTC")
}

// amountMark follows an argument that is an amount in 1e-6 token, and is shown in the token.
const amountMark = "%v of the token"

// args0 is the first argument, if it is a number of 64 bits.
func args0(args []any) (uint64, bool) {
	if len(args) == 0 {
		return 0, false
	}
	if n, ok := args[0].(*big.Int); ok && n.IsUint64() {
		return n.Uint64(), true
	}
	return 0, false
}

// errorsByName are the contracts' other errors in words, with their arguments (Events.sol).
var errorsByName = map[string]string{
	"AlreadyBound":      "the card has a purse here, or had one",
	"AlreadyRegistered": "this account is a merchant already, or was one",
	"AlreadyRequested":  "that was asked for already",
	"BadLimit":          "a daily or monthly limit is too high to be kept",
	"Expired":           "the signature's deadline has passed, or the days for this are over",
	"Looser":            "that would loosen a limit: ask for it with \"loosen\"",
	"Malformed":         "the batch is cut off, or names a block that is not there",
	"NoMandate":         "there is no such mandate of this card, or it is over",
	"NoProof":           "that proves nothing",
	"NotFree":           "only %v of the token are free",
	"NotInChain":        "that payment is not in the merchant's day",
	"NotOpenable":       "that payment is disputed, given back or decided already",
	"NotRequested":      "nobody asked for that, with just these values, or it was taken back",
	"NotThatDay":        "the day is not over yet, or too long ago",
	"NotTheMerchant":    "only the merchant itself can do that",
	"Nothing":           "there is nothing to do: an amount or an address is zero, or a time is over",
	"OverMaximum":       "the purse may not hold more than %v of the token",
	"OverBond":          "only %v of the token are left of the bond",
	"OverMandate":       "only %v of the token are left of the mandate in this period",
	"RevokedForGood":    "the card was revoked, for good",
	"StakeNeeded":       "the stake is still needed: close first, and wait until payments have matured and cases are settled",
	"StakeTooSmall":     "the stake is too small: it is at least %v of the token",
	"StillAGift":        "the purse is a gift that may be claimed until %v; until then its giver cannot touch it",
	"TooEarly":          "not before block %v, and not before %v",
	"UnknownPurse":      "there is no such purse",
	"Unregistered":      "there is no such merchant",
	"WrongNonce":        "the owner's next number is %v: sign again",
	"WrongSigner":       "somebody else has to sign that",
	"WrongState":        "the case is not at that point",
}

// IsRefused says whether the contracts refused a payment for this reason.
func IsRefused(err error, why Reason) bool {
	var r *Refused
	return errors.As(err, &r) && r.Name == "Refused" && r.Reason == why
}

// reverted is what a reverted call gave back, if an error is about one.
func reverted(err error) []byte {
	var data rpc.DataError
	if !errors.As(err, &data) {
		return nil
	}
	text, _ := data.ErrorData().(string)
	raw, bad := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if bad != nil {
		return nil
	}
	return raw
}

// refusal turns what a node says about a reverted call into *Refused, where it is one of the contracts' errors.
func refusal(err error) error {
	raw := reverted(err)
	if len(raw) < 4 {
		return err
	}
	kind, bad := contractABI.ErrorByID([4]byte(raw))
	if bad != nil {
		return err
	}
	args, bad := kind.Inputs.Unpack(raw[4:])
	if bad != nil {
		return err
	}
	r := &Refused{Name: kind.Name, Args: args}
	if len(args) == 1 && kind.Name == "Refused" {
		number, _ := args[0].(uint8)
		r.Reason = Reason(number)
	}
	return r
}

// Final says that a payment that was refused for this will never settle. Other refusals pass: with the day, with more money in
// the purse, with more stake of the merchant.
func (r *Refused) Final() bool {
	switch r.Reason {
	case BadSignature, NotBound, Revoked, ZeroAmount, CounterUsed, CounterOld, PaysItself, BadAnchor:
		return r.Name == "Refused"
	}
	return false
}
