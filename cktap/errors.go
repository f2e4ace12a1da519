package cktap

import (
	"errors"
	"fmt"
	"time"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
)

// Details of a *card.Error, for errors.Is. Each sentence names what did not match.
var (
	// ErrRoot means that the certificates of the card lead to a factory root that is not trusted.
	ErrRoot = errors.New("no trusted factory vouches for this card")
	// ErrTestnetRoot is an alarm: the maker never sells such a card, so somebody has changed what it says.
	ErrTestnetRoot = errors.New("the card says testnet, but its certificates are those of real cards: " +
		"its answers were changed on the way, do not use it")
	// ErrCheck means that the signature of check is not by the card's own key, over these nonces and the slot's key.
	ErrCheck = errors.New("the card's own key did not sign the check: the card is a copy, or its answer was replayed")
	// ErrRead means that the signature of read is not by the key in the answer, over these nonces and this slot.
	ErrRead = errors.New("the slot's key did not sign the read: the answer was replayed or changed")
	// ErrAddress means that the key does not lead to the address in the card's status.
	ErrAddress = errors.New("the key does not lead to the address that the card's status shows")
	// ErrDerivation means that master key, chain code and payment key of a slot do not belong together.
	ErrDerivation = errors.New("the master key and chain code do not lead to this key")
	// ErrDeriveSignature means that the signature of derive is not by the master key over its chain code.
	ErrDeriveSignature = errors.New("the master key did not sign the derivation")
	// ErrEntropy means that a chain code is not the entropy that the card was given.
	ErrEntropy = errors.New("the chain code is not the entropy that was given to the card")
	// ErrBirthBlock means that slot 0's chain code is not the hash of the block that the card says it was born at.
	ErrBirthBlock = errors.New("the chain code of slot 0 is not the hash of the card's birth block")
	// ErrXPub means that the key that signed the challenge is no child of the xpub that the card gives.
	ErrXPub = errors.New("the xpub is not the one of the key that signs")
	// ErrSignedWrong means that a signature is not over the digest that was sent. Something between the host and the
	// card may have exchanged the digest and now holds a signature over another.
	ErrSignedWrong = errors.New("the signature is not over the digest that was sent: something between here and " +
		"the card may have had it sign something else; do not try again on this reader, and look after the coins")
	// ErrOtherKey means that the card signed with another key than was expected.
	ErrOtherKey = errors.New("signed with another key than expected")
	// ErrReplayed means that the card's nonce is one that was in force before.
	ErrReplayed = errors.New("the card's nonce was used before: the answer is replayed")
	// ErrUnlucky means that a card had bad luck more often than chance allows.
	ErrUnlucky = errors.New("the card was unlucky too many times in a row")
	// ErrNotReset means that a card's delay does not shrink while it is waited for.
	ErrNotReset = errors.New("the delay does not get shorter by waiting")
	// ErrProduct means that the card is another product than asked for.
	ErrProduct = errors.New("another product")
	// ErrHasKey means that a card that should be empty has a key already.
	ErrHasKey = errors.New("the card has a key already")
	// ErrNoKey means that the card, or the slot, has no key yet.
	ErrNoKey = errors.New("there is no key yet")
	// ErrUsedUp means that all slots of a SATSCARD are unsealed.
	ErrUsedUp = errors.New("all slots of the card are used up")
	// ErrUnsealed means that the slot's private key has been given out.
	ErrUnsealed = errors.New("the slot is unsealed: whoever opened it has its private key")
	// ErrPath means that a key is not where the card's derivation stands.
	ErrPath = errors.New("the card's derivation is elsewhere")
	// ErrBackupMismatch means that a backup holds another key than the card.
	ErrBackupMismatch = errors.New("the backup holds another key than the card")
)

// kinds turns wire's kinds into the errors of package card.
var kinds = map[wire.Kind]error{
	wire.KindUnexpected:   card.ErrBadResponse,
	wire.KindUnlucky:      card.ErrInternal,
	wire.KindBadArguments: card.ErrWrongData,
	wire.KindBadAuth:      card.ErrWrongPIN,
	wire.KindNeedsAuth:    card.ErrAuthRequired,
	wire.KindUnknown:      card.ErrUnsupported,
	wire.KindNever:        card.ErrConditions,
	wire.KindState:        card.ErrConditions,
	wire.KindWeakNonce:    card.ErrWrongData,
	wire.KindBadCBOR:      card.ErrWrongData,
	wire.KindBackupFirst:  card.ErrConditions,
	wire.KindRateLimited:  card.ErrRateLimited,
	wire.KindInternal:     card.ErrInternal,
}

// codeError is the card's own error to a command, explained by the table of commands.
type codeError struct {
	*wire.CardError
	text string
}

// Error is the explanation and the code.
func (e codeError) Error() string { return fmt.Sprintf("%s (code %d)", e.text, e.Code) }

// Unwrap gives errors.As the *wire.CardError.
func (e codeError) Unwrap() error { return e.CardError }

func refused(name string, e *wire.CardError) error {
	spec, _ := wire.Lookup(name)
	m := spec.Meaning(e.Code)
	return failure(name, kinds[m.Kind], codeError{e, m.Text})
}

// code is the card's error code behind an error; 0 when the card gave none.
func code(err error) int {
	var e *wire.CardError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// answered says that the card has refused a command: nothing happened. Of any other error nobody knows.
func answered(err error) bool { return code(err) != 0 }

// failure is an error of one command.
func failure(name string, kind, detail error) error {
	return &card.Error{Op: name, Kind: kind, Err: detail}
}

// bad is an answer that cannot be right.
func bad(name string, detail error) error { return failure(name, card.ErrBadResponse, detail) }

// refuse is a call that the host turns down before anything is sent.
func refuse(name string, kind error, format string, args ...any) error {
	return failure(name, kind, fmt.Errorf(format, args...))
}

// waiting is the detail of card.ErrRateLimited.
func waiting(seconds int) error {
	return &card.RateLimitError{Wait: time.Duration(seconds) * time.Second}
}
