package paycard

import (
	"errors"
	"fmt"
	"time"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
)

// Details of a *card.Error, for errors.Is.
var (
	// ErrWrongPassword means that the card proves knowledge of another pairing secret.
	ErrWrongPassword = errors.New("wrong pairing password: the card has another one")
	// ErrStalePairing means that the card does not know the pairing.
	ErrStalePairing = errors.New("the card does not know this pairing; pair again")
	// ErrChannelClosed means that the secure channel has ended. Open another.
	ErrChannelClosed = errors.New("the secure channel is closed; open it again")
)

var errNotInitialised = errors.New("the card is not initialised: init it first")

// GuardError is the detail of a refusal: which guard it was. It is a line for people at a till.
type GuardError struct{ Refusal wire.Refusal }

// Error says why the card refused.
func (e *GuardError) Error() string { return e.Refusal.String() }

// Is makes guard errors equal that name the same guard.
func (e *GuardError) Is(other error) bool {
	var g *GuardError
	return errors.As(other, &g) && g.Refusal == e.Refusal
}

// kinds turns the wire's kinds into the errors of package card.
var kinds = map[channel.Kind]error{
	channel.KindAuthRequired: card.ErrAuthRequired,
	channel.KindWrongPIN:     card.ErrWrongPIN,
	channel.KindBlocked:      card.ErrBlocked,
	channel.KindConditions:   card.ErrConditions,
	channel.KindWrongData:    card.ErrWrongData,
	channel.KindInvalidKey:   card.ErrInvalidKey,
	channel.KindNotFound:     card.ErrNotFound,
	channel.KindNoSpace:      card.ErrNoSpace,
	channel.KindUnsupported:  card.ErrUnsupported,
	channel.KindWrongP1P2:    card.ErrWrongData,
	channel.KindInternal:     card.ErrInternal,
}

// statusError explains a status word other than 9000.
func statusError(ins byte, sw iso7816.Status) error {
	spec, _ := wire.Lookup(ins)
	meaning := spec.Meaning(sw)
	e := &card.Error{Op: opName(ins), SW: sw, Kind: kinds[meaning.Kind], Err: errors.New(meaning.Text)}
	if e.Kind == nil {
		e.Kind = card.ErrUnexpectedSW
	}
	if left, ok := sw.TriesLeft(); ok {
		e.Err = &card.PINError{Remaining: left}
	}
	if r, ok := wire.AsRefusal(sw); ok {
		e.Err = &GuardError{r}
		if seconds, ok := r.Seconds(); ok {
			e.Kind, e.Err = card.ErrRateLimited, &card.RateLimitError{Wait: time.Duration(seconds) * time.Second}
		}
	}
	return e
}

// opName is the command's name, for errors and traces.
func opName(ins byte) string {
	if ins == iso7816.InsSelect {
		return "SELECT"
	}
	if spec, ok := wire.Lookup(ins); ok {
		return spec.Name
	}
	return fmt.Sprintf("INS %02X", ins)
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
