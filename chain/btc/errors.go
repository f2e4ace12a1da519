package btc

import "errors"

// Kinds of failure, for errors.Is. Each wraps a sentence that says what exactly is wrong.
var (
	ErrPSBT        = errors.New("not a valid PSBT")
	ErrTransaction = errors.New("not a valid transaction")
	ErrCoin        = errors.New("the PSBT does not prove what a coin is worth")   // or contradicts itself about it
	ErrKey         = errors.New("the PSBT names a key that is not where it says") // path, key and script must agree
	ErrNotOurs     = errors.New("no input of this transaction is for this card")  // or all are signed already
	ErrSighash     = errors.New("a signature would not cover the whole transaction")
	ErrScript      = errors.New("a script of a kind that is not known here")
	ErrAmount      = errors.New("amounts that do not add up")
	ErrIncomplete  = errors.New("signatures are missing")
	ErrAddress     = errors.New("not a valid address")
	ErrDescriptor  = errors.New("not a usable descriptor")
	ErrDust        = errors.New("an amount that is not worth its own fee")
	ErrSignature   = errors.New("the signature is not valid for this message and address")
	ErrUnsure      = errors.New("cannot tell whether the signature is valid") // a script or version not understood
)
