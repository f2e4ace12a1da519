package wire

import (
	"fmt"

	"tapcard.example/iso7816"
)

// InsPair is PAIR, in two steps (Keycard seed, PAIR).
const InsPair = 0x12

// P1 of PAIR.
const (
	PairFirst = 0x00
	PairFinal = 0x01
)

// P2 of PAIR's final step: which kind of pairing to make. Only 3.2 looks at it; older cards make persistent ones.
const (
	PairAny        = 0x00 // persistent, or ephemeral when all slots are taken
	PairEphemeral  = 0x01 // lost at the next SELECT; its slot is EphemeralSlot
	PairPersistent = 0x02
)

// EphemeralSlot is the slot number of a pairing that lasts until the next SELECT (Keycard 3.2).
const EphemeralSlot = 0xFF

// ChallengeSize is the length of challenges, cryptograms and salts, in bytes.
const ChallengeSize = 32

// PairFirstCommand sends the client's challenge.
func PairFirstCommand(challenge [ChallengeSize]byte) iso7816.Command {
	return query(InsPair, PairFirst, 0, challenge[:])
}

// PairFinalCommand sends the client's cryptogram over the card's challenge; mode is PairAny unless the card is a 3.2.
func PairFinalCommand(cryptogram [ChallengeSize]byte, mode byte) iso7816.Command {
	return query(InsPair, PairFinal, mode, cryptogram[:])
}

// ParsePairCommand is the card's side of both steps: 32 bytes, a challenge or a cryptogram.
func ParsePairCommand(c iso7816.Command) ([ChallengeSize]byte, error) { return parse32("PAIR", c.Data) }

// PairFirstAnswer is the card's answer to the first step.
type PairFirstAnswer struct{ Cryptogram, Challenge [ChallengeSize]byte }

// Encode is the card's side: 64 bytes.
func (a PairFirstAnswer) Encode() []byte { return append(a.Cryptogram[:], a.Challenge[:]...) }

// ParsePairFirst reads the answer to the first step.
func ParsePairFirst(b []byte) (PairFirstAnswer, error) {
	if len(b) != 2*ChallengeSize {
		return PairFirstAnswer{}, fmt.Errorf("%w: PAIR answer of %d bytes instead of 64", ErrFormat, len(b))
	}
	return PairFirstAnswer{[ChallengeSize]byte(b[:ChallengeSize]), [ChallengeSize]byte(b[ChallengeSize:])}, nil
}

// PairFinalAnswer is the card's answer to the final step: where the pairing is kept, and the salt of its key.
type PairFinalAnswer struct {
	Slot byte
	Salt [ChallengeSize]byte
}

// Encode is the card's side: 33 bytes.
func (a PairFinalAnswer) Encode() []byte { return append([]byte{a.Slot}, a.Salt[:]...) }

// ParsePairFinal reads the answer to the final step.
func ParsePairFinal(b []byte) (PairFinalAnswer, error) {
	if len(b) != 1+ChallengeSize {
		return PairFinalAnswer{}, fmt.Errorf("%w: PAIR answer of %d bytes instead of 33", ErrFormat, len(b))
	}
	return PairFinalAnswer{b[0], [ChallengeSize]byte(b[1:])}, nil
}

func parse32(what string, b []byte) ([32]byte, error) {
	if len(b) != 32 {
		return [32]byte{}, fmt.Errorf("%w: %s: %d bytes instead of 32", ErrFormat, what, len(b))
	}
	return [32]byte(b), nil
}
