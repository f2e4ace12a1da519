package wire

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// InsInit is INIT: it gives an empty card its PIN, PUK and pairing token (Keycard seed, INIT).
const InsInit = 0xFE

// Sizes of the codes, in digits.
const (
	PINSize = 6
	PUKSize = 12
)

// Limits of INIT since 3.1, and what applies when nothing is said.
const (
	DefaultPINTries = 3
	DefaultPUKTries = 5
	MinPINTries     = 2
	MaxPINTries     = 10
	MinPUKTries     = 3
	MaxPUKTries     = 12
)

const (
	initSize       = PINSize + PUKSize + PairingTokenSize // 50
	initLimitsSize = initSize + 2                         // 52: 3.1 and later
	initDuressSize = initLimitsSize + PINSize             // 58: 3.1 and later
)

// InitPayload is what INIT carries.
type InitPayload struct {
	PIN   secret.PIN   // 6 digits
	PUK   secret.PIN   // 12 digits
	Token secret.Bytes // pairing token, 32 bytes
	// The rest is for 3.1 and later.
	PINTries, PUKTries int        // 2 to 10 and 3 to 12; 0: the default, 3 and 5
	DuressPIN          secret.PIN // opens a card with other keys; empty: the card takes the first 6 digits of the PUK
}

// InitCommand is the host's INIT; sealed comes from SealOneShot over InitPayload.Encode.
func InitCommand(sealed []byte) iso7816.Command { return command(InsInit, 0, 0, sealed) }

// Encode is the plaintext of INIT: the 50 bytes that all versions take, unless something is set that only 3.1 and
// later know: then 52 bytes with retry limits, or 58 with a duress PIN too.
func (p InitPayload) Encode() (secret.Bytes, error) {
	if p.PIN.Len() != PINSize || p.PUK.Len() != PUKSize || p.Token.Len() != PairingTokenSize {
		return secret.Bytes{}, fmt.Errorf("%w: INIT takes a PIN of 6, a PUK of 12 and a token of 32", ErrFormat)
	}
	b := make([]byte, 0, initDuressSize)
	add := func(part []byte) { b = append(b, part...) }
	p.PIN.Reveal(add)
	p.PUK.Reveal(add)
	p.Token.Reveal(add)
	if p.PINTries == 0 && p.PUKTries == 0 && p.DuressPIN.Len() == 0 {
		return secret.New(b), nil
	}
	pin, puk := orDefault(p.PINTries, DefaultPINTries), orDefault(p.PUKTries, DefaultPUKTries)
	if err := checkLimits(pin, puk); err != nil {
		clear(b)
		return secret.Bytes{}, err
	}
	b = append(b, byte(pin), byte(puk))
	if n := p.DuressPIN.Len(); n != 0 && n != PINSize {
		clear(b)
		return secret.Bytes{}, fmt.Errorf("%w: duress PIN of %d digits", ErrFormat, n)
	}
	p.DuressPIN.Reveal(add)
	return secret.New(b), nil
}

// ParseInitPayload is the card's side. The longer forms are for version 3.1 and later; an older card takes 50 bytes
// only. The digits of PIN and PUK are checked, those of the duress PIN are not: the real applet lets anything pass.
func ParseInitPayload(b []byte, v Version) (InitPayload, error) {
	if len(b) != initSize && (v < V3_1 || len(b) != initLimitsSize && len(b) != initDuressSize) {
		return InitPayload{}, fmt.Errorf("%w: INIT payload of %d bytes", ErrFormat, len(b))
	}
	pin, err := parseDigits(b[:PINSize], PINSize)
	if err != nil {
		return InitPayload{}, fmt.Errorf("PIN: %w", err)
	}
	puk, err := parseDigits(b[PINSize:PINSize+PUKSize], PUKSize)
	if err != nil {
		return InitPayload{}, fmt.Errorf("PUK: %w", err)
	}
	p := InitPayload{PIN: pin, PUK: puk, Token: secret.Copy(b[PINSize+PUKSize : initSize])}
	if len(b) > initSize {
		p.PINTries, p.PUKTries = int(b[initSize]), int(b[initSize+1])
		if err := checkLimits(p.PINTries, p.PUKTries); err != nil {
			return InitPayload{}, err
		}
		p.DuressPIN = secret.PIN{Bytes: secret.Copy(b[initLimitsSize:])}
	}
	return p, nil
}

func orDefault(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}

func checkLimits(pin, puk int) error {
	if pin < MinPINTries || pin > MaxPINTries || puk < MinPUKTries || puk > MaxPUKTries {
		return fmt.Errorf("%w: %d PIN tries (2 to 10 allowed), %d PUK tries (3 to 12)", ErrFormat, pin, puk)
	}
	return nil
}

// parseDigits copies n digits out of an APDU.
func parseDigits(b []byte, n int) (secret.PIN, error) {
	pin, err := secret.NewPIN(append([]byte(nil), b...), n)
	if err != nil {
		return pin, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return pin, nil
}
