package keycard

import (
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// Details of a *card.Error, for errors.Is.
var (
	// ErrWrongPassword means that the card proves knowledge of another pairing password than all that were given.
	// Nothing was spent: the card does not even know that a password was tried.
	ErrWrongPassword = errors.New("wrong pairing password: the card has another one")
	// ErrStalePairing means that the card does not know the pairing any more: the slot was freed or given to somebody
	// else, or the applet was installed anew.
	ErrStalePairing = errors.New("the card does not know this pairing any more; pair again")
	// ErrChannelClosed means that the secure channel is closed, by an error, another SELECT or the card. Open another.
	ErrChannelClosed = errors.New("the secure channel is closed; open it again")
	// ErrOtherKey means that the card now holds another key than the one it was given.
	ErrOtherKey = errors.New("the card names another key than the one it was given")
	// ErrDuressChoice means that INIT must know what to do about the duress PIN, which this card has.
	ErrDuressChoice = errors.New("this card has a duress PIN: choose one, take the PUK's first 6 digits, or have none")
)

// errNotInitialised is what a card needs before nearly everything.
var errNotInitialised = errors.New("the card is not initialised: init it first")

// kinds turns wire's kinds into the errors of package card.
var kinds = map[wire.Kind]error{
	wire.KindUnexpected:   card.ErrUnexpectedSW,
	wire.KindOK:           card.ErrUnexpectedSW,
	wire.KindAuthRequired: card.ErrAuthRequired,
	wire.KindWrongPIN:     card.ErrWrongPIN,
	wire.KindBlocked:      card.ErrBlocked,
	wire.KindConditions:   card.ErrConditions,
	wire.KindWrongData:    card.ErrWrongData,
	wire.KindInvalidKey:   card.ErrInvalidKey,
	wire.KindNotFound:     card.ErrNotFound,
	wire.KindNoSpace:      card.ErrNoSpace,
	wire.KindUnsupported:  card.ErrUnsupported,
	wire.KindWrongP1P2:    card.ErrWrongData,
	wire.KindInternal:     card.ErrInternal,
}

// statusError explains a status word other than 9000.
func statusError(ins byte, sw iso7816.Status) error {
	spec, _ := wire.Lookup(ins)
	meaning := spec.Meaning(sw)
	e := &card.Error{Op: opName(ins), SW: sw, Kind: kinds[meaning.Kind], Err: errors.New(meaning.Text)}
	if left, ok := sw.TriesLeft(); ok {
		e.Err = &card.PINError{Remaining: left}
	}
	return e
}

// opName is the command's name, for errors and traces.
func opName(ins byte) string {
	if ins == iso7816.InsSelect {
		return "SELECT"
	}
	spec, ok := wire.Lookup(ins)
	if !ok {
		return fmt.Sprintf("INS %02X", ins)
	}
	return spec.Name
}

// failure is an error found by the host itself: no status word stands behind it.
func failure(ins byte, kind, detail error) error {
	return &card.Error{Op: opName(ins), Kind: kind, Err: detail}
}

// bad is an answer that cannot be right.
func bad(ins byte, detail error) error { return failure(ins, card.ErrBadResponse, detail) }

// refuse is a call that the host turns down before anything is sent.
func refuse(ins byte, format string, args ...any) error {
	return failure(ins, card.ErrWrongData, fmt.Errorf(format, args...))
}

// supports fails unless version v has the command.
func supports(ins byte, v wire.Version) error {
	spec, ok := wire.Lookup(ins)
	switch {
	case !ok || spec.Known(v):
		return nil
	case v < spec.First:
		return failure(ins, card.ErrUnsupported, fmt.Errorf("this card is a %v, it needs %v or later", v, spec.First))
	}
	return failure(ins, card.ErrUnsupported, fmt.Errorf("this card is a %v, only cards up to %v have it", v, spec.Last))
}
