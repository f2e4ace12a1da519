package linkedbackup

import (
	"fmt"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// kinds turns wire's kinds into the errors of package card.
var kinds = map[wire.Kind]error{
	wire.KindUnexpected:   card.ErrUnexpectedSW,
	wire.KindAuthRequired: card.ErrAuthRequired,
	wire.KindWrongCode:    card.ErrWrongPIN,
	wire.KindWait:         card.ErrRateLimited,
	wire.KindConditions:   card.ErrConditions,
	wire.KindWrongData:    card.ErrWrongData,
	wire.KindBadCert:      card.ErrBadCert,
	wire.KindBadSignature: card.ErrBadSignature,
	wire.KindMismatch:     card.ErrCardMismatch,
	wire.KindInvalidKey:   card.ErrInvalidKey,
	wire.KindUnsupported:  card.ErrUnsupported,
	wire.KindInternal:     card.ErrInternal,
}

// refused explains a status word other than 9000. A refused code comes with how long to wait, as a
// *card.RateLimitError.
func refused(ins byte, r iso7816.Response) error {
	refusal := wire.FromStatus(r.SW)
	if refusal == nil {
		return &card.Error{Op: opName(ins), SW: r.SW, Kind: card.ErrUnexpectedSW}
	}
	e := &card.Error{Op: opName(ins), SW: r.SW, Kind: kinds[refusal.Kind], Err: refusal}
	if refusal != wire.ErrWrongCode && refusal != wire.ErrWait {
		return e
	}
	wait, err := wire.ParseWait(r.Data)
	if err != nil {
		return bad(ins, fmt.Errorf("%w: it does not say how long to wait", refusal))
	}
	e.Err = fmt.Errorf("%w; %w", refusal, &card.RateLimitError{Wait: wait})
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
