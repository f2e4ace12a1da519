package wire

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// The commands around PIN, PUK and pairing secret (Keycard seed, sections of these names). The builders put the codes
// into the command's data in the clear; the caller clears the data once it is wrapped.
const (
	InsVerifyPIN  = 0x20 // VERIFY PIN
	InsChangePIN  = 0x21 // CHANGE PIN
	InsUnblockPIN = 0x22 // UNBLOCK PIN
)

// P1 of CHANGE PIN.
const (
	ChangePIN   = 0x00
	ChangePUK   = 0x01
	ChangeToken = 0x02 // the pairing token; pairings made with the old one go on
)

// VerifyPINCommand shows the PIN to the card. A wrong one costs a try; up to 2.2, so does a malformed one.
func VerifyPINCommand(pin secret.PIN) iso7816.Command { return withSecret(InsVerifyPIN, 0, pin.Bytes) }

// ParsePIN is the card's side wherever a PIN stands alone: 6 digits, else ErrFormat. Up to version 2.2 VERIFY PIN does
// not look at the form and compares whatever came.
func ParsePIN(b []byte) (secret.PIN, error) { return parseDigits(b, PINSize) }

// ParsePUK is the card's side of CHANGE PIN for the PUK: 12 digits, else ErrFormat.
func ParsePUK(b []byte) (secret.PIN, error) { return parseDigits(b, PUKSize) }

// ParseToken is the card's side of CHANGE PIN for the pairing token: 32 bytes, else ErrFormat.
func ParseToken(b []byte) (secret.Bytes, error) {
	if len(b) != PairingTokenSize {
		return secret.Bytes{}, fmt.Errorf("%w: pairing token of %d bytes", ErrFormat, len(b))
	}
	return secret.Copy(b), nil
}

// ChangePINCommand sets a new PIN of 6 digits, which is verified from then on.
func ChangePINCommand(pin secret.PIN) iso7816.Command {
	return withSecret(InsChangePIN, ChangePIN, pin.Bytes)
}

// ChangePUKCommand sets a new PUK of 12 digits.
func ChangePUKCommand(puk secret.PIN) iso7816.Command {
	return withSecret(InsChangePIN, ChangePUK, puk.Bytes)
}

// ChangeTokenCommand sets a new pairing token of 32 bytes.
func ChangeTokenCommand(token secret.Bytes) iso7816.Command {
	return withSecret(InsChangePIN, ChangeToken, token)
}

// UnblockPINCommand sets a new PIN of 6 digits when all tries of the old one are spent; a wrong PUK costs one of its
// own.
func UnblockPINCommand(puk, pin secret.PIN) iso7816.Command {
	data := make([]byte, 0, PUKSize+PINSize)
	add := func(b []byte) { data = append(data, b...) }
	puk.Reveal(add)
	pin.Reveal(add)
	return command(InsUnblockPIN, 0, 0, data)
}

// ParseUnblockPIN is the card's side: PUK and new PIN, together exactly 18 digits, else ErrFormat.
func ParseUnblockPIN(b []byte) (puk, pin secret.PIN, err error) {
	if len(b) != PUKSize+PINSize {
		return puk, pin, fmt.Errorf("%w: UNBLOCK PIN with %d bytes instead of 18", ErrFormat, len(b))
	}
	if puk, err = parseDigits(b[:PUKSize], PUKSize); err != nil {
		return secret.PIN{}, secret.PIN{}, err
	}
	pin, err = parseDigits(b[PUKSize:], PINSize)
	return puk, pin, err
}

// withSecret builds a command whose data is a secret.
func withSecret(ins, p1 byte, s secret.Bytes) iso7816.Command {
	var data []byte
	s.Reveal(func(b []byte) { data = append(data, b...) })
	return command(ins, p1, 0, data)
}
