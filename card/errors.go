package card

import (
	"errors"
	"fmt"
	"time"

	"tapcard.example/iso7816"
)

// Kinds of failure, for errors.Is. A kind says what a program can do about it; Error.Op says what was being done.
var (
	ErrAuthRequired  = errors.New("the card wants a PIN or a secure channel first")
	ErrWrongPIN      = errors.New("wrong code")             // see PINError for the tries left
	ErrBlocked       = errors.New("blocked, no tries left") // PIN or PUK
	ErrConditions    = errors.New("not allowed in the card's present state")
	ErrWrongData     = errors.New("the card refuses the data")
	ErrNotFound      = errors.New("not found on the card")
	ErrNoSpace       = errors.New("no room left on the card")
	ErrUnsupported   = errors.New("the card does not know this command")
	ErrInvalidKey    = errors.New("the path leads to an invalid key")
	ErrInternal      = errors.New("the card reports an internal error")
	ErrUnexpectedSW  = errors.New("unexpected status word")
	ErrRateLimited   = errors.New("the card asks to wait") // see RateLimitError for how long
	ErrBadResponse   = errors.New("the card's answer is malformed")
	ErrBadMAC        = errors.New("the secure channel is broken")
	ErrBadCert       = errors.New("the certificate does not verify")
	ErrBadSignature  = errors.New("the signature does not verify")
	ErrCardMismatch  = errors.New("another card than expected")
	ErrRemoved       = errors.New("the card was removed")
	ErrReset         = errors.New("the card was reset by somebody else")
	ErrSharing       = errors.New("another program holds the reader")
	ErrReader        = errors.New("the reader failed")
	ErrNoReader      = errors.New("no reader")
	ErrNoCard        = errors.New("no card in the reader")
	ErrManyCards     = errors.New("more than one card fits")
	ErrNoService     = errors.New("the smart card service is not running")
	ErrInterrupted   = errors.New("interrupted while the card was working")
	ErrPoisoned      = errors.New("the connection is closed after an interrupted exchange")
	ErrLastTry       = errors.New("refusing to spend the last try")
	ErrPairing       = errors.New("the pairing fails") // wrong pairing password, or a pairing the card has forgotten
	ErrUnknownApplet = errors.New("the card holds no applet that is known here")
)

// Error is a failure of one operation on a card. errors.Is finds Kind and Err; SW is the status word behind it, or 0.
type Error struct {
	Op   string // what was being done, in the field's words: "VERIFY PIN"
	SW   iso7816.Status
	Kind error
	Err  error // detail, may be nil
}

// Error is one line: operation, kind, detail, status word.
func (e *Error) Error() string {
	msg := e.Op + ": " + e.Kind.Error()
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	if e.SW != 0 {
		msg += fmt.Sprintf(" (%v)", e.SW)
	}
	return msg
}

// Unwrap gives errors.Is and errors.As the kind and the detail.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// PINError is the detail of ErrWrongPIN and ErrBlocked: how many tries remain.
type PINError struct{ Remaining int }

// Error says how many tries are left.
func (e *PINError) Error() string {
	if e.Remaining == 1 {
		return "1 try left"
	}
	return fmt.Sprintf("%d tries left", e.Remaining)
}

// RateLimitError is the detail of ErrRateLimited: how long the card wants to be left alone.
type RateLimitError struct{ Wait time.Duration }

// Error says how long to wait.
func (e *RateLimitError) Error() string { return fmt.Sprintf("wait %v", e.Wait) }
