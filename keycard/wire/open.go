package wire

import (
	"crypto/aes"
	"fmt"

	"tapcard.example/iso7816"
)

// The two commands that open a secure channel (Keycard seed, sections of these names).
const (
	InsOpen   = 0x10 // OPEN SECURE CHANNEL
	InsMutual = 0x11 // MUTUALLY AUTHENTICATE
)

// OpenCommand starts a channel with the pairing in slot; pub is the host's 65-byte key for this channel.
func OpenCommand(slot byte, pub [PublicKeySize]byte) iso7816.Command {
	return query(InsOpen, slot, 0, pub[:])
}

// ParseOpenCommand is the card's side: the client's public key, 65 bytes, which ECDH will check. The slot is P1.
func ParseOpenCommand(c iso7816.Command) ([PublicKeySize]byte, error) {
	if len(c.Data) != PublicKeySize {
		return [PublicKeySize]byte{}, fmt.Errorf("%w: public key of %d bytes", ErrFormat, len(c.Data))
	}
	return [PublicKeySize]byte(c.Data), nil
}

// OpenAnswer is the card's answer: the salt of the session keys and the IV of the first wrapped command.
type OpenAnswer struct {
	Salt [ChallengeSize]byte
	IV   [aes.BlockSize]byte
}

// Encode is the card's side: 48 bytes.
func (a OpenAnswer) Encode() []byte { return append(a.Salt[:], a.IV[:]...) }

// ParseOpen reads the answer to OPEN SECURE CHANNEL.
func ParseOpen(b []byte) (OpenAnswer, error) {
	if len(b) != ChallengeSize+aes.BlockSize {
		return OpenAnswer{}, fmt.Errorf("%w: OPEN SECURE CHANNEL answer of %d bytes instead of 48", ErrFormat, len(b))
	}
	return OpenAnswer{[ChallengeSize]byte(b[:ChallengeSize]), [aes.BlockSize]byte(b[ChallengeSize:])}, nil
}

// MutualCommand is the first wrapped command. That its MAC verifies is the proof; random is 32 bytes of anything.
func MutualCommand(random [ChallengeSize]byte) iso7816.Command {
	return query(InsMutual, 0, 0, random[:])
}

// ParseMutual checks the data of MUTUALLY AUTHENTICATE, which has the same form in both directions: 32 bytes. Nobody
// compares them with anything.
func ParseMutual(b []byte) ([ChallengeSize]byte, error) { return parse32("MUTUALLY AUTHENTICATE", b) }
