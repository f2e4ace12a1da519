package wire

import (
	"errors"

	"tapcard.example/iso7816"
)

// Kind sorts refusals by what a program can do about them. The host turns kinds into its own errors.
type Kind int

// The kinds of refusals.
const (
	KindUnexpected   Kind = iota // no such status word
	KindAuthRequired             // channel or code first
	KindWrongCode                // the access code is wrong; the answer says how long to wait
	KindWait                     // too early after wrong codes
	KindConditions               // not in the card's present state
	KindWrongData                // malformed, or not acceptable
	KindBadCert                  // a certificate does not verify
	KindBadSignature             // a signature or a bundle does not verify
	KindMismatch                 // another card than it should be
	KindInvalidKey               // BIP-32 has no key there
	KindUnsupported              // unknown command or class
	KindInternal                 // the card failed
)

// Refusal is a reason for which one side does not accept what the other sent. Cards send it as a status word; the host
// finds the same value again with FromStatus (PROTOCOL.md, Status words).
type Refusal struct {
	SW   iso7816.Status
	Kind Kind
	text string
}

// Error is one line: what is wrong.
func (r *Refusal) Error() string { return r.text }

// All the refusals there are.
var (
	ErrWrongCode  = &Refusal{0x6300, KindWrongCode, "the access code is wrong"}
	ErrLength     = &Refusal{iso7816.WrongLength, KindWrongData, "the message has the wrong length"}
	ErrAuth       = &Refusal{iso7816.SecurityNotSatisfied, KindAuthRequired, "the channel and the access code come first"}
	ErrWait       = &Refusal{iso7816.AuthenticationBlocked, KindWait, "the card compares no code yet, after wrong ones"}
	ErrFormat     = &Refusal{iso7816.WrongData, KindWrongData, "the message is malformed"}
	ErrParameters = &Refusal{iso7816.WrongP1P2, KindWrongData, "P1 or P2 is out of range"}
	ErrVersion    = &Refusal{0x6AE0, KindWrongData, "the message is of another version of the protocol"}
	ErrMaker      = &Refusal{0x6AE1, KindBadCert, "the certificate is not by this card's maker"}
	ErrMixed      = &Refusal{0x6AE2, KindWrongData, "one card is software and the other is not"}
	ErrSelf       = &Refusal{0x6AE3, KindMismatch, "a card cannot be linked with itself"}
	ErrTwice      = &Refusal{0x6AE4, KindMismatch, "the same card is there twice"}
	ErrCount      = &Refusal{0x6AE5, KindWrongData, "the number of cards is wrong; sets have two or three"}
	ErrOrder      = &Refusal{0x6AE6, KindWrongData, "slots, order or set of the cards are wrong"}
	ErrPoint      = &Refusal{0x6AE7, KindWrongData, "a key is not a point of secp256k1"}
	ErrSignature  = &Refusal{0x6AE8, KindBadSignature, "a signature does not verify; the message was changed"}
	ErrOtherCard  = &Refusal{0x6AE9, KindMismatch, "the bundle is for another card"}
	ErrStale      = &Refusal{0x6AEA, KindConditions, "the bundle is not of this run"}
	ErrBundle     = &Refusal{0x6AEB, KindBadSignature, "the bundle does not open, or holds nonsense"}
	ErrNonce      = &Refusal{0x6AEC, KindWrongData, "the nonce is all zero"}
	ErrCode       = &Refusal{0x6AED, KindWrongData, "an access code has 6 to 32 printable ASCII characters"}
	ErrSeed       = &Refusal{0x6AEE, KindWrongData, "not a possible seed"}
	ErrPath       = &Refusal{0x6AEF, KindInvalidKey, "BIP-32 has no key at this path; take the next index"}
	ErrLinked     = &Refusal{0x6AF0, KindConditions, "this card has a key and takes no part; only a reset frees it"}
	ErrNoKey      = &Refusal{0x6AF1, KindConditions, "the card has no key"}
	ErrHasKey     = &Refusal{0x6AF2, KindConditions, "the card has a key already"}
	ErrRunOpen    = &Refusal{0x6AF3, KindConditions, "another backup is under way on this card; finish or abort it"}
	ErrNoRun      = &Refusal{0x6AF4, KindConditions, "no backup is under way on this card"}
	ErrBlank      = &Refusal{0x6AF5, KindConditions, "the card has no certificate yet"}
	ErrCertified  = &Refusal{0x6AF6, KindConditions, "the card was certified before"}
	ErrUnknownINS = &Refusal{iso7816.InsNotSupported, KindUnsupported, "unknown command"}
	ErrUnknownCLA = &Refusal{iso7816.ClaNotSupported, KindUnsupported, "unknown class; is the applet selected?"}
	ErrInternal   = &Refusal{iso7816.Internal, KindInternal, "the card failed"}
	ErrRandom     = &Refusal{0x6F01, KindInternal, "the random source failed"}
	allRefusals   = []*Refusal{ErrWrongCode, ErrLength, ErrAuth, ErrWait, ErrFormat, ErrParameters, ErrVersion, ErrMaker,
		ErrMixed, ErrSelf, ErrTwice, ErrCount, ErrOrder, ErrPoint, ErrSignature, ErrOtherCard, ErrStale, ErrBundle, ErrNonce,
		ErrCode, ErrSeed, ErrPath, ErrLinked, ErrNoKey, ErrHasKey, ErrRunOpen, ErrNoRun, ErrBlank, ErrCertified,
		ErrUnknownINS, ErrUnknownCLA, ErrInternal, ErrRandom}
)

// ErrChannel means that a message did not come out of this channel, or the channel is closed. It is no Refusal: a card
// answers 6982 outside the channel, a host opens another one.
var ErrChannel = errors.New("the secure channel is broken")

// Status is the status word for an error of this package: its refusal's, or 6F00.
func Status(err error) iso7816.Status {
	var r *Refusal
	switch {
	case err == nil:
		return iso7816.OK
	case errors.As(err, &r):
		return r.SW
	}
	return iso7816.Internal
}

// FromStatus finds the refusal that a status word stands for; nil when there is none.
func FromStatus(sw iso7816.Status) *Refusal {
	for _, r := range allRefusals {
		if r.SW == sw {
			return r
		}
	}
	return nil
}
